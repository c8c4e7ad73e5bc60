import Accounts
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("What is stored about people and tokens", .timeLimit(.minutes(10)))
struct SecrecyTests {
    /// A table and how all of it is read.
    private struct Table {
        let name: String
        let rows: SQL

        init(_ name: String, _ rows: SQL) {
            self.name = name
            self.rows = rows
        }
    }

    /// A value that a table holds.
    private struct Held {
        let table: String
        let bytes: [UInt8]
    }

    /// Every table of the schema; a test fails when one is missing here.
    private static let tables: [Table] = [
        Table("account_history", "SELECT * FROM account_history"),
        Table("account_links", "SELECT * FROM account_links"),
        Table("attempt_counters", "SELECT * FROM attempt_counters"),
        Table("blobs", "SELECT * FROM blobs"),
        Table("dependencies", "SELECT * FROM dependencies"),
        Table("deployment_files", "SELECT * FROM deployment_files"),
        Table("deployments", "SELECT * FROM deployments"),
        Table("device_grants", "SELECT * FROM device_grants"),
        Table("downloads", "SELECT * FROM downloads"),
        Table("email_domains", "SELECT * FROM email_domains"),
        Table("events", "SELECT * FROM events"),
        Table("files", "SELECT * FROM files"),
        Table("identities", "SELECT * FROM identities"),
        Table("invitations", "SELECT * FROM invitations"),
        Table("known_devices", "SELECT * FROM known_devices"),
        Table("mails", "SELECT * FROM mails"),
        Table("namespace_members", "SELECT * FROM namespace_members"),
        Table("namespace_offers", "SELECT * FROM namespace_offers"),
        Table("namespace_teams", "SELECT * FROM namespace_teams"),
        Table("namespaces", "SELECT * FROM namespaces"),
        Table("organization_members", "SELECT * FROM organization_members"),
        Table("organizations", "SELECT * FROM organizations"),
        Table("outbox", "SELECT * FROM outbox"),
        Table("project_downloads", "SELECT * FROM project_downloads"),
        Table("project_members", "SELECT * FROM project_members"),
        Table("project_repositories", "SELECT * FROM project_repositories"),
        Table("project_teams", "SELECT * FROM project_teams"),
        Table("project_transfers", "SELECT * FROM project_transfers"),
        Table("projects", "SELECT * FROM projects"),
        Table("recoveries", "SELECT * FROM recoveries"),
        Table("recovery_codes", "SELECT * FROM recovery_codes"),
        Table("releases", "SELECT * FROM releases"),
        Table("schema_migrations", "SELECT * FROM schema_migrations"),
        Table("secret_reporters", "SELECT * FROM secret_reporters"),
        Table("secret_reports", "SELECT * FROM secret_reports"),
        Table("sessions", "SELECT * FROM sessions"),
        Table("settings", "SELECT * FROM settings"),
        Table("signing_keys", "SELECT * FROM signing_keys"),
        Table("stagings", "SELECT * FROM stagings"),
        Table("tags", "SELECT * FROM tags"),
        Table("team_members", "SELECT * FROM team_members"),
        Table("teams", "SELECT * FROM teams"),
        Table("token_publishers", "SELECT * FROM token_publishers"),
        Table("tokens", "SELECT * FROM tokens"),
        Table("totp_factors", "SELECT * FROM totp_factors"),
        Table("trusted_issuers", "SELECT * FROM trusted_issuers"),
        Table("trusted_publishers", "SELECT * FROM trusted_publishers"),
        Table("used_identity_tokens", "SELECT * FROM used_identity_tokens"),
        Table("user_emails", "SELECT * FROM user_emails"),
        Table("users", "SELECT * FROM users"),
        Table("webauthn_challenges", "SELECT * FROM webauthn_challenges"),
        Table("webauthn_credentials", "SELECT * FROM webauthn_credentials"),
    ]

    /// The tables of the search index, where the databases differ.
    private static func searchTables(_ dialect: SQLDialect) -> [Table] {
        switch dialect {
        case .sqlite:
            [
                Table("search_words", "SELECT tokens FROM search_words"),
                Table("search_grams", "SELECT gram FROM search_grams"),
            ]
        case .postgres: [Table("search_documents", "SELECT name, CAST(tokens AS text) FROM search_documents")]
        }
    }

    /// All texts and bytes of all tables.
    private static func contents(_ driver: any SQLDriver) async throws -> [Held] {
        try await driver.read { connection in
            try (tables + searchTables(connection.dialect)).flatMap { table in
                try connection.query(table.rows).flatMap(\.values).compactMap { value in
                    switch value {
                    case .null, .integer: nil
                    case .text(let text): Held(table: table.name, bytes: Array(text.utf8))
                    case .blob(let bytes): Held(table: table.name, bytes: bytes)
                    }
                }
            }
        }
    }

    /// A life with everything that touches tokens and people.
    private static func live(_ registry: TestRegistry) async throws -> [String] {
        let accounts = registry.accounts
        _ = try await accounts.createUser(name: "alice", email: "alice.private@example.org", isAdministrator: false)
        _ = try await accounts.createUser(name: "bob", email: "bob.private@example.org", isAdministrator: true)
        var secrets: [String] = []
        for user in ["alice", "alice", "bob"] {
            secrets.append(
                try await accounts.createOperatorToken(
                    userName: user, scopes: [TokenScope("read+publish+manage")].compactMap(\.self), lifetimeSeconds: 60)
            )
        }
        let alice = try await accounts.authenticate(Credential(secret: secrets[0]))
        _ = try await registry.publish("lantern", "1.0.0", by: alice)
        try await registry.lifecycle.addMember(
            EcosystemID(rawValue: "plain"), name: "lantern", user: "bob", role: .maintainer, by: alice)
        try await accounts.revokeToken(key: Hex.encode(TokenText.hash(secrets[1])), by: alice)
        try await accounts.revoke(Credential(secret: secrets[2], userName: "bob"))
        try await accounts.flushUses()
        return secrets
    }

    @Test("Of a token the database has the hash and the first four characters", arguments: TestBackend.allCases)
    func tokens(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let secrets = try await Self.live(registry)
            let contents = try await Self.contents(registry.driver)
            for secret in secrets {
                let characters = Array(secret.utf8)
                for start in 5...(characters.count - 6) {
                    let piece = characters[start..<start + 6]
                    let holders = contents.filter { $0.bytes.contains(piece) }.map(\.table)
                    #expect(holders.isEmpty, "\(String(decoding: piece, as: UTF8.self))")
                }
                #expect(contents.filter { $0.bytes == TokenText.hash(secret) }.map(\.table) == ["tokens"])
                #expect(contents.filter { $0.bytes == Array(secret.utf8.prefix(9)) }.map(\.table) == ["tokens"])
            }
        }
    }

    @Test("Not in the files either: the database and its log")
    func files() async throws {
        try await withTestDatabase(.sqlite, migrations: Migration.all) { database in
            let driver = try database.open()
            let clock = ManualClock()
            let accounts = Accounts(
                driver: driver, clock: clock, random: SystemRandomSource(), ids: RowIDs(clock: clock), uses: TokenUses()
            )
            _ = try await accounts.createUser(name: "alice", email: "alice@example.org", isAdministrator: false)
            let secret = try await accounts.createOperatorToken(userName: "alice", scopes: [], lifetimeSeconds: 60)
            _ = try await accounts.authenticate(Credential(secret: secret))
            try await accounts.flushUses()
            let folder = URL(fileURLWithPath: database.address).deletingLastPathComponent()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(names.count >= 2, "the write-ahead log is still there")
            for name in names {
                let data = try Data(contentsOf: folder.appendingPathComponent(name))
                #expect(data.range(of: Data(secret.utf8.dropFirst(9))) == nil, "\(name)")
            }
            await driver.shutdown()
        }
    }

    @Test("An address stands in its user's rows and nowhere else", arguments: TestBackend.allCases)
    func addresses(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            _ = try await Self.live(registry)
            let contents = try await Self.contents(registry.driver)
            let holders = contents.filter { $0.bytes.contains(Array("private@example".utf8)) }.map(\.table)
            // Of two people: as they wrote it and as it is looked up.
            #expect(holders == ["user_emails", "user_emails", "user_emails", "user_emails", "users", "users"])
            #expect(contents.filter { $0.table == "events" && $0.bytes.contains(UInt8(ascii: "@")) }.isEmpty)
        }
    }

    @Test(
        "Events say who, what and how, canonically and to nobody but the private reader",
        arguments: TestBackend.allCases)
    func events(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            _ = try await Self.live(registry)
            let events = try await registry.driver.read { connection in
                try connection.query("SELECT * FROM events ORDER BY id")
            }
            let kinds = try events.map { try $0.text("kind") }
            #expect(
                kinds == [
                    "user.created", "user.created", "token.created", "token.created", "token.created",
                    "project.created", "file.published", "member.added", "token.revoked", "token.revoked",
                ])
            for event in events {
                let body = try JSONValue.parse(event.bytes("body"))
                #expect(body.canonicalBytes() == (try event.bytes("body")))
                #expect(body["kind"]?.stringValue == (try event.text("kind")))
                #expect(body["id"]?.stringValue == String(try event.int("id")))
                #expect(body["schema"] == 1)
                let isPersonal = try event.text("kind").hasPrefix("token.") || event.text("kind").hasPrefix("user.")
                if isPersonal { #expect(try event.text("visibility") == "private") }
            }
            let created = try JSONValue.parse(events[2].bytes("body"))
            #expect(created["actor"] == "operator" && created["via"] == "command-line" && created["user"] == "alice")
            #expect(created["scopes"] == ["read+publish+manage"])
            let revoked = try JSONValue.parse(events[8].bytes("body"))
            #expect(revoked["actor"] == "alice" && revoked["via"] == "operator-token")
        }
    }

    @Test("No table is forgotten above")
    func complete() async throws {
        try await withDatabase(.sqlite, migrations: Migration.all) { driver in
            let names = try await driver.read { connection in
                try connection.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                    .map { try $0.text(0) }
            }
            let own = names.filter { !$0.hasPrefix("sqlite_") && !$0.hasPrefix("search_") }
            #expect(own == Self.tables.map(\.name))
        }
    }
}
