/// A header value with parameters (`form-data; name="content"; filename="a b.whl"`).
struct HeaderParameters {
    /// What stands before the first semicolon, lower-case.
    let value: String
    /// Parameter names, lower-case, with their values without quotes.
    let parameters: [String: String]

    /// Reads a value; nil where a parameter is malformed or named twice.
    ///
    /// In quoted text a backslash quotes a quote or itself and stands for itself otherwise, as clients send file names of
    /// Windows with single backslashes.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard rest.count <= 8192 else { return nil }
        value = Self.text(rest.prefix { $0 != UInt8(ascii: ";") }).lowercased()
        rest = rest.drop { $0 != UInt8(ascii: ";") }
        var parameters: [String: String] = [:]
        while rest.first == UInt8(ascii: ";") {
            rest = rest.dropFirst().drop(while: Self.isBlank)
            if rest.isEmpty { break }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(name.count)
            guard rest.first == UInt8(ascii: "=") else { return nil }
            rest = rest.dropFirst()
            guard let value = Self.parameterValue(&rest) else { return nil }
            let key = Self.text(name).lowercased()
            guard !key.isEmpty, parameters.updateValue(value, forKey: key) == nil else { return nil }
            rest = rest.drop(while: Self.isBlank)
        }
        guard rest.isEmpty else { return nil }
        self.parameters = parameters
    }

    private static func parameterValue(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let token = rest.prefix { $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(token.count)
            return String(validating: trimmed(token), as: UTF8.self)
        }
        rest = rest.dropFirst()
        var out: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(validating: out, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let next = rest.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                out.append(next)
                rest = rest.dropFirst()
            } else {
                out.append(byte)
            }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: trimmed(bytes), as: UTF8.self)
    }
}
