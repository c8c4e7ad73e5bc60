/// The tools version that a manifest states in its first line, read as SwiftPM 6.3 reads it
/// ([specification](https://docs.swift.org/package-manager/)).
package struct SwiftToolsVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Why a manifest states none.
    package enum Fault: Error, Hashable, Sendable {
        case notUTF8
        case empty
        /// It does not begin with a comment, or with another one.
        case missing
        case misspelt(String)
        /// Spelled as versions before 5.4 do not understand it, which it states to be.
        case spacing(SwiftToolsVersion)
        /// Before 4.0, which SwiftPM no longer builds.
        case unsupported(SwiftToolsVersion)
    }

    package let major: Int
    package let minor: Int
    package let patch: Int

    /// Collects the numbers.
    package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Three numbers, as SwiftPM writes it in requests.
    package var description: String { "\(major).\(minor).\(patch)" }

    /// Two numbers, and the third where it says something: as people write it.
    package var shortDescription: String { patch == 0 ? "\(major).\(minor)" : description }

    package static func < (left: SwiftToolsVersion, right: SwiftToolsVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// Reads the version out of a manifest.
    ///
    /// The first line that is not blank must be `// swift-tools-version:` and the version, up to a semicolon or the end of
    /// the line. Case and spacing are free since 5.4; before it there is one space behind `//`, none behind the colon, and
    /// nothing but line feeds before the line.
    package init(manifest bytes: [UInt8]) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard !text.isEmpty else { throw .empty }
        let begin = text.firstIndex { !$0.isWhitespace } ?? text.endIndex
        let line = text[begin...].prefix { !$0.isNewline }
        let marker = line.prefix { $0 == "/" || $0 == "*" }
        let spacing = line[marker.endIndex...].prefix(while: \.isWhitespace)
        guard marker == "//", let colon = line[spacing.endIndex...].firstIndex(of: ":"),
            line[spacing.endIndex...colon].lowercased() == "swift-tools-version:"
        else { throw .missing }
        let afterColon = line[line.index(after: colon)...]
        let moreSpacing = afterColon.prefix(while: \.isWhitespace)
        let specifier = afterColon[moreSpacing.endIndex...].prefix { $0 != ";" }
        guard let version = Self(specifier: specifier) else { throw .misspelt(String(specifier.prefix(80))) }
        if version < SwiftToolsVersion(5, 4) {
            let isOld = text[..<begin].allSatisfy { $0 == "\n" } && spacing == " " && moreSpacing.isEmpty
            guard isOld else { throw .spacing(version) }
        }
        guard version >= SwiftToolsVersion(4, 0) else { throw .unsupported(version) }
        self = version
    }

    /// `major.minor[.patch]`, with a pre-release and build metadata that mean nothing.
    private init?(specifier: Substring) {
        var rest = specifier
        for mark: Character in ["+", "-"] {
            guard let index = rest.firstIndex(of: mark) else { continue }
            let parts = rest[rest.index(after: index)...].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.allSatisfy(Self.isWord) else { return nil }
            rest = rest[..<index]
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
        self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
    }

    private static func isWord(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
    }
}
