import Foundation

/// Packages that `packages.py` has made, each as the body of the request that publishes it.
struct PackageBatch {
    /// What a package is.
    enum Kind: String, Decodable, CaseIterable { case wheel, crate, npm, composer, swift, maven }

    private struct Description: Decodable {
        let kind: Kind
        let contentType: String
        let projects: [String]
        let files: [String]
    }

    let kind: Kind
    let contentType: String
    let projects: [String]
    /// The names of the wheels, and the folder where they lie when they were asked for.
    let files: [String]
    let folder: String
    let bodies: [[UInt8]]

    /// Makes packages.
    /// - Parameters:
    ///   - settings: Where Python and the folder for them are.
    ///   - kind: What to make.
    ///   - name: The project's name, or how the names of several begin.
    ///   - projects: How many projects.
    ///   - releases: How many releases of each; all first ones come first.
    ///   - fill: How many bytes that do not compress each has besides.
    ///   - keepsFiles: Whether the wheels themselves are needed as files.
    /// - Throws: ``BenchFailure`` when Python does not make them.
    init(
        _ settings: Settings, _ kind: Kind, _ name: String, projects: Int = 1, releases: Int, fill: Int = 0,
        keepsFiles: Bool = false
    ) throws {
        let packages = settings.path("packages")
        var command = [
            settings.python, "\(settings.support)/packages.py", packages, kind.rawValue, name, "--projects",
            "\(projects)", "--releases", "\(releases)", "--fill", "\(fill)",
        ]
        if keepsFiles { command.append("--files") }
        _ = try Tools.run(command)
        let text = try Data(contentsOf: URL(fileURLWithPath: "\(packages)/\(name).json"))
        let description = try JSONDecoder().decode(Description.self, from: text)
        self.kind = description.kind
        contentType = description.contentType
        self.projects = description.projects
        files = description.files
        folder = "\(packages)/\(name)"
        bodies = try Self.split(Array(try Data(contentsOf: URL(fileURLWithPath: "\(packages)/\(name).batch"))))
    }

    /// Cuts a file of bodies, each behind its length in four bytes.
    static func split(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        var index = 0
        while index < bytes.count {
            guard index + 4 <= bytes.count else { throw BenchFailure("a file of packages is cut off") }
            let length = bytes[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard index + 4 + length <= bytes.count else { throw BenchFailure("a file of packages is cut off") }
            bodies.append(Array(bytes[(index + 4)..<(index + 4 + length)]))
            index += 4 + length
        }
        return bodies
    }
}
