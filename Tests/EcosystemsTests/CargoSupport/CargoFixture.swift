import Archives
import Crypto
import Formats
import RegistryModel

@testable import Ecosystems

/// A crate and the claim that cargo would send with it, both of which a test can make wrong.
struct CargoFixture {
    var name = "lamp"
    var version = "0.1.0"
    /// Everything behind `[package]`'s name and version.
    var manifest = "edition = \"2021\"\n"
    /// Further files below the crate's directory.
    var files: [(path: String, content: String)] = [("src/lib.rs", "pub fn value() {}\n")]
    /// Further entries at exactly those paths.
    var strays: [(path: String, type: Character)] = []
    /// The file's bytes; nil for a manifest of the fields above.
    var manifestText: String?
    var manifestPath = "Cargo.toml"
    /// The publish JSON's members beyond name and version.
    var claim: [(String, JSONValue)] = [("deps", []), ("features", [:]), ("links", nil)]
    var claimedName: String?
    var claimedVersion: String?

    static let ownIndex = "sparse+http://localhost:8080/cargo/"

    /// The `.crate` file.
    var archive: [UInt8] {
        let root = "\(name)-\(version)"
        let text = manifestText ?? "[package]\nname = \"\(name)\"\nversion = \"\(version)\"\n\(manifest)"
        var tar: [UInt8] = []
        for (path, content) in [(manifestPath, text)] + files {
            tar += Self.entry("\(root)/\(path)", "0", Array(content.utf8))
        }
        for stray in strays { tar += Self.entry(stray.path, stray.type, []) }
        return Self.gzip(tar + [UInt8](repeating: 0, count: 1024))
    }

    /// The publish JSON.
    var publish: JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(claimedName ?? name)), ("vers", .string(claimedVersion ?? version)),
        ]
        members += claim
        return .object(members.map { JSONValue.Member($0.0, $0.1) })
    }

    /// What the pipeline would hand to the format.
    func submission() throws -> Submission {
        let claim = try CargoClaim(publish.bytes(), ownIndexes: [Self.ownIndex])
        let bytes = archive
        guard let sha256 = SHA256Digest(Array(SHA256.hash(data: bytes))) else { throw Problem(.internalError, "") }
        let digests = FileDigests(sha256: sha256, md5: [], sha1: [], sha512: [], blake2b256: [])
        let file = ReceivedFile(name: "x.crate", digests: digests, content: MemoryByteSource(bytes))
        return Submission(
            ecosystem: Cargo.ecosystem, name: claim.name, version: claim.version, files: [file], claim: claim.value)
    }

    /// What the format makes of it.
    func inspect() throws -> Manifest {
        try CargoFormat().inspect(submission(), limits: .init())
    }

    /// Why the format refuses it; nil where it does not.
    func refusal() -> Problem? {
        do {
            _ = try inspect()
            return nil
        } catch {
            return error as? Problem
        }
    }

    /// A tar entry; names of 100 bytes and more are not needed here.
    static func entry(_ path: String, _ type: Character, _ content: [UInt8]) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: Array(text.utf8))
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(path, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(content.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        header[156] = type.asciiValue ?? 0
        if type == "2" { put("/etc/passwd", at: 157) }
        put("ustar\u{0}00", at: 257)
        put("        ", at: 148)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// A gzip member of stored blocks.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let end = min(bytes.count, start + 0xFFFF)
            out += [end == bytes.count ? 1 : 0] + little(UInt32(end - start), 2) + little(~UInt32(end - start), 2)
            out += bytes[start..<end]
            start = end
        } while start < bytes.count
        var checksum = ~UInt32(0)
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? 0xEDB8_8320 ^ (checksum >> 1) : checksum >> 1 }
        }
        return out + little(~checksum, 4) + little(UInt32(bytes.count), 4)
    }
}
