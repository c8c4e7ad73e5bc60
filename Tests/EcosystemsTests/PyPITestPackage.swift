import Archives
import Ecosystems
import Formats
import Foundation
import RegistryModel

/// Builds wheels and source distributions in memory, right unless a test changes them, and the forms that clients send with
/// them.
struct PyPITestPackage {
    var name = "Tiny.Pkg_X"
    var version = "1.0"
    var metadataVersion = "2.4"
    /// Header lines behind Metadata-Version, Name and Version.
    var fields: [String] = ["Summary: A tiny package"]
    var body = "# Tiny\n"
    /// The names that METADATA and PKG-INFO state, where they differ.
    var statedName: String?
    var statedVersion: String?
    var fileName: String?
    /// The directory inside the archive, without `.dist-info`.
    var folder: String?
    var tags = ["py3-none-any"]
    var wheelVersion = "1.0"
    var files: [(path: String, content: String)] = [("tiny_pkg_x/__init__.py", "value = 1\n")]
    /// Changes the entries of a wheel or source distribution just before it is packed.
    var change: (inout [(path: String, content: String)]) -> Void = { _ in }

    private var escaped: String { PythonName.normalized(name).replacingOccurrences(of: "-", with: "_") }
    private var stem: String { folder ?? "\(escaped)-\(version)" }

    var metadata: String {
        let head = ["Metadata-Version: \(metadataVersion)", "Name: \(statedName ?? name)"]
        return (head + ["Version: \(statedVersion ?? version)"] + fields).joined(separator: "\n") + "\n\n" + body
    }

    var wheelName: String { fileName ?? "\(escaped)-\(version)-py3-none-any.whl" }
    var sourceName: String { fileName ?? "\(escaped)-\(version).tar.gz" }

    /// A wheel with a RECORD of what is in it.
    var wheel: [UInt8] {
        let info = "\(stem).dist-info"
        let lines = tags.map { "Tag: \($0)\n" }.joined()
        var entries = files
        entries.append(("\(info)/METADATA", metadata))
        entries.append(("\(info)/WHEEL", "Wheel-Version: \(wheelVersion)\nRoot-Is-Purelib: true\n\(lines)"))
        let record = entries.map { Self.recordLine($0.path, $0.content) } + ["\(info)/RECORD,,"]
        entries.append(("\(info)/RECORD", record.map { $0 + "\n" }.joined()))
        change(&entries)
        return Self.zip(entries)
    }

    /// A source distribution.
    var source: [UInt8] {
        var entries = files.map { (path: "\(stem)/\($0.path)", content: $0.content) }
        entries.append(("\(stem)/PKG-INFO", metadata))
        change(&entries)
        var archive = NPMTestPackage("")
        archive.entries = entries.map { ($0.path, UInt8(ascii: "0"), Array($0.content.utf8)) }
        return archive.tarball
    }

    static func recordLine(_ path: String, _ content: String) -> String {
        let digest = Data(SHA256Digest(hashing: Array(content.utf8)).bytes).base64EncodedString()
        let text = digest.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        return "\(path),sha256=\(text.filter { $0 != "=" }),\(content.utf8.count)"
    }

    /// What twine sends of the metadata: the fields that are compared.
    func claim(_ kind: PyPI.FileKind = .wheel) -> JSONValue {
        let values = fields.reduce(into: ["requires_dist": [], "requires_python": []] as [String: [String]]) {
            found, line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            let field = parts[0].lowercased().replacingOccurrences(of: "-", with: "_")
            found[field]?.append(parts[1].trimmingCharacters(in: .whitespaces))
        }
        return .object([
            .init("name", .string(name)), .init("version", .string(version)),
            .init("metadata_version", .string(metadataVersion)), .init("filetype", .string(kind.rawValue)),
            .init("requires_dist", .strings(values["requires_dist"] ?? [])),
            .init("requires_python", .strings(values["requires_python"] ?? [])),
        ])
    }

    /// Inspects the package as it would be after an upload.
    func inspect(_ kind: PyPI.FileKind = .wheel, claim: JSONValue? = nil) throws -> Manifest {
        let bytes = kind == .wheel ? wheel : source
        let file = ReceivedFile(
            name: kind == .wheel ? wheelName : sourceName, digests: FileHasher.digests(of: bytes),
            content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: PyPI.ecosystem, name: name, version: version, files: [file], claim: claim ?? self.claim(kind))
        return try PyPIFormat().inspect(submission, limits: ArchiveLimits())
    }

    /// The refusal, or nil where the package is accepted.
    func refusal(_ kind: PyPI.FileKind = .wheel, claim: JSONValue? = nil) throws -> Problem? {
        do {
            _ = try inspect(kind, claim: claim)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    /// A zip whose entries are stored without compression.
    static func zip(_ entries: [(path: String, content: String)]) -> [UInt8] {
        zip(entries.map { ($0.path, Array($0.content.utf8)) })
    }

    /// The same with any bytes.
    static func zip(_ entries: [(path: String, bytes: [UInt8])]) -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for entry in entries {
            let content = entry.bytes
            let name = Array(entry.path.utf8)
            let sizes = number(UInt32(content.count)) + number(UInt32(content.count)) + number(UInt16(name.count))
            let shared = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0] + number(checksum(content)) + sizes + [0, 0]
            directory += [0x50, 0x4B, 1, 2, 20, 3] + shared + [0, 0, 0, 0, 0, 0]
            directory += number(UInt32(0o100644) << 16) + number(UInt32(out.count)) + name
            out += [0x50, 0x4B, 3, 4] + shared + name + content
        }
        let end = number(UInt16(entries.count)) + number(UInt16(entries.count)) + number(UInt32(directory.count))
        return out + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + end + number(UInt32(out.count)) + [0, 0]
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = ~0
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return ~value
    }
}
