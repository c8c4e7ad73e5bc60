/// A manifest in a package's root: `Package.swift`, or one for certain versions of the tools.
struct SwiftManifestFile: Hashable, Sendable {
    /// The name of the file.
    let name: String
    /// The version in a name such as `Package@swift-5.9.swift`; nil for `Package.swift` itself.
    let named: SwiftToolsVersion?

    /// The file that every package has.
    static let main = SwiftManifestFile(name: "Package.swift", named: nil)
    /// The most bytes a manifest may have.
    static let maximumBytes = 512 << 10
    /// The most bytes all manifests of a package may have together.
    static let maximumTotalBytes = 1 << 20
    /// The most manifests a package may have.
    static let maximumCount = 32

    private init(name: String, named: SwiftToolsVersion?) {
        self.name = name
        self.named = named
    }

    /// Reads a file's name, or returns nil where it is no manifest's: one to three numbers stand behind `@swift-`.
    init?(_ name: String) {
        guard name != Self.main.name else {
            self = .main
            return
        }
        guard name.hasPrefix("Package@swift-"), name.hasSuffix(".swift"), name.utf8.count < 64 else { return nil }
        let parts = name.dropFirst(14).dropLast(6).split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard (1...3).contains(parts.count), numbers.count == parts.count else { return nil }
        self.init(
            name: name,
            named: SwiftToolsVersion(numbers[0], numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0)
        )
    }
}
