import Foundation
import HTTPTypes

/// A form with files ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)).
struct MultipartBody: Sendable {
    private let boundary = "hallmark-\(UUID().uuidString)"
    private var parts: [UploadBody.Part] = []

    /// Adds a text field.
    mutating func add(_ name: String, _ text: String) {
        parts.append(.bytes(Array((head("name=\"\(name)\"", type: nil) + text + "\r\n").utf8)))
    }

    /// Adds bytes of a type.
    mutating func add(_ name: String, _ bytes: [UInt8], type: String) {
        parts.append(.bytes(Array(head("name=\"\(name)\"", type: type).utf8) + bytes + [0x0D, 0x0A]))
    }

    /// Adds a file.
    mutating func add(_ name: String, _ file: LocalFile, type: String, isNamed: Bool = true) {
        let fileName = isNamed ? "; filename=\"\(Self.quoted(file.name))\"" : ""
        parts += [
            .bytes(Array(head("name=\"\(name)\"\(fileName)", type: type).utf8)), .file(file), .bytes([0x0D, 0x0A]),
        ]
    }

    /// The whole body.
    var body: UploadBody { UploadBody(parts + [.bytes(Array("--\(boundary)--\r\n".utf8))]) }

    /// Its media type.
    var contentType: String { "multipart/form-data; boundary=\"\(boundary)\"" }

    private func head(_ disposition: String, type: String?) -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n"
            + (type.map { "Content-Type: \($0)\r\n" } ?? "") + "\r\n"
    }

    private static func quoted(_ name: String) -> String {
        name.replacing("\\", with: "\\\\").replacing("\"", with: "%22").replacing("\r", with: "%0D")
            .replacing("\n", with: "%0A")
    }
}
