import RegistryModel

extension TOMLReader {
    mutating func value(depth: Int) throws(TOMLViolation) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw .tooDeep(line: line) }
        switch current {
        case UInt8(ascii: "\"")?:
            return .string(starts(with: "\"\"\"") ? try multilineBasicString() : try basicString())
        case UInt8(ascii: "'")?:
            return .string(starts(with: "'''") ? try multilineLiteralString() : try literalString())
        case UInt8(ascii: "[")?: return try array(depth: depth)
        case UInt8(ascii: "{")?: return try inlineTable(depth: depth)
        default: return try scalar()
        }
    }

    private mutating func array(depth: Int) throws(TOMLViolation) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        while true {
            try skipLines()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            elements.append(try value(depth: depth + 1))
            try skipLines()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw violation }
        }
    }

    private mutating func inlineTable(depth: Int) throws(TOMLViolation) -> JSONValue {
        position += 1
        let table = TOMLTree(.header)
        skipSpace()
        if take(UInt8(ascii: "}")) { return table.value }
        while true {
            let path = try dottedKey()
            try pair(path, into: table, depth: depth)
            skipSpace()
            if take(UInt8(ascii: "}")) { return table.value }
            guard take(UInt8(ascii: ",")) else { throw violation }
        }
    }

    /// A boolean, number, date or time.
    private mutating func scalar() throws(TOMLViolation) -> JSONValue {
        let start = position
        skipScalar()
        var text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return .string(text)
        default: break
        }
        if TOMLDateTime.isDate(text), current == 0x20, let next = bytes.dropFirst(position + 1).first,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
        {
            // A space may stand in for the T between date and time.
            position += 1
            skipScalar()
            text = String(decoding: bytes[start..<position], as: UTF8.self)
        }
        if TOMLDateTime.isValid(text) { return .string(text) }
        guard let number = TOMLNumber.parse(text) else { throw violation }
        return number
    }

    private mutating func skipScalar() {
        while let byte = current {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: ":"):
                position += 1
            default: return
            }
        }
    }
}

extension TOMLReader {
    mutating func literalString() throws(TOMLViolation) -> String {
        position += 1
        let start = position
        while let byte = current {
            if byte == UInt8(ascii: "'") {
                position += 1
                return String(decoding: bytes[start..<position - 1], as: UTF8.self)
            }
            guard !Self.isControl(byte) else { throw violation }
            position += 1
        }
        throw violation
    }

    mutating func basicString() throws(TOMLViolation) -> String {
        position += 1
        var out: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &out)
            default:
                guard !Self.isControl(byte) else { throw violation }
                out.append(byte)
                position += 1
            }
        }
        throw violation
    }

    private mutating func multilineLiteralString() throws(TOMLViolation) -> String {
        try multiline(quote: UInt8(ascii: "'")) { (reader, out) throws(TOMLViolation) in
            out.append(UInt8(ascii: "\\"))
            reader.position += 1
        }
    }

    private mutating func multilineBasicString() throws(TOMLViolation) -> String {
        try multiline(quote: UInt8(ascii: "\"")) { (reader, out) throws(TOMLViolation) in
            if !reader.takeLineContinuation() { try reader.escape(into: &out) }
        }
    }

    /// The text between three quotes and three quotes, of which up to two more may stand before the closing ones.
    private mutating func multiline(
        quote: UInt8, backslash: (inout TOMLReader, inout [UInt8]) throws(TOMLViolation) -> Void
    ) throws(TOMLViolation) -> String {
        position += 3
        _ = takeNewline()
        var out: [UInt8] = []
        while let byte = current {
            if byte == quote {
                let run = bytes[position...].prefix { $0 == quote }.count
                guard run <= 5 else { throw violation }
                position += run
                out.append(contentsOf: repeatElement(quote, count: run >= 3 ? run - 3 : run))
                if run >= 3 { return String(decoding: out, as: UTF8.self) }
            } else if byte == UInt8(ascii: "\\") {
                try backslash(&self, &out)
            } else if takeNewline() {
                out.append(0x0A)
            } else {
                guard !Self.isControl(byte) else { throw violation }
                out.append(byte)
                position += 1
            }
        }
        throw violation
    }

    /// A backslash at a line's end takes all space and line ends behind it away.
    private mutating func takeLineContinuation() -> Bool {
        let start = position
        position += 1
        skipSpace()
        guard takeNewline() else {
            position = start
            return false
        }
        repeat { skipSpace() } while takeNewline()
        return true
    }

    private mutating func escape(into out: inout [UInt8]) throws(TOMLViolation) {
        position += 1
        guard let byte = current else { throw violation }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "u"): try scalarEscape(digits: 4, into: &out)
        case UInt8(ascii: "U"): try scalarEscape(digits: 8, into: &out)
        default: throw violation
        }
    }

    private mutating func scalarEscape(digits count: Int, into out: inout [UInt8]) throws(TOMLViolation) {
        guard bytes.count - position >= count,
            let raw = Hex.decode(String(decoding: bytes[position..<position + count], as: UTF8.self))
        else { throw violation }
        let value = raw.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard value != 0 else { throw .nullCharacter(line: line) }
        guard let scalar = Unicode.Scalar(value) else { throw violation }
        position += count
        out.append(contentsOf: String(Character(scalar)).utf8)
    }
}
