import RegistryModel

/// Reads TOML's integers and floats.
enum TOMLNumber {
    /// The number, or nil where the text is none or does not fit.
    static func parse(_ text: String) -> JSONValue? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        let hasSign = isNegative || rest.first == "+"
        if hasSign { rest.removeFirst() }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where rest.hasPrefix(prefix) {
            guard !hasSign, let digits = joined(rest.dropFirst(2), isDigit: { $0.isASCII && isDigit($0, radix) }) else {
                return nil
            }
            return Int64(digits, radix: radix).map(JSONValue.integer)
        }
        return decimal(rest, isNegative: isNegative)
    }

    private static func decimal(_ text: Substring, isNegative: Bool) -> JSONValue? {
        let sign = isNegative ? "-" : ""
        let exponent = text.firstIndex { $0 == "e" || $0 == "E" }
        let mantissa = text[..<(exponent ?? text.endIndex)]
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = joined(parts[0], isDigit: isDecimal),
            whole == "0" || !whole.hasPrefix("0")
        else { return nil }
        guard parts.count == 2 || exponent != nil else { return Int64(sign + whole).map(JSONValue.integer) }
        var literal = sign + whole
        if parts.count == 2 {
            guard let fraction = joined(parts[1], isDigit: isDecimal) else { return nil }
            literal += "." + fraction
        }
        if let exponent {
            var power = text[text.index(after: exponent)...]
            let powerSign = power.first == "-" ? "-" : ""
            if power.first == "-" || power.first == "+" { power.removeFirst() }
            guard let digits = joined(power, isDigit: isDecimal) else { return nil }
            literal += "e" + powerSign + digits
        }
        return Double(literal).flatMap { $0.isFinite ? JSONValue.number($0) : nil }
    }

    /// The digits without the underscores, each of which must stand between two digits.
    private static func joined(_ text: Substring, isDigit: (Character) -> Bool) -> String? {
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        return groups.joined()
    }

    private static func isDecimal(_ character: Character) -> Bool { isDigit(character, 10) }

    private static func isDigit(_ character: Character, _ radix: Int) -> Bool {
        character.isASCII && character.hexDigitValue.map { $0 < radix } == true
    }
}

/// Recognizes TOML's dates and times.
enum TOMLDateTime {
    /// Whether it is a date alone.
    static func isDate(_ text: String) -> Bool {
        matches(Array(text.utf8)[...], "dddd-dd-dd") && isInRange(Array(text.utf8))
    }

    /// Whether it is a date, a time, or both with or without an offset.
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if isDate(text) { return true }
        if isTime(bytes[...]) { return true }
        guard bytes.count > 11, isDate(String(decoding: bytes[..<10], as: UTF8.self)),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), 0x20].contains(bytes[10])
        else { return false }
        let rest = bytes[11...]
        if let last = rest.last, last | 0x20 == UInt8(ascii: "z") { return isTime(rest.dropLast()) }
        let offset = rest.suffix(6)
        if matches(offset, "+dd:dd") || matches(offset, "-dd:dd") {
            return isTime(rest.dropLast(6)) && number(offset.dropFirst().prefix(2)) < 24
                && number(offset.suffix(2)) < 60
        }
        return isTime(rest)
    }

    private static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
        let clock = text.prefix(8)
        guard matches(clock, "dd:dd:dd"), number(clock.prefix(2)) < 24, number(clock.dropFirst(3).prefix(2)) < 60,
            number(clock.suffix(2)) < 60
        else { return false }
        let fraction = text.dropFirst(8)
        guard !fraction.isEmpty else { return true }
        return fraction.first == UInt8(ascii: ".") && fraction.count > 1
            && fraction.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isInRange(_ date: [UInt8]) -> Bool {
        let (year, month, day) = (number(date[0..<4]), number(date[5..<7]), number(date[8..<10]))
        guard year > 0, (1...12).contains(month) else { return false }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// Compares with a pattern in which `d` stands for a digit.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        text.count == pattern.utf8.count
            && zip(text, pattern.utf8).allSatisfy { byte, mark in
                mark == UInt8(ascii: "d")
                    ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == mark
            }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
