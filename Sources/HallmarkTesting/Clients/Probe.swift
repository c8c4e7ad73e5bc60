package import Foundation

/// One request to a server as any HTTP client would send it, for what the package clients do not show.
package struct Probe: Sendable {
    /// The status, or 0 where nobody answered.
    package let status: Int
    /// The reason phrase.
    package let reason: String
    /// The header fields, by lower-case name.
    package let headers: [String: String]
    /// The body.
    package let body: Data

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON, with the usual Foundation types.
    package var json: Any? { try? JSONSerialization.jsonObject(with: body) }

    /// Sends a GET.
    package static func get(_ url: String, headers: [String: String] = [:]) async throws -> Probe {
        try await send("GET", url, headers: headers)
    }

    /// Sends a request through curl.
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The address.
    ///   - headers: More header fields.
    ///   - arguments: More of curl's own options, for bodies and forms.
    /// - Returns: The answer, with status 0 where there was none.
    /// - Throws: Where curl could not be started.
    package static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], arguments: [String] = []
    ) async throws -> Probe {
        guard let curl = ClientTool.curl.launch else { throw ClientHome.MissingTool(tool: .curl) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-probe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let fields = headers.flatMap { ["-H", "\($0.key): \($0.value)"] }
        let words = curl + ["-sS", "--max-time", "60", "-X", method, "-D", "head", "-o", "body"] + fields + arguments
        _ = try await Command(words + [url], environment: [:], directory: folder).run()
        let head = (try? String(contentsOf: folder.appending(path: "head"), encoding: .isoLatin1)) ?? ""
        return Probe(head: head, body: (try? Data(contentsOf: folder.appending(path: "body"))) ?? Data())
    }

    /// Takes the last response head: an interim `100 Continue` comes before it.
    private init(head: String, body: Data) {
        let blocks = head.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        let lines = (blocks.last { !$0.isEmpty } ?? "").components(separatedBy: "\n")
        let first = (lines.first ?? "").split(separator: " ", maxSplits: 2).map(String.init)
        status = first.count > 1 ? Int(first[1]) ?? 0 : 0
        reason = first.count > 2 ? first[2] : ""
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
        }
        self.headers = headers
        self.body = body
    }
}
