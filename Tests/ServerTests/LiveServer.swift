import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// A running server of this build with people on it, spoken to byte by byte.
struct LiveServer: Sendable {
    let process: ServerProcess

    /// Makes an account and a token of it, and gives the token.
    func person(_ name: String, isAdministrator: Bool = false, scopes: [String] = []) async throws -> String {
        try await process.createUser(name, isAdministrator: isAdministrator)
        return try await process.token(user: name, scopes: scopes)
    }

    /// One request on a connection of its own.
    func call(
        _ method: String, _ path: String, token: String? = nil, headers: [String] = [], body: [UInt8]? = nil
    ) async throws -> RawResponse {
        let connection = try await RawConnection.connect(to: Int(process.port))
        let credential = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let response = try await connection.exchange("\(method) \(path)", credential + headers, body: body)
        await connection.close()
        return response
    }

    /// One request with a JSON body.
    func call(_ method: String, _ path: String, token: String?, json: JSONValue) async throws -> RawResponse {
        try await call(method, path, token: token, headers: ["Content-Type: application/json"], body: json.bytes())
    }

    /// Publishes a small package and expects it to be taken.
    func publish(_ package: SamplePackage, token: String, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let answer = try await send(package, token: token)
        try #require((200..<300).contains(answer.status), "\(answer.text)", sourceLocation: sourceLocation)
    }

    /// Sends a small package as its client would.
    func send(_ package: SamplePackage, token: String?) async throws -> RawResponse {
        try await call(
            package.method, package.path, token: token, headers: ["Content-Type: \(package.mediaType)"],
            body: package.body)
    }

    /// Deploys a snapshot of a Maven artifact of the group `team`, file by file.
    func deploySnapshot(_ artifact: String, token: String) async throws {
        let pom = """
            <project><modelVersion>4.0.0</modelVersion><groupId>team</groupId><artifactId>\(artifact)</artifactId>
            <version>3.0-SNAPSHOT</version><packaging>pom</packaging></project>
            """
        let folder = "/maven/snapshots/team/\(artifact)"
        for path in ["3.0-SNAPSHOT/\(artifact)-3.0-20260101.000000-1.pom", "maven-metadata.xml"] {
            let answer = try await call("PUT", "\(folder)/\(path)", token: token, body: Array(pom.utf8))
            try #require(answer.status == 201, "\(answer.text)")
        }
    }

    /// The path of the file that a PyPI project's page lists first.
    func fileAddress(_ name: String) async throws -> String {
        let page = try await call("GET", "/pypi/simple/\(name)/").text
        let link = try #require(page.firstMatch(of: /href="([^"#]+)/)?.1)
        return link.hasPrefix("http") ? try #require(URL(string: String(link))).path : String(link)
    }

    /// Runs `hallmark admin project …` beside the server.
    func admin(_ words: String...) async throws {
        try await process.admin(["project"] + words).checked()
    }
}

/// Runs `body` with a server of its own, and expects it to stop cleanly afterwards.
func withLiveServer(
    _ options: ServerProcess.Options = ServerProcess.Options(), _ body: (LiveServer) async throws -> Void
) async throws {
    let process = try await ServerProcess(options)
    try await body(LiveServer(process: process))
    try await process.stop()
}

extension RawResponse {
    /// The body as JSON.
    func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        do {
            return try JSONValue.parse(body)
        } catch {
            Issue.record("no JSON: \(text.prefix(300))", sourceLocation: sourceLocation)
            throw error
        }
    }
}
