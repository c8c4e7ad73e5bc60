/// Base32 without padding, [RFC 4648, 6](https://www.rfc-editor.org/rfc/rfc4648#section-6): what people type into apps.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The text of some bytes.
    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                out.append(alphabet[Int(pending >> bits & 31)])
            }
        }
        if bits > 0 { out.append(alphabet[Int(pending << (5 - bits) & 31)]) }
        return String(decoding: out, as: UTF8.self)
    }
}
