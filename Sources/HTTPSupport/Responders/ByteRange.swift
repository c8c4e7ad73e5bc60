/// One range of a `Range` header, made to fit the content.
package enum ByteRange: Hashable, Sendable {
    /// The whole content: no range was asked for, several were, or the header is none that is understood.
    case whole
    /// These bytes, never empty.
    case part(Range<Int64>)
    /// The range begins behind the content.
    case unsatisfiable

    /// Reads a header value, [RFC 9110 §14.1](https://www.rfc-editor.org/rfc/rfc9110#section-14.1).
    ///
    /// Several ranges are answered with the whole content, which the RFC allows: no installer asks for them, and they
    /// are a way to make a server work.
    package init(_ header: String?, length: Int64) {
        guard let header, header.utf8.count <= 128, header.lowercased().hasPrefix("bytes="), !header.contains(",")
        else {
            self = .whole
            return
        }
        let text = header.dropFirst(6).filter { $0 != " " }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            self = .whole
            return
        }
        let first = parts[0].isEmpty ? nil : Self.saturating(parts[0])
        let last = parts[1].isEmpty ? nil : Self.saturating(parts[1])
        switch (first, last) {
        case (let first?, let last?) where first <= last:
            self = first < length ? .part(first..<min(last, length - 1) + 1) : .unsatisfiable
        case (let first?, nil):
            self = first < length ? .part(first..<length) : .unsatisfiable
        case (nil, let suffix?):
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)..<length) : .unsatisfiable
        default:
            self = .whole
        }
    }

    /// The number, or the largest one where it does not fit.
    private static func saturating(_ digits: Substring) -> Int64 { Int64(digits) ?? .max }
}
