package import HTTPTypes

/// The cookies of a request, bounded.
///
/// Of a name that occurs twice no value counts: a stranger who can set cookies for a parent domain would otherwise choose
/// which of the two is believed.
package struct RequestCookies: Sendable {
    /// How many bytes of all `Cookie` fields together are looked at.
    private static let maximumBytes = 16 << 10

    private let values: [String: String?]

    /// Reads the `Cookie` fields as [RFC 6265 §5.4](https://www.rfc-editor.org/rfc/rfc6265#section-5.4) writes them.
    package init(_ headers: HTTPFields) {
        var values: [String: String?] = [:]
        var rest = Self.maximumBytes
        for field in headers[values: .cookie] {
            rest -= field.utf8.count
            guard rest >= 0 else { break }
            for pair in field.split(separator: ";") {
                guard let equals = pair.firstIndex(of: "=") else { continue }
                let name = String(pair[..<equals].drop { $0 == " " || $0 == "\t" })
                let value = String(pair[pair.index(after: equals)...])
                values[name] = values.keys.contains(name) ? .some(nil) : value
            }
        }
        self.values = values
    }

    /// The one value of a cookie; nil where there is none, or more than one.
    package subscript(_ name: String) -> String? { values[name] ?? nil }
}
