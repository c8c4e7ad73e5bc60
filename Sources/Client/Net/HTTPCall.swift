package import HTTPTypes

/// One request to a registry, without the credential.
package struct HTTPCall: Sendable {
    /// How the credential is written, which each protocol does in its own way.
    package enum Authentication: Sendable {
        /// Not at all.
        case none
        /// `Authorization: Bearer TOKEN`.
        case bearer
        /// `Authorization: Basic`, with the user `__token__` and the token as password.
        case basic
        /// The token alone, as cargo sends it.
        case bare
    }

    package var method: HTTPRequest.Method
    /// The path below the registry's address, with its query, percent-encoded; begins with a slash.
    package var path: String
    package var headers: HTTPFields
    package var body: UploadBody?
    package var authentication: Authentication

    /// Describes a request.
    package init(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: UploadBody? = nil,
        authentication: Authentication = .bearer
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.authentication = authentication
    }

    /// A text as one segment of a path, or as a value in a query.
    package static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }
}
