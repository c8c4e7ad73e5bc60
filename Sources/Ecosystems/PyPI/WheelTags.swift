/// The compatibility tags of a wheel, each part a set: `py2.py3-none-any`
/// ([platform compatibility tags](https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/)).
package struct WheelTags: Hashable, Sendable {
    /// The interpreter part as it stands in the file name.
    package let python: String
    /// Every single tag, in lower case: `py2-none-any` and `py3-none-any`.
    package let expanded: Set<String>

    /// How many single tags one name may stand for.
    static let maximumCount = 1000

    /// Reads three parts, or returns nil where one is empty or malformed.
    init?(python: some StringProtocol, abi: some StringProtocol, platform: some StringProtocol) {
        guard let pythons = Self.parts(python), let abis = Self.parts(abi), let platforms = Self.parts(platform),
            pythons.count * abis.count * platforms.count <= Self.maximumCount
        else { return nil }
        self.python = String(python)
        var tags: Set<String> = []
        for python in pythons {
            for abi in abis {
                for platform in platforms { tags.insert("\(python)-\(abi)-\(platform)") }
            }
        }
        expanded = tags
    }

    /// Reads a tag of the form `PYTHON-ABI-PLATFORM`.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        self.init(python: parts[0], abi: parts[1], platform: parts[2])
    }

    private static func parts(_ text: some StringProtocol) -> [String]? {
        let parts = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let areTags = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
        }
        return areTags && parts.count <= 32 ? parts.map(String.init) : nil
    }
}
