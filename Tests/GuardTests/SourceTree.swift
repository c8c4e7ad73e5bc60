import Foundation

/// The files of the checkout that the tests were built from.
struct SourceTree: Sendable {
    /// The whole tree, read once.
    static let shared = SourceTree()

    /// The root of the checkout.
    let root: URL
    /// Every Swift file below Sources, the fuzzer's, and those of the generator in Benchmarks.
    let sources: [SwiftSource]
    /// Every Swift file below Tests.
    let tests: [SwiftSource]

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        self.root = root
        sources = ["Sources", "Benchmarks/Growth", "Fuzz"].flatMap { Self.swiftFiles(below: $0, of: root) }
        tests = Self.swiftFiles(below: "Tests", of: root)
    }

    /// Sources and tests together.
    var all: [SwiftSource] { sources + tests }

    /// The text of one file, or nil where it is missing or not UTF-8.
    func text(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The paths of all files below `folder`, from the root of the checkout, in order.
    static func files(below folder: String, of root: URL) -> [String] {
        let base = root.appending(path: folder)
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: base.path(percentEncoded: false)) else {
            return []
        }
        return paths.sorted().map { "\(folder)/\($0)" }.filter { !$0.contains("/.") && !$0.contains("__pycache__") }
    }

    private static func swiftFiles(below folder: String, of root: URL) -> [SwiftSource] {
        files(below: folder, of: root).filter { $0.hasSuffix(".swift") }.compactMap { path in
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
            return SwiftSource(path: path, text: text)
        }
    }
}
