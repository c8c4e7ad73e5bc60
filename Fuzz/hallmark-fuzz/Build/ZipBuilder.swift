/// Writes zips of stored entries, right ones or ones that lie where the decisions say so.
enum ZipBuilder {
    /// One entry.
    struct Entry {
        var name: [UInt8]
        var content: [UInt8]

        init(_ name: String, _ content: [UInt8]) {
            self.name = Array(name.utf8)
            self.content = content
        }

        init(name: [UInt8], content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// A right zip.
    static func zip(_ entries: [Entry]) -> [UInt8] {
        var none = Decisions([])
        return zip(entries, lies: &none)
    }

    /// A zip of entries that the input describes.
    static func zip(describedBy input: [UInt8]) -> [UInt8] {
        var decisions = Decisions(input)
        var entries: [Entry] = []
        while !decisions.isEmpty, entries.count < 64 {
            entries.append(Entry(name: decisions.text(), content: decisions.text()))
            if decisions.rarely(6) { break }
        }
        return zip(entries, lies: &decisions)
    }

    private static func zip(_ entries: [Entry], lies: inout Decisions) -> [UInt8] {
        var out: [UInt8] = lies.rarely(16) ? lies.text() : []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = out.count
            let local = header(entry, lies: &lies, isLocal: true)
            let central = header(entry, lies: &lies, isLocal: false)
            out += [0x50, 0x4B, 3, 4] + local + entry.name + extra(&lies) + entry.content
            if lies.rarely(12) {
                out +=
                    [0x50, 0x4B, 7, 8] + Bytes.little(Bytes.crc32(entry.content), 4) + Bytes.little(lies.oddNumber(), 8)
            }
            let mode = lies.rarely(6) ? lies.oddNumber() : 0o100644 << 16
            let place = lies.rarely(16) ? lies.oddNumber() : UInt64(offset)
            let field = extra(&lies)
            directory += [0x50, 0x4B, 1, 2, 20, 3] + central.dropLast(2) + Bytes.little(field.count, 2)
            directory += Bytes.little(lies.rarely(16) ? lies.oddNumber() : 0, 6)
            directory += Bytes.little(mode, 4) + Bytes.little(place, 4) + entry.name + field
        }
        let start = out.count
        out += directory
        if lies.rarely(8) { out += wideEnd(entries.count, directory.count, start, &lies) }
        let count = lies.rarely(16) ? lies.oddNumber() : UInt64(entries.count)
        let size = lies.rarely(16) ? lies.oddNumber() : UInt64(directory.count)
        let place = lies.rarely(16) ? lies.oddNumber() : UInt64(start)
        let comment = lies.rarely(8) ? lies.text() : []
        out += [0x50, 0x4B, 5, 6] + Bytes.little(lies.rarely(32) ? lies.oddNumber() : 0, 4)
        out += Bytes.little(count, 2) + Bytes.little(count, 2) + Bytes.little(size, 4) + Bytes.little(place, 4)
        return out + Bytes.little(comment.count, 2) + comment
    }

    /// What local and central headers share, from the version to the length of the extra fields.
    private static func header(_ entry: Entry, lies: inout Decisions, isLocal: Bool) -> [UInt8] {
        let size = UInt64(entry.content.count)
        let flags: UInt64 = lies.rarely(12) ? lies.oddNumber() : 0x0800
        let method: UInt64 = lies.rarely(12) ? [8, 1, 12, 99][lies.number(below: 4)] : 0
        let checksum = lies.rarely(24) ? lies.oddNumber() : UInt64(Bytes.crc32(entry.content))
        let packed = lies.rarely(16) ? lies.oddNumber() : size
        let unpacked = lies.rarely(16) ? lies.oddNumber() : size
        let start: [UInt8] = [20, 0] + Bytes.little(flags, 2) + Bytes.little(method, 2) + [0, 0, 0x21, 0]
        let sizes = Bytes.little(checksum, 4) + Bytes.little(packed, 4) + Bytes.little(unpacked, 4)
        return start + sizes + Bytes.little(entry.name.count, 2) + Bytes.little(isLocal && lies.rarely(24) ? 9 : 0, 2)
    }

    private static func extra(_ lies: inout Decisions) -> [UInt8] {
        guard lies.rarely(8) else { return [] }
        let id: UInt64 = [0x0001, 0x7075, 0x5455, 0xFFFF][lies.number(below: 4)]
        let body = lies.rarely(2) ? lies.text() : Bytes.little(lies.oddNumber(), 8) + Bytes.little(lies.oddNumber(), 8)
        let count = lies.rarely(6) ? lies.oddNumber() : UInt64(body.count)
        return Bytes.little(id, 2) + Bytes.little(count, 2) + body
    }

    private static func wideEnd(_ count: Int, _ size: Int, _ start: Int, _ lies: inout Decisions) -> [UInt8] {
        let numbers = [count, count, size, start].map { lies.rarely(6) ? lies.oddNumber() : UInt64($0) }
        let record = [0x50, 0x4B, 6, 6] + Bytes.little(lies.rarely(6) ? lies.oddNumber() : 44, 8) + [45, 0, 45, 0]
        let place = lies.rarely(6) ? lies.oddNumber() : UInt64(start + size)
        return record + Bytes.little(0, 8) + numbers.flatMap { Bytes.little($0, 8) }
            + [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + Bytes.little(place, 8) + [1, 0, 0, 0]
    }
}
