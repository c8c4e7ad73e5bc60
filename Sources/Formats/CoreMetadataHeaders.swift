/// Header fields and a body, in the form that Python's METADATA, PKG-INFO and WHEEL files have.
///
/// The form is the one of [RFC 822](https://www.rfc-editor.org/rfc/rfc822) messages as Python's `email` package reads them: a
/// line ends with LF, CR or both, a line that starts with a space or a tab goes on with the field before it, and an empty
/// line ends the fields. Python takes a line that is neither as the start of the body; here it is refused, as readers
/// would differ on what the file says.
package struct CoreMetadataHeaders: Sendable {
    /// One field.
    package struct Field: Hashable, Sendable {
        /// In lower case.
        package let name: String
        /// Without white space at both ends; the lines of a folded value are kept apart by LF, their indentation with them.
        package let value: String
    }

    /// The fields in the order of the file.
    package let fields: [Field]
    /// What follows the empty line; empty where there is none.
    package let body: String

    /// The most bytes a file may have.
    package static let maximumBytes = 4 << 20
    /// The most fields a file may have.
    package static let maximumFields = 10_000

    /// Reads a file.
    package init(parsing bytes: [UInt8]) throws(CoreMetadataFault) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(limit: Self.maximumBytes) }
        guard !bytes.contains(0) else { throw .nullCharacter }
        var fields: [(name: String, value: [UInt8])] = []
        var position = bytes.startIndex
        var number = 0
        while position < bytes.endIndex {
            number += 1
            let end = bytes[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
            let line = bytes[position..<end]
            position = Self.afterLineEnd(bytes, end)
            guard let first = line.first else { break }
            if first == 0x20 || first == 0x09 {
                guard !fields.isEmpty else { throw .malformedLine(number) }
                fields[fields.count - 1].value.append(0x0A)
                fields[fields.count - 1].value.append(contentsOf: line)
            } else {
                guard fields.count < Self.maximumFields else { throw .tooManyFields(limit: Self.maximumFields) }
                guard let field = Self.field(line) else { throw .malformedLine(number) }
                fields.append(field)
            }
        }
        var read: [Field] = []
        for field in fields {
            guard let value = String(validating: Self.trimmed(field.value), as: UTF8.self) else { throw .notUTF8 }
            read.append(Field(name: field.name, value: value))
        }
        guard let body = String(validating: bytes[position...], as: UTF8.self) else { throw .notUTF8 }
        self.fields = read
        self.body = body
    }

    /// Every value of a field, named in lower case.
    package func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    private static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: [UInt8])? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return nil }
        let name = line[..<colon]
        guard name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let lowercased = String(decoding: name, as: UTF8.self).lowercased()
        return (lowercased, Array(line[line.index(after: colon)...]))
    }

    private static func afterLineEnd(_ bytes: [UInt8], _ end: Int) -> Int {
        guard end < bytes.endIndex else { return end }
        let isPair = bytes[end] == 0x0D && end + 1 < bytes.endIndex && bytes[end + 1] == 0x0A
        return end + (isPair ? 2 : 1)
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var rest = bytes[...].drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
