import Foundation
import Glibc
import HallmarkTesting

/// SwiftPM, with configuration, credentials and caches below the home.
extension ClientHome {
    /// Runs `swift …`, which trusts the server's own certificate authority where it has one.
    ///
    /// On Linux it reads one fixed file of authorities: the command sees another one in its place, in a mount namespace of
    /// its own.
    func swift(
        _ command: [String], _ arguments: [String] = [], in folder: String = ".", trusting server: ServerProcess? = nil
    ) async throws -> CommandResult {
        let options = [
            "--config-path", path("swift/config"), "--security-path", path("swift/security"), "--cache-path",
            path("swift/cache"), "--netrc-file", path("swift/netrc"),
        ]
        if !FileManager.default.fileExists(atPath: path("swift/netrc")) { try write("", to: "swift/netrc") }
        var words = (ClientTool.swift.launch ?? ["swift"]) + command + options + arguments
        if let server {
            let own = (try? Data(contentsOf: URL(filePath: server.authorityFile))) ?? Data()
            let others = (try? Data(contentsOf: URL(filePath: Self.authorities))) ?? Data()
            try write(others + own, to: "swift/authorities.pem")
            let script = "mount --bind \"$0\" \(Self.authorities) && exec \"$@\""
            words = ["unshare", "--mount", "sh", "-c", script, path("swift/authorities.pem")] + words
        }
        let directory = directory.appending(path: folder)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return try await Command(words, environment: environment, directory: directory).run(limit: .seconds(600))
    }

    /// Logs in and makes the server the registry of every package of this home.
    func useSwift(_ server: ServerProcess, token: String? = nil) async throws {
        let base = "\(server.secureURL)/swift"
        try await swift(["package-registry", "set", "--global"], [base], trusting: server).checked()
        guard let token else { return }
        try await swift(["package-registry", "login"], [base, "--token", token, "--no-confirm"], trusting: server)
            .checked()
    }

    /// Publishes the package in `folder`.
    func swiftPublish(
        _ id: String, _ version: String, _ folder: String, to server: ServerProcess, _ arguments: [String] = []
    ) async throws -> CommandResult {
        let base = "\(server.secureURL)/swift"
        return try await swift(
            ["package-registry", "publish"], [id, version, "--url", base] + arguments, in: folder, trusting: server)
    }

    /// Writes a package with one library.
    func swiftLibrary(_ name: String, value: String = "1", folder: String, more: [String: String] = [:]) throws {
        try write(Self.swiftManifest(name), to: "\(folder)/Package.swift")
        try write("public func value() -> Int { \(value) }\n", to: "\(folder)/Sources/\(name)/Library.swift")
        for (file, text) in more { try write(text, to: "\(folder)/\(file)") }
    }

    /// The manifest of a package with one library.
    static func swiftManifest(_ name: String, tools: String = "5.9", settings: String = "") -> String {
        """
        // swift-tools-version: \(tools)
        import PackageDescription
        let package = Package(
            name: "\(name)", products: [.library(name: "\(name)", targets: ["\(name)"])],
            targets: [.target(name: "\(name)"\(settings.isEmpty ? "" : ", swiftSettings: [\(settings)]"))])

        """
    }

    /// Writes a program that depends on packages and prints what `source` computes.
    func swiftProgram(
        _ dependencies: [(declaration: String, package: String, product: String)], source: String, folder: String
    ) throws {
        let products = dependencies.map { ".product(name: \"\($0.product)\", package: \"\($0.package)\")" }
        try write(
            """
            // swift-tools-version: 5.9
            import PackageDescription
            let package = Package(
                name: "App", dependencies: [\(dependencies.map(\.declaration).joined(separator: ", "))],
                targets: [.executableTarget(name: "App", dependencies: [\(products.joined(separator: ", "))])])

            """, to: "\(folder)/Package.swift")
        try write(source, to: "\(folder)/Sources/App/main.swift")
    }

    /// Which version of a package the program in `folder` is held to.
    func resolvedVersion(_ identity: String, in folder: String) throws -> String? {
        let resolved = try JSONSerialization.jsonObject(with: data("\(folder)/Package.resolved")) as? [String: Any]
        let pins = resolved?["pins"] as? [[String: Any]] ?? []
        let pin = pins.first { ($0["identity"] as? String)?.lowercased() == identity.lowercased() }
        return (pin?["state"] as? [String: Any])?["version"] as? String
    }

    /// The file of certificate authorities that SwiftPM reads.
    fileprivate static let authorities = "/etc/ssl/certs/ca-certificates.crt"
}

/// Whether the machine has SwiftPM, and lets a command have a mount of its own so that it trusts the server.
let hasSwift: Bool = {
    guard ClientTool.swift.isAvailable, geteuid() == 0,
        FileManager.default.fileExists(atPath: "/etc/ssl/certs/ca-certificates.crt")
    else { return false }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "--mount", "true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()
