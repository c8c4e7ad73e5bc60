import Archives
import Ecosystems
import Formats
import RegistryModel

/// What Maven's clients send: paths, project descriptions, signatures and keys.
func mavenTargets() -> [FuzzTarget] {
    [pathTarget(), descriptionTarget(), signatureTarget()]
}

private func pathTarget() -> FuzzTarget {
    .text(
        "maven-path", maximumBytes: 400,
        seeds: [
            "org/hm/tiny/1.0/tiny-1.0.jar", "org/hm/tiny/1.0/tiny-1.0-sources.jar.asc.sha1",
            "org/hm/tiny/maven-metadata.xml.md5", "org/hm/tiny/1.1-SNAPSHOT/tiny-1.1-20260101.000000-1.pom",
            "a/b/1/b-1.tar.gz", "org/hm/tiny/1.1-SNAPSHOT/maven-metadata.xml",
        ],
        words: "/ .. . - _ .jar .pom .asc .sha1 .md5 -SNAPSHOT 20260101.000000-1 maven-metadata.xml tiny 1.0"
    ) { text in
        guard let path = MavenPath(text) else { return "none" }
        guard case .file(let file) = path.resource else { return "metadata" }
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
        try require(parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }, "'\(file.path)' climbs")
        let spelled =
            file.path + (path.signature.map { ".\($0.rawValue)" } ?? "")
            + (path.checksum.map { ".\($0.rawValue)" } ?? "")
        try require(spelled == text, "'\(text)' is read as '\(spelled)'")
        return "file \(file.classifier == nil) \(file.snapshot == nil) \(path.signature == nil)"
    }
}

private func descriptionTarget() -> FuzzTarget {
    let seed = """
        <project><modelVersion>4.0.0</modelVersion><parent><groupId>g</groupId><artifactId>p</artifactId>
        <version>1</version></parent><groupId>org.hm</groupId><artifactId>tiny</artifactId><version>${v}</version>
        <packaging>pom</packaging><name>T</name><properties><v>1.0</v></properties><dependencies><dependency>
        <groupId>g</groupId><artifactId>a</artifactId><version>[1,2)</version></dependency></dependencies>
        <licenses><license><name>MIT</name></license></licenses></project>
        """
    return FuzzTarget(
        "maven-description", maximumBytes: 8 << 10, seeds: [seed],
        words:
            "<project> <parent> <dependencies> <dependency> <version> ${v} ${project.version} <scm> <url> &amp; &#0; <!DOCTYPE"
            + " <?xml version=\"1.0\" encoding=\"UTF-16\"?> <![CDATA[ ]]> <!-- --> xmlns=\"\""
    ) { input in
        let name = "tiny-1.0.pom"
        let file = ReceivedFile(name: name, digests: FileHasher.digests(of: input), content: MemoryByteSource(input))
        let submission = Submission(
            ecosystem: Maven.ecosystem, name: "org.hm:tiny", version: "1.0", files: [file], claim: .null)
        do {
            let manifest = try MavenFormat().inspect(submission, limits: ArchiveLimits())
            return "manifest \(manifest.dependencies.count) \(manifest.authors.count) \(manifest.license == nil)"
        } catch let problem as Problem {
            try require(problem.code != .internalError, "an internal error: \(problem.diagnostic ?? "")")
            return problem.code.rawValue
        }
    }
}

private func signatureTarget() -> FuzzTarget {
    FuzzTarget(
        "openpgp", maximumBytes: 4 << 10,
        seeds: [
            "-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQ==\n=AAAA\n-----END PGP SIGNATURE-----\n",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0==\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
        ],
        words: "-----BEGIN PGP SIGNATURE----- -----END PGP PUBLIC KEY BLOCK----- Hash: SHA256 =AAAA \n\n \u{99} \u{C6}"
    ) { input in
        let verdict = OpenPGP.verify(input, of: MemoryByteSource(Array("content".utf8)), keys: [input])
        if case .good = verdict { throw FuzzFailure("a signature that nobody made is good") }
        do throws(OpenPGP.KeyFault) {
            return "key \(try OpenPGP.fingerprint(ofKey: input).count)"
        } catch {
            return "\(verdict == .unreadable) \(error)"
        }
    }
}
