import Accounts
import Crypto
import Foundation
import HTTPSupport
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

/// Somebody who is signed in on the pages of a live server with a fresh second factor.
///
/// The key of the session's forms is known, so that a form can also be sent that no page offered to them.
struct PagePerson: Sendable {
    let name: String
    private let server: LiveServer
    private let secret = Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
    private let key = (0..<32).map { _ in UInt8.random(in: 0...255) }

    /// Signs in an account that the command line made.
    init(_ name: String, on server: LiveServer, agent: String = "Test browser") async throws {
        self.name = name
        self.server = server
        let (secret, key) = (secret, key)
        try await server.process.withDatabase { driver in
            try await driver.write { connection in
                let user = try #require(try UserStore(connection).find(nameKey: name))
                let now = SystemTime.now
                if try !AccountStore(connection).standing(userID: user.id).hasVerifiedAddress {
                    try TestStanding.enrol(user.id, [.password, .totp], at: now, on: connection)
                }
                let session = SessionRecord(
                    id: Int64.random(in: 1 << 40...1 << 50), userID: user.id, state: .active,
                    factors: Factors([.password, .totp]), formKey: key, network: "127.0.0.0/24", agent: agent,
                    createdAt: now, authenticatedAt: now, lastSeenAt: now, expiresAt: now.advanced(bySeconds: 3600))
                try SessionStore(connection).insert(session, hash: Array(SHA256.hash(data: Array(secret.utf8))))
            }
        }
    }

    private var fields: [String] { ["Cookie: hallmark=\(secret)", "Accept: text/html"] }

    /// Opens a page.
    func get(_ path: String) async throws -> RawResponse {
        try await server.call("GET", path, headers: fields)
    }

    /// Sends a form with the token that this session's own page would have.
    func send(_ action: String, _ values: [String: String]) async throws -> RawResponse {
        var values = values
        values[FormToken.field] = FormToken(key: key).token(for: action)
        func encode(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        let body = values.map { "\(encode($0.key))=\(encode($0.value))" }.joined(separator: "&")
        return try await server.call(
            "POST", action, headers: fields + ["Content-Type: application/x-www-form-urlencoded"],
            body: Array(body.utf8))
    }
}

/// A form as a page offers it.
struct OfferedForm: Sendable {
    let action: String
    /// What is sent where nothing is changed.
    var values: [String: String] = [:]
    /// The fields that a person types into.
    var typed: Set<String> = []

    /// The forms of a page that change something.
    static func all(in page: RawResponse) -> [OfferedForm] {
        var forms: [OfferedForm] = []
        var isInside = false
        var choice = ""
        for element in WebHTMLOutline(page.text).elements {
            func has(_ attribute: String) -> Bool { element.attributes.contains { $0.name == attribute } }
            let name = element["name"] ?? ""
            switch element.name {
            case "form":
                isInside = element["method"]?.lowercased() == "post"
                if isInside { forms.append(OfferedForm(action: element["action"] ?? "")) }
            case "input" where isInside, "textarea" where isInside:
                let type = element["type"] ?? "text"
                guard !name.isEmpty, name != FormToken.field else { continue }
                if ["checkbox", "radio"].contains(type), !has("checked"), forms[forms.count - 1].values[name] != nil {
                    continue
                }
                forms[forms.count - 1].values[name] = element["value"] ?? ""
                if !["checkbox", "radio", "hidden"].contains(type) { forms[forms.count - 1].typed.insert(name) }
            case "select" where isInside: choice = name
            case "option" where isInside:
                guard forms[forms.count - 1].values[choice] == nil || has("selected") else { continue }
                forms[forms.count - 1].values[choice] = element["value"] ?? ""
            default: break
            }
        }
        return forms
    }
}

/// A server whose pages have something on them: projects, an organization with a team, an issuer, a reporter.
struct PageWorld: Sendable {
    static let organization = "acme"
    static let project = "lamp"
    static let hidden = "vault"

    let server: LiveServer

    static func with(_ body: (PageWorld) async throws -> Void) async throws {
        try await withLiveServer { server in
            let token = try await server.person("owner")
            for name in [project, hidden] { try await server.publish(.make("npm", name), token: token) }
            try await server.admin("visibility", "npm", hidden, "private")
            for name in ["stranger", "helper", "maintainer", "boss", "mate", "mona", "walter"] {
                try await server.process.createUser(name)
            }
            try await server.process.createUser("chief", isAdministrator: true)
            for words in [
                ["user", "role", "mona", "--moderator"], ["user", "role", "walter", "--auditor"],
                ["project", "member", "npm", project, "maintainer"],
                ["project", "member", "npm", hidden, "maintainer"],
                ["organization", "create", organization, "--owner", "boss"],
                ["organization", "team", "create", "\(organization):core"],
                ["organization", "team", "add", "\(organization):core", "mate"],
                ["issuer", "add", "ci", "--issuer", "https://ci.example", "--provider", "gitlab"],
            ] { try await server.process.admin(words).checked() }
            try await body(PageWorld(server: server))
        }
    }

    func person(_ name: String, agent: String = "Test browser") async throws -> PagePerson {
        try await PagePerson(name, on: server, agent: agent)
    }

    /// The address of a page of the table, on a project.
    static func address(_ route: String, project: String = project) -> String {
        let name =
            route.hasPrefix("/organizations/") ? organization : route.hasPrefix("/projects/") ? project : "helper"
        return route.replacing("{ecosystem}", with: "npm").replacing("{name}", with: name)
            .replacing("{team}", with: "core").replacing("{provider}", with: "github").replacing("{id}", with: "1")
            .replacing("{key}", with: "0")
    }

    /// The routes of the pages that somebody has who is signed in.
    static var pages: [String] {
        AccessPages.rows.filter { $0.method == "GET" && $0.access == .session }.map(\.route)
    }
}
