/// Writes tars, right ones or ones that lie where the decisions say so.
enum TarBuilder {
    /// A right tar of files.
    static func tar(_ entries: [(path: String, content: [UInt8])]) -> [UInt8] {
        var none = Decisions([])
        return entries.flatMap { entry(Array($0.path.utf8), UInt8(ascii: "0"), $0.content, [], &none) }
            + [UInt8](repeating: 0, count: 1024)
    }

    /// A tar of entries that the input describes.
    static func tar(describedBy input: [UInt8]) -> [UInt8] {
        var decisions = Decisions(input)
        let types = Array("0000125\u{0}xgLKSD34567V".utf8)
        var out: [UInt8] = []
        var count = 0
        while !decisions.isEmpty, count < 200 {
            let type = types[decisions.number(below: types.count)]
            let name = decisions.text()
            var content = decisions.text()
            if type == UInt8(ascii: "x") || type == UInt8(ascii: "g"), !decisions.rarely(4) {
                content = records(content)
            }
            let link = type == UInt8(ascii: "1") || type == UInt8(ascii: "2") ? decisions.text() : []
            out += entry(name, type, content, link, &decisions)
            count += 1
        }
        return out + [UInt8](repeating: 0, count: decisions.rarely(8) ? 512 : 1024) + decisions.remainder()
    }

    /// `key=value` lines with the lengths that pax wants in front.
    private static func records(_ text: [UInt8]) -> [UInt8] {
        text.split(separator: UInt8(ascii: "\n")).flatMap { line -> [UInt8] in
            var count = line.count + 3
            while String(count).utf8.count + line.count + 2 > count { count += 1 }
            return Array("\(count) ".utf8) + line + [0x0A]
        }
    }

    private static func entry(
        _ name: [UInt8], _ type: UInt8, _ content: [UInt8], _ link: [UInt8], _ lies: inout Decisions
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, room: Int) {
            block.replaceSubrange(offset..<offset + min(room, bytes.count), with: bytes.prefix(room))
        }
        func octal(_ value: some BinaryInteger, _ width: Int) -> [UInt8] {
            let digits = String(value, radix: 8).suffix(width)
            return Array((String(repeating: "0", count: width - digits.count) + digits).utf8)
        }
        put(name, at: 0, room: 100)
        put(octal(0o644, 7), at: 100, room: 8)
        put(octal(0, 7), at: 108, room: 8)
        put(octal(0, 7), at: 116, room: 8)
        if lies.rarely(12) {
            put([0x80] + Bytes.little(lies.oddNumber(), 11).reversed(), at: 124, room: 12)
        } else {
            put(octal(lies.rarely(16) ? lies.oddNumber() : UInt64(content.count), 11), at: 124, room: 12)
        }
        put(octal(0, 11), at: 136, room: 12)
        block[156] = type
        put(link, at: 157, room: 100)
        put(lies.rarely(8) ? Array("ustar  \u{0}".utf8) : Array("ustar\u{0}00".utf8), at: 257, room: 8)
        if name.count > 100 { put(name.dropFirst(100), at: 345, room: 155) }
        put([UInt8](repeating: 0x20, count: 8), at: 148, room: 8)
        let sum = block.reduce(0) { $0 + Int($1) } + (lies.rarely(64) ? 1 : 0)
        put(octal(sum, 6) + [0, 0x20], at: 148, room: 8)
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return block + content + padding
    }
}
