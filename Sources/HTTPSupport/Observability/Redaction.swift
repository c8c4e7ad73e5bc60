#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Keeps secrets out of logs.
///
/// Two rules: path segments that clients put credentials into are replaced by position, and whatever looks like one of the
/// registry's tokens is cut off after its mark, wherever it stands.
package enum Redaction {
    /// What stands for a secret.
    package static let placeholder = "[redacted]"

    /// The segment behind one of these is a credential: npm's logout sends its token in the path, and mailed links have
    /// their secret there.
    private static let segmentsBefore: [[Substring]] = [
        ["-", "user", "token"], ["tokens", "token"], ["signup"], ["account", "confirm"], ["recover", "password"],
        ["recover", "account"], ["recover", "cancel"], ["recover", "finish"],
    ]
    private static let tokenMark = Array("hlmk_".utf8)

    /// A request's path as the log may show it: without the query, and without secrets.
    package static func path(_ target: String) -> String {
        let path = target.prefix { $0 != "?" && $0 != "#" }.prefix(2048)
        var segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for index in segments.indices where !segments[index].isEmpty {
            if segmentsBefore.contains(where: { segments[..<index].filter { !$0.isEmpty }.suffix($0.count) == $0[...] })
            {
                segments[index] = Substring(placeholder)
            }
        }
        return segments.joined(separator: "/")
    }

    /// A line of a log with every token cut off after its mark.
    package static func line(_ bytes: [UInt8]) -> [UInt8] {
        guard holdsMark(bytes) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let mark = rest.firstRange(of: tokenMark) {
            out.append(contentsOf: rest[..<mark.upperBound])
            out.append(contentsOf: placeholder.utf8)
            rest = rest[mark.upperBound...].drop(while: isTokenByte)
        }
        out.append(contentsOf: rest)
        return out
    }

    /// Whether a token's mark stands anywhere; every line of the log is searched for it.
    private static func holdsMark(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            tokenMark.withUnsafeBytes { mark in
                // The underscore is its rarest character.
                guard let start = bytes.baseAddress, let end = mark.last else { return false }
                var at = 0
                while let found = memchr(start + at, Int32(end), bytes.count - at) {
                    at = UnsafeRawPointer(found) - start + 1
                    if at >= mark.count, bytes[at - mark.count..<at].elementsEqual(mark) { return true }
                }
                return false
            }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
