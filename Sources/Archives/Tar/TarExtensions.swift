/// What the headers before an entry say about it: GNU long names and pax records.
struct TarExtensions {
    /// The types of headers that say something about another: pax for the next entry and for all, GNU's long link and name.
    static let types: Set<UInt8> = [
        UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "K"), UInt8(ascii: "L"),
    ]

    private var longName: [UInt8]?
    private var longLink: [UInt8]?
    private var records: [String: [UInt8]]?

    /// Whether nothing waits for its entry.
    var isEmpty: Bool { longName == nil && longLink == nil && records == nil }

    /// Takes the body of an extension header.
    mutating func add(_ body: ArraySlice<UInt8>, type: UInt8) throws(ArchiveFault) {
        let fault = ArchiveFault.tar(.extendedHeader, path: nil)
        switch type {
        case UInt8(ascii: "L"):
            guard longName == nil else { throw fault }
            longName = try Self.longText(body)
        case UInt8(ascii: "K"):
            guard longLink == nil else { throw fault }
            longLink = try Self.longText(body)
        case UInt8(ascii: "g"):
            guard try Self.parse(body).isEmpty else { throw fault }
        default:
            guard records == nil else { throw fault }
            records = try Self.parse(body)
        }
    }

    /// The entry as it is meant.
    func apply(to header: TarHeader) throws(ArchiveFault) -> TarWalk.Record {
        let path = String(decoding: header.name, as: UTF8.self)
        let paxName = records?["path"]
        let paxLink = records?["linkpath"]
        guard longName == nil || paxName == nil, longLink == nil || paxLink == nil else {
            throw .tar(.twoNames, path: path)
        }
        if let size = records?["size"], Int(String(decoding: size, as: UTF8.self)) != header.size {
            throw .tar(.size, path: path)
        }
        return TarWalk.Record(
            name: paxName ?? longName ?? header.name, link: paxLink ?? longLink ?? header.link, type: header.type,
            size: header.size)
    }

    /// A GNU long name: its bytes up to the NUL that ends them.
    private static func longText(_ body: ArraySlice<UInt8>) throws(ArchiveFault) -> [UInt8] {
        let text = body.prefix { $0 != 0 }
        guard !text.isEmpty, body.dropFirst(text.count).allSatisfy({ $0 == 0 }) else {
            throw .tar(.extendedHeader, path: nil)
        }
        return Array(text)
    }

    /// The records that change how an entry is read, of a body of `LENGTH KEY=VALUE\n` records.
    private static func parse(_ body: ArraySlice<UInt8>) throws(ArchiveFault) -> [String: [UInt8]] {
        let fault = ArchiveFault.tar(.extendedHeader, path: nil)
        var found: [String: [UInt8]] = [:]
        var rest = body
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...8).contains(digits.count), let length = Int(String(decoding: digits, as: UTF8.self)),
                length <= rest.count, length > digits.count + 3
            else { throw fault }
            let record = rest.prefix(length).dropFirst(digits.count)
            rest = rest.dropFirst(length)
            guard record.first == 0x20, record.last == 0x0A, let equals = record.firstIndex(of: UInt8(ascii: "=")),
                let key = String(validating: record[(record.startIndex + 1)..<equals], as: UTF8.self), !key.isEmpty
            else { throw fault }
            let value = Array(record[(equals + 1)...].dropLast())
            switch key {
            case "path", "linkpath", "size":
                guard found[key] == nil, !value.isEmpty, !value.contains(0) else { throw fault }
                found[key] = value
            case "hdrcharset":
                guard value.elementsEqual(Array("ISO-IR 10646 2000 UTF-8".utf8)) else { throw fault }
            default:
                if key.hasPrefix("GNU.sparse.") || key == "SCHILY.realsize" {
                    throw .forbiddenKind(path: "", .sparseFile)
                }
            }
        }
        return found
    }
}
