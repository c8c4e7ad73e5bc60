import HTTPTypes
package import Hummingbird
package import RegistryModel

/// The fields of a form, `application/x-www-form-urlencoded`, read strictly.
///
/// The [URL standard](https://url.spec.whatwg.org/#urlencoded-parsing) forgives everything; a form of ours, sent by a
/// browser, needs no forgiveness: a bad percent escape, what is no UTF-8, a control character, and too many or too long
/// fields are refused. Line ends come as CRLF and are read as LF.
package struct FormBody: Sendable {
    /// The longest body.
    package static let maximumBytes = 64 << 10
    /// The most fields.
    package static let maximumFields = 256

    private let fields: [(name: String, value: String)]

    /// Reads a body.
    /// - Throws: ``Problem/Code/badRequest``.
    package init(_ bytes: some Collection<UInt8>) throws(Problem) {
        guard bytes.count <= Self.maximumBytes else { throw Problem(.tooLarge, "The form is too long.") }
        let pairs = bytes.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= Self.maximumFields else { throw Problem(.badRequest, "The form has too many fields.") }
        var fields: [(name: String, value: String)] = []
        for pair in pairs {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields.append((try Self.decode(parts[0]), parts.count > 1 ? try Self.decode(parts[1]) : ""))
        }
        self.fields = fields
    }

    /// Reads the body of a request.
    /// - Throws: `Problem`: ``Problem/Code/unsupportedMediaType``, ``Problem/Code/tooLarge``, ``Problem/Code/badRequest``.
    package static func read(_ request: Request, _ context: RegistryContext) async throws -> FormBody {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard type.filter({ $0 != " " }) == "application/x-www-form-urlencoded" else {
            throw Problem(.unsupportedMediaType, "This address takes forms.")
        }
        try await context.sendContinue()
        let body = try await request.body.collect(upTo: maximumBytes)
        return try FormBody(body.readableBytesView)
    }

    /// The first value of a field; empty where there is none.
    package subscript(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }

    /// Every value of a field, as several boxes of one name send them.
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Whether there is such a field, as a box that was checked sends it.
    package func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// A value without spaces around it, of bounded length.
    /// - Throws: ``Problem/Code/badRequest`` where it is longer.
    package func text(_ name: String, upTo limit: Int = 256) throws(Problem) -> String {
        let raw = self[name]
        guard raw.unicodeScalars.count <= limit else {
            throw Problem(.badRequest, "The field '\(name)' may have at most \(limit) characters.")
        }
        let start = raw.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// A value that is a row's id.
    /// - Throws: ``Problem/Code/badRequest`` where it is none.
    package func id(_ name: String) throws(Problem) -> Int64 {
        guard let id = Int64(self[name]) else { throw Problem(.badRequest, "The field '\(name)' is no number.") }
        return id
    }

    private static func decode(_ text: some Collection<UInt8>) throws(Problem) -> String {
        var out: [UInt8] = []
        var rest = Array(text)[...]
        while var byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                byte = 0x20
            } else if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let code = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self))?.first
                else { throw Problem(.badRequest, "The form holds a '%' that stands for nothing.") }
                byte = code
                rest = rest.dropFirst(2)
            }
            guard byte >= 0x20 && byte != 0x7F || [0x09, 0x0A, 0x0D].contains(byte) else {
                throw Problem(.badRequest, "The form holds a control character.")
            }
            // CRLF is one line end.
            if byte == 0x0A, out.last == 0x0D { out.removeLast() }
            out.append(byte)
        }
        guard let value = String(validating: out, as: UTF8.self) else {
            throw Problem(.badRequest, "The form is not UTF-8.")
        }
        return value
    }
}
