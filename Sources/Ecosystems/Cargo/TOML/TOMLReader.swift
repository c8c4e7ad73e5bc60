package import RegistryModel

/// Reads [TOML 1.0](https://toml.io/en/v1.0.0) into the same values as JSON.
///
/// Manifests come from strangers, so the reader is bounded in bytes and depth, never traps, and refuses what another
/// reader could take differently: U+0000, integers beyond 64 bits, and lone carriage returns. Dates, times, `inf` and `nan`
/// become texts, since no manifest field uses them.
package struct TOMLReader {
    /// How many levels tables and values may have together.
    static let maximumDepth = 48

    let bytes: [UInt8]
    var position = 0

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses one document.
    /// - Throws: ``TOMLViolation``.
    package static func parse(_ bytes: [UInt8], maximumBytes: Int = 1 << 20) throws(TOMLViolation) -> JSONValue {
        guard bytes.count <= maximumBytes else { throw .tooLarge(limit: maximumBytes) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var reader = TOMLReader(bytes: bytes)
        return try reader.document()
    }

    private mutating func document() throws(TOMLViolation) -> JSONValue {
        let root = TOMLTree(.header)
        var table = root
        var depth = 1
        while true {
            try skipLines()
            guard let byte = current else { return root.value }
            if byte == UInt8(ascii: "[") {
                (table, depth) = try header(root)
            } else {
                let path = try dottedKey()
                try pair(path, into: table, depth: depth)
            }
            try endOfLine()
        }
    }

    private mutating func header(_ root: TOMLTree) throws(TOMLViolation) -> (TOMLTree, Int) {
        position += 1
        let isArray = take(UInt8(ascii: "["))
        skipSpace()
        let path = try dottedKey()
        guard take(UInt8(ascii: "]")), !isArray || take(UInt8(ascii: "]")) else { throw violation }
        guard let table = root.open(header: path, isArray: isArray) else {
            throw .duplicateKey(path.joined(separator: "."), line: line)
        }
        return (table, 1 + path.count)
    }

    /// `key = value`, from behind the key on.
    mutating func pair(_ path: [String], into table: TOMLTree, depth: Int) throws(TOMLViolation) {
        guard take(UInt8(ascii: "=")) else { throw violation }
        skipSpace()
        let value = try value(depth: depth + path.count)
        guard table.set(path, to: value) else { throw .duplicateKey(path.joined(separator: "."), line: line) }
    }

    /// A key of one or more parts, with the space behind it.
    mutating func dottedKey() throws(TOMLViolation) -> [String] {
        var path: [String] = []
        repeat {
            skipSpace()
            path.append(try simpleKey())
            guard path.count <= Self.maximumDepth else { throw .tooDeep(line: line) }
            skipSpace()
        } while take(UInt8(ascii: "."))
        return path
    }

    private mutating func simpleKey() throws(TOMLViolation) -> String {
        switch current {
        case UInt8(ascii: "\"")?: return try basicString()
        case UInt8(ascii: "'")?: return try literalString()
        default:
            let start = position
            while let byte = current, Self.isBareKeyByte(byte) { position += 1 }
            guard position > start else { throw violation }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }

    private static func isBareKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension TOMLReader {
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The line of the current position, counted from 1; only errors ask for it.
    var line: Int { 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0A } }

    var violation: TOMLViolation { .syntax(line: line) }

    /// Whether the bytes from here on begin like that.
    func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return text.withUTF8Buffer {
            bytes.count - position >= count && bytes[position..<position + count].elementsEqual($0)
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    /// Takes a line's end, where it is one.
    mutating func takeNewline() -> Bool {
        if take(0x0A) { return true }
        guard current == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A else { return false }
        position += 2
        return true
    }

    /// Skips space, line ends and comments.
    mutating func skipLines() throws(TOMLViolation) {
        repeat {
            skipSpace()
            try skipComment()
        } while takeNewline()
    }

    private mutating func skipComment() throws(TOMLViolation) {
        guard take(UInt8(ascii: "#")) else { return }
        while let byte = current, byte != 0x0A {
            if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { return }
            guard !Self.isControl(byte) else { throw violation }
            position += 1
        }
    }

    private mutating func endOfLine() throws(TOMLViolation) {
        skipSpace()
        try skipComment()
        guard current == nil || takeNewline() else { throw violation }
    }

    /// Whether it may not stand in strings and comments: control characters but the tab.
    static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 || byte == 0x7F
    }
}
