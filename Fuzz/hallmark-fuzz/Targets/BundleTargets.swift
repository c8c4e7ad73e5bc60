import Archives
import Blobs
import Ecosystems
import Formats
import Foundation
import Publishing
import RegistryModel

/// Whole bundles for the publisher portal: many files in a zip or a tar, from the bytes to the releases in them.
func bundleTargets() -> [FuzzTarget] {
    let words =
        "org/hm/ tiny/1.0/tiny-1.0 .pom .jar .jar.md5 .sha1 .asc -sources.jar ../ / \\ maven-metadata.xml -SNAPSHOT "
        + "<project> <groupId>org.hm</groupId> <version>1.0</version> </project>"
    return [
        FuzzTarget(
            "bundle-zip", maximumBytes: 16 << 10, bytes: [zipSeed(releases: 1), zipSeed(releases: 12)], words: words
        ) { try await examine(ZipBuilder.zip(describedBy: $0)) },
        FuzzTarget(
            "bundle-tar", maximumBytes: 16 << 10, bytes: [tarSeed(releases: 1), tarSeed(releases: 12)], words: words
        ) { try await examine(Bytes.gzip(TarBuilder.tar(describedBy: $0))) },
    ]
}

/// The files of releases, each with a digest.
private func files(releases: Int) -> [(path: String, content: [UInt8])] {
    (1...releases).flatMap { number -> [(path: String, content: [UInt8])] in
        let pom =
            "<project><modelVersion>4.0.0</modelVersion><groupId>org.hm</groupId><artifactId>a\(number)</artifactId>"
            + "<version>1.0</version><name>A</name></project>"
        let stem = "org/hm/a\(number)/1.0/a\(number)-1.0"
        let files = [("\(stem).pom", Array(pom.utf8)), ("\(stem).jar", Array("jar \(number)".utf8))]
        return files + files.map { ("\($0.0).sha1", Array(Hex.encode(FileHasher.digests(of: $0.1).sha1).utf8)) }
    }
}

private func zipSeed(releases: Int) -> [UInt8] {
    files(releases: releases).flatMap { file -> [UInt8] in Array(file.path.utf8) + [0] + file.content + [0, 0] }
}

private func tarSeed(releases: Int) -> [UInt8] {
    // A plain file, and no lie about it.
    let honest = [UInt8](repeating: 0, count: 5)
    return files(releases: releases).flatMap { file -> [UInt8] in
        [0] + Array(file.path.utf8) + [0] + file.content + honest
    }
}

/// Where unpacked files lie while they are looked at.
private enum Unpacking {
    static let reader: BundleReader = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-fuzz-spool")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pool = BlockingPool(name: "fuzz", threads: 1, capacity: 8)
        let spool = Spool(directory: folder.path(percentEncoded: false), random: SystemRandomSource(), pool: pool)
        return BundleReader(spool: spool, limits: PublishLimits(fileBytes: 1 << 20))
    }()
}

private func examine(_ archive: [UInt8]) async throws -> String {
    let unpacked: Deployments.Bundle
    do {
        unpacked = try Unpacking.reader.read(MemoryByteSource(archive)) { MavenPath($0)?.checksum != nil }
    } catch let problem as Problem {
        try require(problem.code != .internalError, "an internal error: \(problem.diagnostic ?? "")")
        return "\(problem.code.rawValue) \(problem.detail.prefix { $0 != "'" })"
    }
    let bundle = MavenBundle(unpacked)
    try check(bundle, unpacked)
    var verdict = "bundle \(bundle.components.count) \(bundle.faults.isEmpty)"
    for component in bundle.components.prefix(20) {
        do {
            let manifest = try MavenFormat().inspect(component.submission(), limits: ArchiveLimits())
            try require(
                manifest.name.display == component.coordinates.name, "'\(manifest.name.display)' is another project")
            verdict += " \(manifest.files.count)"
        } catch let problem as Problem {
            try require(problem.code != .internalError, "an internal error: \(problem.diagnostic ?? "")")
            verdict += " \(problem.code.rawValue)"
        }
    }
    return verdict
}

/// What holds of every bundle, whatever is wrong with it.
private func check(_ bundle: MavenBundle, _ unpacked: Deployments.Bundle) throws {
    let placed = bundle.components.flatMap { component in component.files.map { (component.coordinates, $0) } }
    try require(placed.count <= unpacked.files.count, "a file is in two releases")
    try require(
        placed.count + bundle.faults.count >= unpacked.files.count, "a file is in no release, and nothing is said of it"
    )
    let coordinates = bundle.components.map(\.coordinates.description)
    try require(Set(coordinates).count == coordinates.count && coordinates == coordinates.sorted(), "\(coordinates)")
    try require(!bundle.components.isEmpty || !bundle.faults.isEmpty, "an empty bundle is taken")
    for (coordinates, file) in placed {
        try require(
            !file.name.contains("/") && file.name.hasPrefix(coordinates.artifactID), "'\(file.name)' of \(coordinates)")
        let bytes = try file.content.read(at: 0, count: file.content.length)
        try require(
            bytes.count == file.content.length && FileHasher.digests(of: bytes).sha256 == file.digests.sha256,
            "'\(file.name)' has other bytes than its digest")
    }
}
