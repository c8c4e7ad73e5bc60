import Foundation
import RegistryModel

/// The mail that a scratch instance has sent: the files that its mailer writes.
struct MailBox: Sendable {
    /// The folder that the mailer writes into.
    let folder: String

    /// One message, with its text as people read it.
    struct Message: Sendable {
        let id: Int64
        let recipient: String
        let subject: String
        let text: String

        /// The first address of the instance in its text.
        func link(below origin: String) -> String? {
            guard let range = text.range(of: origin + "/") else { return nil }
            let rest = text[range.lowerBound...].prefix { !$0.isWhitespace && !"<>\"".contains($0) }
            return String(rest.dropFirst(origin.count))
        }
    }

    /// All messages to an address, oldest first.
    func messages(to address: String) -> [Message] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".eml") }.compactMap(read).filter { $0.recipient == address }
            .sorted { $0.id < $1.id }
    }

    /// Waits for a message to an address that fits.
    /// - Throws: ``ProbeFault`` where none comes in time.
    func wait(for address: String, _ what: String, where fits: (Message) -> Bool = { _ in true }) async throws
        -> Message
    {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if let message = messages(to: address).last(where: fits) { return message }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw ProbeFault("no mail came with \(what)")
    }

    private func read(_ name: String) -> Message? {
        guard let id = Int64(name.dropLast(4)), let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        else { return nil }
        let lines = String(decoding: data, as: UTF8.self).replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }
        func field(_ name: String) -> String {
            let line = head.first { $0.lowercased().hasPrefix(name + ":") }
            return (line?.dropFirst(name.count + 1).trimmed ?? "").filter { $0 != "<" && $0 != ">" }
        }
        return Message(id: id, recipient: field("to"), subject: field("subject"), text: Self.plain(Array(lines)))
    }

    /// The first part of plain text, decoded from quoted-printable.
    private static func plain(_ lines: [Substring]) -> String {
        let start = lines.firstIndex { $0.lowercased().hasPrefix("content-type: text/plain") } ?? 0
        let body = lines[start...].drop { !$0.isEmpty }.dropFirst().prefix { !$0.hasPrefix("--=_") }
        var out: [UInt8] = []
        for line in body {
            var rest = Array(line.utf8)[...]
            var isSoft = false
            while let byte = rest.first {
                rest = rest.dropFirst()
                guard byte == UInt8(ascii: "=") else {
                    out.append(byte)
                    continue
                }
                if rest.isEmpty { isSoft = true }
                if let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)), decoded.count == 1 {
                    out += decoded
                    rest = rest.dropFirst(2)
                }
            }
            if !isSoft { out.append(UInt8(ascii: "\n")) }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
