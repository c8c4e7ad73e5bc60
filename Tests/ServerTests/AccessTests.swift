import HallmarkServer
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Who may call what", .timeLimit(.minutes(10)))
struct AccessTests {
    @Test("Every route has one row, and every row a route")
    func complete() async throws {
        let routes = try await AccessRoutes.all().map { "\($0.method) \($0.path)" }
        let rows = AccessTable.rows.map(\.description)
        #expect(Set(rows).count == rows.count, "\(duplicates(rows))")
        #expect(Set(routes).count == routes.count, "\(duplicates(routes))")
        let missing = Set(routes).subtracting(rows).sorted()
        let superfluous = Set(rows).subtracting(routes).sorted()
        #expect(missing.isEmpty, "routes that the table does not know")
        #expect(superfluous.isEmpty, "rows without a route")
    }

    @Test(
        "Nobody in particular: what is open answers, everything else asks for a credential",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func anonymous() async throws {
        try await AccessFixture.with { fixture in
            let strange = "Authorization: Bearer hlmk_\(String(repeating: "0", count: 36))"
            for (number, row) in AccessTable.rows.enumerated() {
                // Each from a network of its own, as wrong tokens are counted by network.
                let place = "X-Forwarded-For: 10.\(number / 256).\(number % 256).1"
                for headers in [[], [strange, place]] {
                    func call(_ name: String) async throws -> RawResponse {
                        try await fixture.call(row, name, token: nil, headers: headers)
                    }
                    let open = try await call(row.names.open)
                    let hidden = try await call(row.names.hidden)
                    switch row.access {
                    case .everyone, .list, .session:
                        #expect(row.accepted.contains(open.status), "\(row): \(open.text)")
                        #expect(!AccessFixture.tells(open), "\(row)")
                    case .reader:
                        #expect((200...399).contains(open.status), "\(row): \(open.text)")
                        #expect(hidden.status == 401, "\(row): \(hidden.text)")
                    case .token, .tokenReader, .member, .person, .moderator:
                        #expect(open.status == 401, "\(row): \(open.text)")
                        #expect(hidden.status == 401, "\(row): \(hidden.text)")
                    }
                    #expect(!AccessFixture.tells(hidden, besides: row.names.hidden), "\(row)")
                }
            }
        }
    }

    @Test(
        "A stranger with a token reads what is open, changes nothing, and is not told what is hidden",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func stranger() async throws {
        try await AccessFixture.with { fixture in
            let before = try await snapshot(fixture)
            for row in AccessTable.rows {
                let open = try await fixture.call(row, row.names.open, token: fixture.stranger)
                let hidden = try await fixture.call(row, row.names.hidden, token: fixture.stranger)
                switch row.access {
                case .everyone, .list, .token, .session:
                    #expect(row.accepted.contains(open.status), "\(row): \(open.text)")
                    #expect(!AccessFixture.tells(open), "\(row)")
                case .reader, .tokenReader:
                    #expect((200...399).contains(open.status), "\(row): \(open.text)")
                    #expect(hidden.status == 404, "\(row): \(hidden.text)")
                case .member, .person, .moderator:
                    #expect(open.status == 403, "\(row): \(open.text)")
                    #expect([403, 404].contains(hidden.status), "\(row): \(hidden.text)")
                }
                #expect(!AccessFixture.tells(hidden, besides: row.names.hidden), "\(row)")
            }
            #expect(try await snapshot(fixture) == before)
        }
    }

    @Test(
        "An owner's token does what its scopes say and no more",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func scopes() async throws {
        try await AccessFixture.with { fixture in
            let reading = try await fixture.server.process.token(user: "owner", scopes: ["read"])
            let elsewhere = try await fixture.server.process.token(
                user: "owner", scopes: ["read+publish+yank+manage:nowhere", "read+publish+yank+manage:*:other"])
            let before = try await snapshot(fixture)
            for row in AccessTable.rows {
                switch row.access {
                case .everyone, .list, .token, .session, .person: break
                case .reader, .tokenReader:
                    let allowed = try await fixture.call(row, row.names.hidden, token: reading)
                    #expect((200...399).contains(allowed.status), "\(row): \(allowed.text)")
                    let refused = try await fixture.call(row, row.names.hidden, token: elsewhere)
                    #expect([403, 404].contains(refused.status), "\(row): \(refused.text)")
                case .member, .moderator:
                    for token in [reading, elsewhere] {
                        for name in [row.names.open, row.names.hidden] {
                            let refused = try await fixture.call(row, name, token: token)
                            #expect([403, 404].contains(refused.status), "\(row): \(refused.text)")
                        }
                    }
                }
            }
            #expect(try await snapshot(fixture) == before)
        }
    }

    @Test(
        "The calls of the table are good ones: the owner's succeed",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func owner() async throws {
        try await AccessFixture.with { fixture in
            for row in AccessTable.rows.filter({ !$0.isLast }) + AccessTable.rows.filter(\.isLast) {
                let answer = try await fixture.call(row, row.names.spare, token: fixture.owner)
                // The operator's token is nobody's own, and an owner moderates nothing.
                if [.person, .moderator].contains(row.access) {
                    #expect(answer.status == 403, "\(row): \(answer.status) \(answer.text)")
                    continue
                }
                #expect(row.accepted.contains(answer.status), "\(row): \(answer.status) \(answer.text)")
            }
        }
    }

    /// What everybody and the owner see of every project that must not have changed.
    private func snapshot(_ fixture: AccessFixture) async throws -> [String] {
        var found: [String] = []
        for names in AccessNames.all {
            for name in [names.open, names.hidden] {
                let path = "/api/v1/projects/\(names.ecosystem)/\((names.prefix + name).replacing("/", with: "%2f"))"
                for place in [path, path + "/events"] {
                    let answer = try await fixture.server.call("GET", place, token: fixture.owner)
                    #expect(answer.status == 200)
                    found.append(answer.text)
                }
            }
        }
        return found
    }

    private func duplicates(_ texts: [String]) -> [String] {
        Dictionary(grouping: texts) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }
}
