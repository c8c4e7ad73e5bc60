import Foundation

/// A token: something that is sent and never shown.
///
/// It does not print itself, so that no message and no log can hold it by accident.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The token.
    let text: String

    /// Takes a token as it was written, without white space at both ends.
    /// - Parameters:
    ///   - text: The token.
    ///   - place: Where it stands, for messages.
    /// - Throws: ``ClientFault``, when it cannot be a token.
    init(_ text: String, from place: String) throws(ClientFault) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty, trimmed.utf8.count <= 4096, trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw ClientFault("\(place) holds no token: a token is one word of plain characters.") }
        self.text = trimmed
    }

    /// Reads a file that holds nothing but a token; `-` is standard input.
    init(reading path: String) throws(ClientFault) {
        if path == "-" {
            let bytes = FileHandle.standardInput.readData(ofLength: 8192)
            try self.init(String(decoding: bytes, as: UTF8.self), from: "Standard input")
        } else {
            try self.init(try CredentialsFile.read(path), from: "'\(path)'")
        }
    }

    var description: String { "(secret)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
