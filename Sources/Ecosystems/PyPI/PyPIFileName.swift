import Formats
import RegistryModel
package import Versioning

/// The name of a distribution file, held against the project and version it belongs to.
///
/// [Wheels](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention) (PEP 427)
/// and [source distributions](https://packaging.python.org/en/latest/specifications/source-distribution-format/) (PEP 625).
/// The specifications want the normalised project and version in it; tools before them wrote the name as it was
/// (`Tiny.Pkg-X-1.0.tar.gz`). A name whose parts are equal after normalisation is accepted and kept as sent. Local versions
/// (`+…`) are accepted, unlike on PyPI: private repositories are what they are for.
package struct PyPIFileName: Hashable, Sendable {
    /// The name as sent.
    package let text: String
    package let kind: PyPI.FileKind
    /// Where a wheel runs: the interpreter, ABI and platform tags; empty for source distributions.
    package let tags: WheelTags?

    /// The longest name, in bytes, which common file systems allow.
    static let maximumLength = 255

    /// Reads a name and checks that it is one of `version` of the project with that key.
    /// - Throws: `Problem` with ``Problem/Code/fileNameInvalid``.
    package init(_ text: String, projectKey: String, version: PEP440Version) throws {
        guard text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy(Self.isAllowed) else {
            throw Self.invalid(text, "it may have at most \(Self.maximumLength) ASCII letters, digits and . _ - + !")
        }
        self.text = text
        if text.hasSuffix(".whl") {
            kind = .wheel
            tags = try Self.wheel(text, projectKey, version)
        } else if text.hasSuffix(".tar.gz") {
            kind = .source
            tags = nil
            guard Self.isProjectAndVersion(text.dropLast(7), projectKey, version) else {
                throw Self.invalid(text, "it must be \(Self.expected(projectKey, version)).tar.gz")
            }
        } else {
            throw Self.invalid(text, "only wheels (.whl) and source distributions (.tar.gz) are accepted")
        }
    }

    /// Whether the text is a project and a version with a hyphen between them, each in any spelling.
    ///
    /// Old tools left hyphens in both, so that every hyphen can be the one.
    static func isProjectAndVersion(_ text: some StringProtocol, _ projectKey: String, _ version: PEP440Version) -> Bool
    {
        text.utf8.indices.lazy.filter { text.utf8[$0] == UInt8(ascii: "-") }.contains { index in
            PythonName.normalized(text[..<index]) == projectKey
                && PEP440Version(String(text[text.utf8.index(after: index)...])) == version
        }
    }

    private static func wheel(_ text: String, _ projectKey: String, _ version: PEP440Version) throws -> WheelTags {
        let parts = text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5 || parts.count == 6 else {
            throw invalid(text, "a wheel is called NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl")
        }
        guard PythonName.normalized(parts[0]) == projectKey, PEP440Version(String(parts[1])) == version else {
            throw invalid(text, "it must begin with \(expected(projectKey, version))")
        }
        if parts.count == 6 {
            guard parts[2].utf8.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true else {
                throw invalid(text, "the build tag '\(parts[2])' must begin with a digit")
            }
        }
        guard
            let tags = WheelTags(
                python: parts[parts.count - 3], abi: parts[parts.count - 2], platform: parts[parts.count - 1])
        else { throw invalid(text, "a compatibility tag is malformed") }
        return tags
    }

    /// What tells the wheels of one release apart: build, interpreter, ABI and platform tag, each tag's alternatives in the
    /// order of the alphabet.
    static func wheelVariant(_ text: String) -> [String] {
        // Neither a wheel's name nor its version has a hyphen.
        text.lowercased().dropLast(4).split(separator: "-", omittingEmptySubsequences: false).dropFirst(2).map {
            $0.split(separator: ".").sorted().joined(separator: ".")
        }
    }

    private static func expected(_ projectKey: String, _ version: PEP440Version) -> String {
        projectKey.replacing("-", with: "_") + "-" + version.normalized
    }

    private static func invalid(_ text: String, _ reason: String) -> Problem {
        Problem(.fileNameInvalid, "'\(Problem.excerpt(text, limit: 255))' is not an acceptable file name: \(reason).")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "!"):
            true
        default: false
        }
    }
}
