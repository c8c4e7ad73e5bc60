import Archives
import Crypto
import Ecosystems
import Foundation
import RegistryModel

/// Builds npm tarballs in memory and the documents that a client would publish them with.
struct NPMTestPackage {
    var entries: [(path: String, kind: UInt8, content: [UInt8])] = []

    /// A package of a `package.json` and further files, all under `package/`.
    init(_ manifest: String, files: [String: String] = [:], top: String = "package") {
        add("\(top)/package.json", manifest)
        for (path, content) in files.sorted(by: { $0.key < $1.key }) { add("\(top)/\(path)", content) }
    }

    mutating func add(_ path: String, _ content: String, kind: UInt8 = UInt8(ascii: "0")) {
        entries.append((path, kind, Array(content.utf8)))
    }

    /// A gzip-compressed tar in ustar format.
    var tarball: [UInt8] {
        var tar: [UInt8] = []
        for entry in entries {
            let isFile = entry.kind == UInt8(ascii: "0")
            tar += Self.header(
                entry.path, size: isFile ? entry.content.count : 0, kind: entry.kind, link: entry.content)
            guard isFile else { continue }
            tar += entry.content
            tar += [UInt8](repeating: 0, count: (512 - entry.content.count % 512) % 512)
        }
        return Self.gzip(tar + [UInt8](repeating: 0, count: 1024))
    }

    private static func header(_ path: String, size: Int, kind: UInt8, link: [UInt8]) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(path, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(499_162_500, 11), at: 136)
        put("        ", at: 148)
        block[156] = kind
        if kind != UInt8(ascii: "0") { block.replaceSubrange(157..<157 + link.count, with: link) }
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6), at: 148)
        block[154] = 0
        return block
    }

    /// A gzip member of stored blocks.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let end = min(bytes.count, start + 65_535)
            let count = UInt16(end - start)
            out += [end == bytes.count ? 1 : 0]
            out += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
            out += bytes[start..<end]
        }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for value in [~crc, UInt32(bytes.count)] {
            out += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        return out
    }

    static func digests(_ bytes: [UInt8]) throws -> FileDigests {
        guard let sha256 = SHA256Digest(Array(SHA256.hash(data: bytes))) else { throw Problem(.internalError, "") }
        return FileDigests(
            sha256: sha256, md5: Array(Insecure.MD5.hash(data: bytes)), sha1: Array(Insecure.SHA1.hash(data: bytes)),
            sha512: Array(SHA512.hash(data: bytes)), blake2b256: [UInt8](repeating: 0, count: 32))
    }

    /// Inspects the tarball as published with that claim (by default the manifest itself).
    func inspect(
        claim: JSONValue? = nil, name: String? = nil, version: String? = nil, signer: NPMSigner? = nil
    ) throws -> Manifest {
        let claim = try claim ?? JSONValue.parse(entries.first?.content ?? [])
        let bytes = tarball
        let file = ReceivedFile(name: "x.tgz", digests: try Self.digests(bytes), content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: NPMFormat.ecosystem, name: name ?? claim["name"]?.stringValue ?? "",
            version: version ?? claim["version"]?.stringValue ?? "", files: [file], claim: claim, tags: ["latest"])
        let key = [UInt8](repeating: 7, count: 32)
        let signer = try signer ?? NPMSigner(privateKey: key, createdAt: Timestamp(seconds: 0))
        return try NPMFormat(signer: signer).inspect(submission, limits: .init())
    }

    /// The refusal, or nil where the package is accepted.
    func refusal(claim: JSONValue? = nil, name: String? = nil, version: String? = nil) throws -> Problem? {
        do {
            _ = try inspect(claim: claim, name: name, version: version)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }
}
