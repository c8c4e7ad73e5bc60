/// Writes tar headers field by field, so that every one can be wrong on purpose.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// Adds a regular file.
    mutating func file(_ path: String, _ content: [UInt8] = []) {
        entry(Array(path.utf8), type: "0", content: content)
    }

    mutating func directory(_ path: String) {
        entry(Array((path.hasSuffix("/") ? path : path + "/").utf8), type: "5")
    }

    mutating func symbolicLink(_ path: String, to target: String) {
        entry(Array(path.utf8), type: "2", link: Array(target.utf8))
    }

    mutating func hardLink(_ path: String, to target: String) {
        entry(Array(path.utf8), type: "1", link: Array(target.utf8))
    }

    /// Adds any header; `size` may differ from the content's.
    mutating func entry(
        _ name: [UInt8], type: Character, content: [UInt8] = [], link: [UInt8] = [], size: Int? = nil,
        magic: String = "ustar\u{0}00"
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ field: [UInt8], at offset: Int, width: Int) {
            for (index, byte) in field.prefix(width).enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, width: Int) -> [UInt8] {
            let digits = String(value, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits).utf8)
        }
        put(name, at: 0, width: 100)
        put(octal(0o644, width: 8), at: 100, width: 8)
        put(octal(0, width: 8), at: 108, width: 8)
        put(octal(0, width: 8), at: 116, width: 8)
        put(octal(size ?? content.count, width: 12), at: 124, width: 12)
        put(octal(1_700_000_000, width: 12), at: 136, width: 12)
        header[156] = type.asciiValue ?? 0
        put(link, at: 157, width: 100)
        put(Array(magic.utf8), at: 257, width: 8)
        put([UInt8](repeating: 0x20, count: 8), at: 148, width: 8)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, width: 7) + [0, 0x20], at: 148, width: 8)
        bytes += header
        raw(content)
    }

    /// Adds a pax header block for the next entry (`x`) or for all (`g`).
    mutating func pax(_ records: [(String, String)], type: Character = "x") {
        entry(Array("PaxHeader".utf8), type: type, content: records.flatMap { Self.record($0, $1) })
    }

    /// Adds bytes padded to a block.
    mutating func raw(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// The archive with its end mark.
    func finished() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 1024)
    }

    static func record(_ key: String, _ value: String) -> [UInt8] {
        let body = " \(key)=\(value)\n".utf8.count
        var length = body + 1
        while String(length).utf8.count + body != length { length = String(length).utf8.count + body }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    /// An archive made by a closure.
    static func make(_ build: (inout TarBuilder) -> Void) -> [UInt8] {
        var builder = TarBuilder()
        build(&builder)
        return builder.finished()
    }
}
