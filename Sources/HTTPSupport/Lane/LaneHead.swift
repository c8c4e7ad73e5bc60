/// The head of a response that this server has written.
struct LaneHead {
    let status: Int
    private let bytes: [UInt8]
    private var fields: [(name: String, value: Range<Int>)] = []

    /// Reads a head of HTTP/1.1 with one empty line, at its end; nil for anything else.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var at = bytes.startIndex
        var lines: [Range<Int>] = []
        while at < bytes.count {
            guard let end = bytes[at...].firstIndex(of: .carriageReturn), end + 1 < bytes.count,
                bytes[end + 1] == .lineFeed
            else { return nil }
            lines.append(at..<end)
            at = end + 2
        }
        guard lines.count > 2, lines.last?.isEmpty == true, lines.dropLast().allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        let words = String(decoding: bytes[lines[0]], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
        self.status = status
        for line in lines.dropFirst().dropLast() {
            guard let colon = bytes[line].firstIndex(of: .colon) else { return nil }
            var start = colon + 1
            while start < line.upperBound, bytes[start] == .space { start += 1 }
            fields.append(
                (String(decoding: bytes[line.lowerBound..<colon], as: UTF8.self).lowercased(), start..<line.upperBound))
        }
    }

    /// Where the value of a field is that stands there once.
    func value(_ name: String) -> Range<Int>? {
        let found = fields.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// The value of a field that stands there once.
    func text(_ name: String) -> String? {
        value(name).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// Whether nothing in it is meant for one client or for one connection, or depends on what the lane's key lacks.
    var isForEverybody: Bool {
        let hindrances: Set<String> = [
            "connection", "transfer-encoding", "set-cookie", "upgrade", "keep-alive", "trailer",
        ]
        return fields.allSatisfy { field in
            let value = String(decoding: bytes[field.value], as: UTF8.self).lowercased()
            switch field.name {
            case "cache-control": return !value.contains("private") && !value.contains("no-store")
            case "vary":
                return value.split(separator: ",").allSatisfy { name in
                    !LaneField.isOutsideKey(name.filter { $0 != " " })
                }
            default: return !hindrances.contains(field.name)
            }
        }
    }
}
