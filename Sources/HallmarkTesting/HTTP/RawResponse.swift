/// A response as it came over the wire.
package struct RawResponse: Sendable {
    /// The statuses of interim responses (1xx) before it.
    package var interim: [Int] = []
    /// `HTTP/1.1`.
    package var version = ""
    package var status = 0
    /// The reason phrase, byte for byte.
    package var reason = ""
    /// The fields in their order.
    package var headers: [(name: String, value: String)] = []
    /// The content, without chunking.
    package var body: [UInt8] = []

    /// Makes an empty response.
    package init() {}

    /// The first value of a field, whatever the case of its name.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// All values of a field.
    package func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The content as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
