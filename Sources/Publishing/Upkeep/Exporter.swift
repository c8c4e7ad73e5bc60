package import Blobs
import Persistence
import RegistryModel

/// Writes everything in open forms, for people and for other programs: JSON lines, and the package files by name.
///
/// Tokens, keys and settings are not exported, addresses of people only where they are asked for.
package struct Exporter: Sendable {
    private let core: RegistryCore
    private let policy: UnpublishPolicy
    private let scratch: String

    /// Works on `core`; passing files lie in the folder `scratch`.
    package init(core: RegistryCore, policy: UnpublishPolicy, scratch: String) {
        self.core = core
        self.policy = policy
        self.scratch = scratch
    }

    /// What was written.
    package struct Report: Sendable {
        package var lines: [String: Int64] = [:]
        package var files: Int64 = 0
        package var bytes: Int64 = 0
        /// Files whose bytes are missing or damaged.
        package var missing: [String] = []
    }

    /// The files of JSON lines.
    private enum Part: String, CaseIterable {
        case users, projects, releases, files, events, downloads
    }

    /// Writes an export.
    package func run(
        to target: any BackupTarget, includingPersonalData: Bool, observer: UpkeepObserver = { _ in }
    ) async throws -> Report {
        let now = core.clock.now()
        let parts = Dictionary(uniqueKeysWithValues: try Part.allCases.map { ($0, try LineFile(in: scratch)) })
        let list = try LineFile(in: scratch)
        let total = try await dump(parts, list, now, includingPersonalData)
        var report = Report()
        for part in Part.allCases { report.lines[part.rawValue] = try parts[part]?.finish().lines }
        _ = try list.finish()
        let head: JSONValue = [
            "format": "hallmark-export", "format_version": 1, "created": .string(now.rfc3339()),
            "personal_data": .bool(includingPersonalData),
            "parts": .object(
                Part.allCases.map { part in
                    JSONValue.Member("\(part.rawValue).jsonl", .integer(report.lines[part.rawValue] ?? 0))
                }),
        ]
        try await core.inspectionPool.run {
            try target.write("export.json", MemoryByteSource(head.bytes()))
            for part in Part.allCases {
                if let file = parts[part] { try target.write("\(part.rawValue).jsonl", try file.source()) }
            }
        }
        try await copy(list, total, to: target, &report, observer)
        try await core.inspectionPool.run { try target.finish() }
        return report
    }

    /// Writes what all rows of one moment say.
    /// - Returns: How many bytes the package files have.
    private func dump(
        _ parts: [Part: LineFile], _ list: LineFile, _ now: Timestamp, _ includingPersonalData: Bool
    ) async throws -> Int64 {
        let removedBefore = GarbageCollector.removedBefore(policy, now: now)
        return try await core.driver.read { connection in
            for file in parts.values { try file.restart() }
            try list.restart()
            let store = ExportStore(connection)
            try store.users(includingPersonalData: includingPersonalData) { try parts[.users]?.append($0.bytes()) }
            try store.projects { try parts[.projects]?.append($0.bytes()) }
            try store.releases { try parts[.releases]?.append($0.bytes()) }
            try store.events { try parts[.events]?.append($0) }
            try store.downloads { try parts[.downloads]?.append($0.bytes()) }
            var bytes: Int64 = 0
            try store.files(removedBefore: removedBefore) { file in
                let path = file.isAvailable ? Self.path(file) : nil
                try parts[.files]?.append(file.line.setting("path", to: path.map(JSONValue.string)).bytes())
                guard let path else { return }
                bytes += file.size
                try list.append(
                    JSONValue.array([.string(path), .string(file.digest.hex), .integer(file.size)]).bytes())
            }
            return bytes
        }
    }

    private func copy(
        _ list: LineFile, _ total: Int64, to target: any BackupTarget, _ report: inout Report,
        _ observer: UpkeepObserver
    ) async throws {
        let lines = LineReader(try list.source(), limit: 1 << 16)
        var done: Int64 = 0
        while let line = try await core.inspectionPool.run({ try lines.next() }) {
            try Task.checkCancellation()
            guard let item = (try? JSONValue.parse(line))?.arrayValue, item.count == 3,
                let path = item[0].stringValue, let size = item[2].integerValue,
                let digest = item[1].stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { continue }
            done += size
            observer(UpkeepProgress("bytes exported", done: done, total: total))
            if try await core.inspectionPool.run({ try target.holds(path, length: size) }) {
                report.files += 1
                continue
            }
            guard let source = try await core.keeper.source(digest),
                try await core.inspectionPool.run({ try ContentDigest.of(source) }) == digest
            else {
                report.missing.append(path)
                continue
            }
            try await core.inspectionPool.run { try target.write(path, source) }
            report.files += 1
            report.bytes += size
        }
    }

    /// `files/ECOSYSTEM/PROJECT/FILE` with segments that are good names on every file system.
    static func path(_ file: ExportedFile) -> String {
        let segments = file.project.split(separator: "/").map { segment($0) } + [segment(file.name[...])]
        return (["files", segment(file.ecosystem[...])] + segments).joined(separator: "/")
    }

    /// Percent-encodes what could leave the folder or is no name somewhere.
    private static func segment(_ text: Substring) -> String {
        var out = ""
        for (index, byte) in text.utf8.enumerated() {
            let character = UnicodeScalar(byte)
            let isPlain =
                ("a"..."z").contains(character) || ("A"..."Z").contains(character) || ("0"..."9").contains(character)
                || "-_+@~!".unicodeScalars.contains(character) || (character == "." && index > 0)
            out += isPlain ? String(character) : "%" + Hex.encode([byte]).uppercased()
        }
        return out.isEmpty ? "%" : out
    }
}
