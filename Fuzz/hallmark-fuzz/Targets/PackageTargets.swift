import Archives
import Ecosystems
import Formats
import Foundation
import RegistryModel

/// Manifests inside archives that are right otherwise: from the bytes to the documents of the index.
func packageTargets() throws -> [FuzzTarget] {
    let signer = try NPMSigner(privateKey: [UInt8](repeating: 7, count: 32), createdAt: Timestamp(seconds: 0))
    return pythonTargets() + [cargoTarget(), npmTarget(NPMFormat(signer: signer)), composerTarget()] + swiftTargets()
}

private func pythonTargets() -> [FuzzTarget] {
    [
        FuzzTarget(
            "wheel-metadata", maximumBytes: 8 << 10, seeds: [PackageSeeds.metadata],
            words:
                "Name: Version: Summary: Requires-Dist: Requires-Python: Project-URL: License: UNKNOWN Keywords: Dynamic: Metadata-Version: 2.1 1.0 javascript:"
        ) { input in
            let wheel = ZipBuilder.zip(wheelEntries(metadata: input))
            return try inspect(PyPIFormat(), "tiny-pkg", "1.0", "tiny_pkg-1.0-py3-none-any.whl", wheel, .object([]))
        },
        FuzzTarget(
            "wheel-record", maximumBytes: 4 << 10,
            seeds: ["tiny_pkg/a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n", "\"a,b\",md5=x,1\n,,\n"],
            words: "sha256= sha512= md5= , \"\" \n 0 -1 tiny_pkg-1.0.dist-info/RECORD,,"
        ) { input in
            var entries = wheelEntries(metadata: Array(PackageSeeds.metadata.utf8))
            entries[entries.count - 1].content = input
            let name = "tiny_pkg-1.0-py3-none-any.whl"
            return try inspect(PyPIFormat(), "tiny-pkg", "1.0", name, ZipBuilder.zip(entries), .object([]))
        },
        FuzzTarget(
            "sdist-metadata", maximumBytes: 8 << 10, seeds: [PackageSeeds.metadata],
            words:
                "Name: Version: Requires-Dist: Dynamic: Metadata-Version: 2.2 Description: License-File: a[b]>=1;extra=='c'"
        ) { input in
            let tar = TarBuilder.tar([("tiny_pkg-1.0/PKG-INFO", input), ("tiny_pkg-1.0/pyproject.toml", [])])
            return try inspect(PyPIFormat(), "tiny-pkg", "1.0", "tiny_pkg-1.0.tar.gz", Bytes.gzip(tar), .object([]))
        },
        .text(
            "python-file-name", maximumBytes: 300,
            seeds: [
                "tiny_pkg-1.0-py3-none-any.whl", "tiny-pkg-1.0.tar.gz",
                "Tiny.Pkg-1.0-1x-cp39.cp310-abi3-linux_x86_64.whl",
            ],
            words: "- _ . .whl .tar.gz py3 none any 1.0 ../ tiny pkg"
        ) { name in
            let wheel = ZipBuilder.zip(wheelEntries(metadata: Array(PackageSeeds.metadata.utf8)))
            return try inspect(PyPIFormat(), "tiny-pkg", "1.0", name, wheel, .object([]))
        },
    ]
}

private func cargoTarget() -> FuzzTarget {
    FuzzTarget(
        "cargo-manifest", maximumBytes: 8 << 10, seeds: [PackageSeeds.cargo],
        words:
            "[package] [dependencies] [features] [target.'cfg()'.dependencies] name version = \"1\" { } [ ] dep: ?/ features optional workspace=true path git ^ ~ >= , cfg( any( all( not( unix) ) registry-index"
    ) { input in
        let root = "tiny-pkg-1.0.0"
        let tar = TarBuilder.tar([
            ("\(root)/Cargo.toml", input), ("\(root)/README.md", Array("# Tiny".utf8)), ("\(root)/build.rs", []),
        ])
        // The claim says what the manifest says, as far as that can be read.
        let document = (try? TOMLReader.parse(input)) ?? .object([])
        let name = document["package"]?["name"]?.stringValue ?? "tiny-pkg"
        let version = document["package"]?["version"]?.stringValue ?? "1.0.0"
        let claim: JSONValue = [
            "indexes": ["sparse+http://localhost:8080/cargo/"],
            "publish": ["name": .string(name), "vers": .string(version)],
        ]
        return try inspect(CargoFormat(), name, version, "a.crate", Bytes.gzip(tar), claim)
    }
}

private func npmTarget(_ npm: NPMFormat) -> FuzzTarget {
    FuzzTarget(
        "npm-manifest", maximumBytes: 8 << 10, seeds: [PackageSeeds.npm],
        words:
            #"{ } [ ] : , "name" "version" "bin" "man" "scripts" "dependencies" "bundleDependencies" "directories" "os" "license" "licenses" "repository" git+ssh://git@github.com:a/b.git#c gist:1 npm:x@1 file:../x javascript:1 ../../x"#
    ) { input in
        let tar = TarBuilder.tar([
            ("package/package.json", input), ("package/README.md", Array("# Tiny\n\ntext".utf8)),
            ("package/binding.gyp", []),
            ("package/man/t.1", []), ("package/bin/t.js", []),
        ])
        let raw = (try? JSONValue.parse(input)) ?? .object([])
        let name = raw["name"]?.stringValue ?? "tiny-pkg"
        let version = raw["version"]?.stringValue ?? "1.0.0"
        return try inspect(npm, name, version, "a.tgz", Bytes.gzip(tar), raw.members == nil ? nil : raw)
    }
}

private func swiftTargets() -> [FuzzTarget] {
    let words =
        "// swift-tools-version: 5.9 6.0.1 ; .package( id: url: from: exact: .upToNextMinor( ) [ ] \"a.b\" \\( \"\"\" /* */ name: \r\n"
    return [
        FuzzTarget("swift-manifest", maximumBytes: 8 << 10, seeds: [PackageSeeds.swift], words: words) { input in
            // What stands behind a line of hyphens is the manifest for newer tools.
            let newer = input.firstRange(of: Array("\n---\n".utf8))
            let zip = ZipBuilder.zip([
                .init("tiny/Package.swift", Array(input[..<(newer?.lowerBound ?? input.endIndex)])),
                .init(
                    "tiny/Package@swift-6.0.swift",
                    newer.map { Array(input[$0.upperBound...]) } ?? Array("// swift-tools-version:6.0\n".utf8)),
                .init("tiny/README.md", Array("# Tiny".utf8)),
            ])
            return try inspect(SwiftFormat(), "tiny.Package", "1.0.0", "a.zip", zip, SwiftPublishClaim().value)
        },
        FuzzTarget(
            "swift-manifests", maximumBytes: 8 << 10, bytes: [PackageSeeds.swiftManifests],
            words: words + "tiny/Package.swift tiny/Package@swift-5.swift tiny/Package@swift-6.0.1.swift @swift- .swift"
        ) { input in
            // A whole archive: any number of manifests, and whatever else stands beside them.
            let zip = ZipBuilder.zip(describedBy: input)
            return try inspect(SwiftFormat(), "tiny.Package", "1.0.0", "a.zip", zip, SwiftPublishClaim().value)
        },
        FuzzTarget(
            "swift-metadata", maximumBytes: 8 << 10, seeds: [PackageSeeds.swiftMetadata],
            words:
                #"{ } [ ] : , "author" "name" "organization" "email" "repositoryURLs" "originalPublicationTime" 2025-01-31T00:00:00Z +01:00 git@github.com:a/b.git ssh:// %2e%2e"#
        ) { input in
            let zip = ZipBuilder.zip([.init("tiny/Package.swift", Array(PackageSeeds.swift.utf8))])
            let claim = SwiftPublishClaim(
                metadata: input, archiveSignature: [1], metadataSignature: [2], format: "cms-1.0.0")
            return try inspect(SwiftFormat(), "tiny.Package", "1.0.0", "a.zip", zip, claim.value)
        },
    ]
}

private func composerTarget() -> FuzzTarget {
    FuzzTarget(
        "composer-manifest", maximumBytes: 8 << 10, seeds: [PackageSeeds.composer],
        words:
            #"{ } [ ] : , "name" "version" "require" "type" "license" "autoload" "psr-4" "abandoned" "authors" "support" "extra" "bin" "__unset" self.version ^1.0 ~1.2@dev 1.x-dev dev-main as || - * ext-json javascript:1"#
    ) { input in
        let zip = ZipBuilder.zip([.init("t/composer.json", input), .init("t/README.md", Array("# Tiny".utf8))])
        let raw = (try? JSONValue.parse(input)) ?? .object([])
        let name = raw["name"]?.stringValue ?? "tiny/pkg"
        return try inspect(ComposerFormat(), name, raw["version"]?.stringValue ?? "1.0.0", "a.zip", zip, .null)
    }
}

/// A wheel's entries, with RECORD last.
private func wheelEntries(metadata: [UInt8]) -> [ZipBuilder.Entry] {
    let folder = "tiny_pkg-1.0.dist-info"
    var entries: [ZipBuilder.Entry] = [
        .init("tiny_pkg/a.py", []), .init("\(folder)/METADATA", metadata),
        .init("\(folder)/WHEEL", Array("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".utf8)),
    ]
    let lines = entries.map { entry -> String in
        let digest = Data(FileHasher.digests(of: entry.content).sha256.bytes).base64EncodedString()
        let text = digest.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").filter {
            $0 != "="
        }
        return "\(String(decoding: entry.name, as: UTF8.self)),sha256=\(text),\(entry.content.count)\n"
    }
    entries.append(.init("\(folder)/RECORD", Array((lines.joined() + "\(folder)/RECORD,,\n").utf8)))
    return entries
}

/// Inspects a file and renders the index documents of a project that has it.
private func inspect(
    _ format: any PackageFormat, _ name: String, _ version: String, _ fileName: String, _ bytes: [UInt8],
    _ claim: JSONValue
) throws -> String {
    let file = ReceivedFile(name: fileName, digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
    let submission = Submission(
        ecosystem: format.ecosystem, name: name, version: version, files: [file], claim: claim)
    let manifest: Manifest
    do {
        manifest = try format.inspect(submission, limits: ArchiveLimits())
    } catch let problem as Problem {
        try require(problem.code != .internalError, "an internal error: \(problem.diagnostic ?? "")")
        return
            "\(problem.code.rawValue) \(problem.detail.split { $0 == "'" || $0 == "\"" }.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined())"
    }
    try Documents(manifest, file, format).check()
    return
        "manifest \(manifest.dependencies.count) \(manifest.keywords.count) \(manifest.installHooks.count) \(manifest.readme == nil)"
}
