/// Text made safe to stand in HTML, between tags or inside a quoted attribute.
enum HTMLText {
    /// Replaces the five characters that mean something in HTML, and control characters that no document may hold.
    ///
    /// It works on bytes, not on `Character`s: a quotation mark followed by a combining mark is one `Character` that equals
    /// no quotation mark, but a browser still ends the attribute there. (This is why pages do not use the escaping that
    /// comes with swift-mustache, which compares `Character`s.)
    static func escape(_ text: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): out.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): out.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): out.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): out.append(contentsOf: "&#39;".utf8)
            case 0x09, 0x0A: out.append(byte)
            case 0..<0x20, 0x7F: break
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
