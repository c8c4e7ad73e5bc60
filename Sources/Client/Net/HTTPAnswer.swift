package import HTTPTypes
package import RegistryModel

/// What a registry answered, whole.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: [UInt8]

    /// Collects the parts.
    package init(status: Int, headers: HTTPFields, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether it is a yes.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as JSON, where it is JSON.
    package var json: JSONValue? { try? JSONValue.parse(body) }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// How many seconds the server asks to wait, where it does and it is a number.
    package var retryAfter: Int? { headers[.retryAfter].flatMap(Int.init).map { max(0, $0) } }
}
