/// Which addresses that strangers wrote become links.
enum LinkPolicy {
    /// The longest address that becomes a link.
    private static let maximumBytes = 2048

    /// An absolute `http` or `https` address, ready for an attribute, or nil for anything else.
    ///
    /// Other schemes can run scripts or start programs, and an address with a user name in it (`https://good@evil`) only
    /// serves to look like another one. Bytes outside [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#appendix-A) are
    /// percent-encoded.
    static func web(_ text: String) -> String? {
        guard let address = encoded(text), let start = authorityStart(of: address) else { return nil }
        let authority = address[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        return address
    }

    /// A `mailto` address, or nil for anything else.
    static func mail(_ text: String) -> String? {
        guard let address = encoded(text), address.lowercased().hasPrefix("mailto:"), address.contains("@") else {
            return nil
        }
        return address
    }

    /// The host of an address that ``web(_:)`` accepted, for people to see where a link goes.
    static func host(of address: String) -> String {
        guard let start = authorityStart(of: address) else { return "" }
        return String(address[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }

    private static func authorityStart(of address: String) -> String.Index? {
        for scheme in ["https://", "http://"] where address.prefix(scheme.count).lowercased() == scheme {
            return address.index(address.startIndex, offsetBy: scheme.count)
        }
        return nil
    }

    /// Percent-encodes what may not stand in an address, or returns nil for one that is empty, long, or holds controls.
    private static func encoded(_ text: String) -> String? {
        let bytes = text.utf8.drop { $0 == 0x20 }
        guard !bytes.isEmpty, bytes.count <= maximumBytes else { return nil }
        var out: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0..<0x20, 0x7F: return nil
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                out.append(byte)
            case _ where punctuation.contains(byte): out.append(byte)
            default:
                out.append(UInt8(ascii: "%"))
                out.append(hexDigits[Int(byte >> 4)])
                out.append(hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let punctuation = Set("-._~:/?#[]@!$&()*+,;=%".utf8)
    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
