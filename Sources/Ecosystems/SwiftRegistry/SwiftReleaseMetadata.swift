import Formats
package import RegistryModel

/// What a publisher says about a release, in the form of the registry specification's
/// [`PackageRelease`](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#packagerelease-type).
///
/// Held against the published schema with its formats, since SwiftPM gives up on a whole release where it cannot read a time.
/// Members that the schema does not name are allowed there and left out here.
package struct SwiftReleaseMetadata: Hashable, Sendable {
    /// The most bytes the document may have.
    package static let maximumBytes = 256 << 10
    /// The most repository addresses it may name.
    package static let maximumRepositories = 100

    /// The members the schema knows, as they were sent.
    package let document: JSONValue

    /// Reads a document.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``, naming the member that is wrong.
    package init(_ bytes: [UInt8]) throws(Problem) {
        let value: JSONValue
        do throws(JSONViolation) {
            value = try JSONValue.parse(bytes, maximumBytes: Self.maximumBytes, maximumDepth: 32)
        } catch {
            throw Self.invalid("it is not JSON, or not as it should be", diagnostic: String(describing: error))
        }
        try Self.check(value, as: .release, at: "")
        let known = Rule.release.members
        document = .object((value.members ?? []).filter { member in known.contains { $0.name == member.name } })
    }

    /// The repositories that the package says it comes from.
    package var repositoryURLs: [String] {
        document["repositoryURLs"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A text of the document.
    package func text(_ member: String) -> String? { document[member]?.stringValue }

    /// What a value must be.
    private indirect enum Rule: Sendable {
        case text, uri, email, time
        case repositories
        case object([(name: String, rule: Rule)], required: [String])

        var members: [(name: String, rule: Rule)] {
            if case .object(let members, _) = self { members } else { [] }
        }

        static let organization: [(name: String, rule: Rule)] = [
            ("name", .text), ("email", .email), ("description", .text), ("url", .uri),
        ]
        static let release = Rule.object(
            [
                (
                    "author",
                    .object(
                        organization + [("organization", .object(organization, required: ["name"]))],
                        required: ["name"])
                ),
                ("description", .text), ("licenseURL", .uri), ("originalPublicationTime", .time), ("readmeURL", .uri),
                ("repositoryURLs", .repositories),
            ], required: [])
    }

    private static func check(_ value: JSONValue, as rule: Rule, at path: String) throws(Problem) {
        switch rule {
        case .text:
            guard value.stringValue != nil else { throw invalid("'\(path)' must be a text") }
        case .uri:
            guard let text = value.stringValue, isAddress(text) else { throw invalid("'\(path)' must be an address") }
        case .email:
            guard let text = value.stringValue, isEmail(text) else {
                throw invalid("'\(path)' must be an e-mail address")
            }
        case .time:
            guard let text = value.stringValue, isTime(text) else {
                throw invalid("'\(path)' must be a time such as 2026-01-31T12:00:00Z")
            }
        case .repositories:
            guard let elements = value.arrayValue, elements.allSatisfy({ $0.stringValue != nil }) else {
                throw invalid("'\(path)' must be an array of texts")
            }
            guard elements.count <= maximumRepositories else {
                throw invalid("'\(path)' has more than \(maximumRepositories) addresses")
            }
        case .object(let members, let required):
            guard value.members != nil else {
                throw invalid(path.isEmpty ? "it is not an object" : "'\(path)' must be an object")
            }
            let prefix = path.isEmpty ? "" : path + "."
            if let missing = required.first(where: { value[$0] == nil }) {
                throw invalid("'\(prefix)\(missing)' is missing")
            }
            for (name, rule) in members {
                if let member = value[name] { try check(member, as: rule, at: prefix + name) }
            }
        }
    }

    private static func invalid(_ reason: String, diagnostic: String? = nil) -> Problem {
        Problem(
            .metadataInvalid, "The package metadata cannot be accepted: \(reason).", diagnostic: diagnostic)
    }

    /// A scheme, a colon, and something without spaces behind it.
    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text.utf8.count <= 2048 else { return false }
        let scheme = text.utf8[..<colon]
        guard let first = scheme.first, (0x61...0x7A).contains(first | 0x20) else { return false }
        let isScheme = scheme.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
        }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        return isScheme && !rest.isEmpty && rest.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains { $0.isWhitespace } }
    }

    /// A date and a time of [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6) with its zone.
    private static func isTime(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count > pattern.count, bytes.count <= 64 else { return false }
        for (byte, shape) in zip(bytes, pattern) {
            let isRight = shape == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == shape
            guard isRight else { return false }
        }
        func number(_ range: Range<Int>) -> Int { Int(String(decoding: bytes[range], as: UTF8.self)) ?? 0 }
        guard (1...12).contains(number(5..<7)), (1...31).contains(number(8..<10)), number(11..<13) < 24,
            number(14..<16) < 60, number(17..<19) <= 60
        else { return false }
        var zone = bytes[pattern.count...]
        if zone.first == UInt8(ascii: ".") {
            let digits = zone.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return false }
            zone = zone[digits.endIndex...]
        }
        if zone.elementsEqual("Z".utf8) { return true }
        guard zone.count == 6, let sign = zone.first, "+-".utf8.contains(sign) else { return false }
        return zip(zone.dropFirst(), "00:00".utf8).allSatisfy { byte, shape in
            shape == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == shape
        }
    }
}
