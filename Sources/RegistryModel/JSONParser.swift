/// Why a text is not acceptable JSON.
package enum JSONViolation: Error, Hashable, Sendable {
    /// Not JSON, at that byte.
    case syntax(offset: Int)
    /// An object names the same member twice; two readers could see different documents.
    case duplicateMember(String)
    /// More levels than allowed.
    case tooDeep(limit: Int)
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// A string holds U+0000, which no store accepts.
    case nullCharacter(offset: Int)
}

extension JSONValue {
    /// Parses one JSON text ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)), stricter than the RFC demands.
    ///
    /// A member name that is repeated (in another Unicode normal form too), a lone surrogate, invalid UTF-8, U+0000 and a
    /// number too large for a double are refused, because readers differ on them. A leading byte order mark is ignored.
    /// Integers that fit 64 bits are kept exactly; other numbers become doubles.
    /// - Throws: ``JSONViolation``.
    package static func parse(_ bytes: some Collection<UInt8>, maximumBytes: Int = 16 << 20, maximumDepth: Int = 64)
        throws(JSONViolation)
        -> JSONValue
    {
        guard bytes.count <= maximumBytes else { throw .tooLarge(limit: maximumBytes) }
        var parser = JSONParser(bytes: Array(bytes), maximumDepth: maximumDepth)
        return try parser.document()
    }
}

/// A recursive-descent parser whose recursion is bounded by ``maximumDepth``.
struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONViolation) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw .syntax(offset: position) }
        return value
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(JSONViolation) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-")?: return try number()
        case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return try number()
        default: throw .syntax(offset: position)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONViolation) -> JSONValue {
        let count = text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer {
            bytes.count - position >= count && bytes[position..<position + count].elementsEqual($0)
        }
        guard matches else { throw .syntax(offset: position) }
        position += count
        return value
    }

    private mutating func object(depth: Int) throws(JSONViolation) -> JSONValue {
        guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw .syntax(offset: position) }
            let name = try string()
            guard names.insert(name).inserted else { throw .duplicateMember(name) }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw .syntax(offset: position) }
            position += 1
            members.append(JSONValue.Member(name, try value(depth: depth)))
            skipSpace()
            if current == UInt8(ascii: ",") {
                position += 1
            } else if current == UInt8(ascii: "}") {
                position += 1
                return .object(members)
            } else {
                throw .syntax(offset: position)
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONViolation) -> JSONValue {
        guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if current == UInt8(ascii: ",") {
                position += 1
            } else if current == UInt8(ascii: "]") {
                position += 1
                return .array(elements)
            } else {
                throw .syntax(offset: position)
            }
        }
    }

    private mutating func string() throws(JSONViolation) -> String {
        let start = position
        position += 1
        var out: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: out, as: UTF8.self) else { throw .syntax(offset: start) }
                return text
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw .syntax(offset: position - 1)
            default: out.append(byte)
            }
        }
        throw .syntax(offset: start)
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONViolation) {
        guard let byte = current else { throw .syntax(offset: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape()
            guard scalar.value != 0 else { throw .nullCharacter(offset: position) }
            out.append(contentsOf: String(Character(scalar)).utf8)
        default: throw .syntax(offset: position - 1)
        }
    }

    private mutating func unicodeEscape() throws(JSONViolation) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), current == UInt8(ascii: "\\") else { throw .syntax(offset: position) }
        position += 1
        guard current == UInt8(ascii: "u") else { throw .syntax(offset: position) }
        position += 1
        let second = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(second) else { throw .syntax(offset: position) }
        let combined = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        guard let scalar = Unicode.Scalar(combined) else { throw .syntax(offset: position) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONViolation) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .syntax(offset: position) }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        guard let pair = Hex.decode(digits) else { throw .syntax(offset: position) }
        position += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }

    private mutating func number() throws(JSONViolation) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
            throw .syntax(offset: start)
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard digits() > 0 else { throw .syntax(offset: position) }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw .syntax(offset: position) }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw .syntax(offset: start) }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }
}
