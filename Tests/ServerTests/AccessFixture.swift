import HallmarkTesting
import RegistryModel
import Testing

/// A server with the projects of the table and everybody who may call it.
struct AccessFixture: Sendable {
    let server: LiveServer
    /// Owns every project.
    let owner: String
    /// Has an account and no role.
    let stranger: String
    /// Uploads of version 2.0.0, by full name.
    private let uploads: [String: SamplePackage]
    /// The address of a static file.
    private let asset: String

    private init(_ server: LiveServer, owner: String, stranger: String, uploads: [String: SamplePackage]) async throws {
        self.server = server
        self.owner = owner
        self.stranger = stranger
        self.uploads = uploads
        let home = try await server.call("GET", "/").text
        asset = String(try #require(home.firstMatch(of: /\/static\/[A-Za-z0-9._-]+/)).output)
    }

    /// Runs `body` with one.
    static func with(_ body: (AccessFixture) async throws -> Void) async throws {
        // The walk makes more projects in a day, and tries more wrong tokens, than one person from one place may.
        let options = ServerProcess.Options(
            environment: ["HALLMARK_MAX_PROJECTS_PER_DAY": "1000", "HALLMARK_TRUSTED_PROXIES": "127.0.0.0/8"])
        try await withLiveServer(options) { server in
            let owner = try await server.person("owner")
            let stranger = try await server.person("stranger")
            _ = try await server.person("helper")
            var uploads: [String: SamplePackage] = [:]
            for names in AccessNames.all {
                for name in [names.open, names.hidden, names.spare] {
                    let full = names.prefix + name
                    try await server.publish(.make(names.ecosystem, full), token: owner)
                    if names == .maven { try await server.deploySnapshot(name, token: owner) }
                    uploads["\(names.ecosystem) \(full)"] = try await SamplePackage.make(names.ecosystem, full, "2.0.0")
                }
                try await server.admin("visibility", names.ecosystem, names.prefix + names.hidden, "private")
            }
            try await body(AccessFixture(server, owner: owner, stranger: stranger, uploads: uploads))
        }
    }

    /// Calls a row for a project.
    func call(_ row: AccessRow, _ project: String, token: String?, headers: [String] = []) async throws -> RawResponse {
        var path = row.path(project).replacing("{asset}", with: asset)
        if path.contains("{rev}") { path = path.replacing("{rev}", with: try await revision(row, project)) }
        // The places of the sparse index, made of the name's first letters.
        if path.contains("/cargo/3/?/") { path = path.replacing("?", with: String(project.prefix(1))) }
        path = path.replacing("/??/??/", with: "/\(project.prefix(2))/\(project.dropFirst(2).prefix(2))/")
        guard row.isUpload else {
            let type = row.body == nil ? [] : ["Content-Type: application/json"]
            let text = row.body.map { String(decoding: $0.bytes(), as: UTF8.self).replacing("{p}", with: project) }
            return try await server.call(
                row.method, path, token: token, headers: headers + type, body: text.map { Array($0.utf8) })
        }
        let upload = try #require(uploads["\(row.names.ecosystem) \(row.names.prefix)\(project)"])
        return try await server.call(
            row.method, path, token: token, headers: headers + ["Content-Type: \(upload.mediaType)"],
            body: upload.body)
    }

    /// The revision of an npm package, as its owner reads it.
    private func revision(_ row: AccessRow, _ project: String) async throws -> String {
        let document = try await server.call("GET", "/npm/\(row.names.prefix)\(project)", token: owner).json()
        return document["_rev"]?.stringValue ?? "0"
    }

    /// The names of hidden projects, none of which may be told.
    static let hidden = Set(AccessNames.all.map(\.hidden).filter { $0.count > 3 })

    /// Whether an answer tells the name of a hidden project, other than the one that the request itself named.
    static func tells(_ answer: RawResponse, besides own: String = "") -> Bool {
        let text = answer.text.replacing(own.isEmpty ? "\u{0}" : own, with: "")
        return hidden.contains { text.contains($0) }
    }
}
