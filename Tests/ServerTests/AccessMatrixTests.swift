import HallmarkTesting
import RegistryModel
import Testing

/// Every route with the credential of every role, held against the table in ``AccessRole/rights``.
@Suite("AUTHZ-2.1 Role × action × resource", .timeLimit(.minutes(30)))
struct AccessMatrixTests {
    @Test(
        "Every role does on every route what the table says, and nothing else",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func matrix() async throws {
        try await AccessFixture.with { fixture in
            let people = try await AccessPeople(fixture)
            for role in AccessRole.allCases {
                for row in AccessTable.rows
                where !(row.isLast && role.rights.contains(row.right)) && !row.endsToken(of: role) {
                    try await check(row, role, people.token(role), fixture)
                }
            }
        }
    }

    private func check(_ row: AccessRow, _ role: AccessRole, _ token: String?, _ fixture: AccessFixture) async throws {
        let label: Comment = "\(role.rawValue): \(row)"
        func call(_ name: String) async throws -> RawResponse { try await fixture.call(row, name, token: token) }
        switch row.access {
        case .everyone, .list, .session:
            let answer = try await call(row.names.open)
            // What lists people asks for more than a limited credential.
            #expect(row.accepted.contains(answer.status) || role.isLimited && answer.status == 403, label)
            if !role.rights.contains(.readPrivate) { #expect(!AccessFixture.tells(answer), label) }
        case .reader, .tokenReader:
            let open = try await call(row.names.open)
            let isAsked = role == .anonymous && row.access == .tokenReader
            #expect(isAsked ? open.status == 401 : (200...399).contains(open.status), label)
            let hidden = try await call(row.names.hidden)
            let isShown = role.rights.contains(.readPrivate)
            let refusal = role == .anonymous ? 401 : 404
            #expect(isShown ? (200...399).contains(hidden.status) : hidden.status == refusal, label)
        case .token:
            let answer = try await call(row.names.open)
            expect(answer, isAllowed: role != .anonymous, row, role, label)
        case .person:
            let answer = try await call(row.names.open)
            expect(answer, isAllowed: role.isPerson, row, role, label)
        case .member, .moderator:
            guard role.rights.contains(row.right) else {
                for name in [row.names.open, row.names.hidden] {
                    let answer = try await call(name)
                    let refusals = role == .anonymous ? 401...401 : name == row.names.open ? 403...403 : 403...404
                    #expect(refusals.contains(answer.status), label)
                }
                return
            }
            expect(try await call(row.names.spare), isAllowed: true, row, role, label)
        }
    }

    private func expect(
        _ answer: RawResponse, isAllowed: Bool, _ row: AccessRow, _ role: AccessRole, _ label: Comment
    ) {
        let text = answer.text
        guard isAllowed else {
            let refusal = role == .anonymous ? 401 : 403
            #expect(answer.status == refusal, "\(label): \(answer.status) \(text)")
            return
        }
        if role.isLimited, answer.status == 403 { return }
        // The first of the roles has published that version; the others come too late, which is another refusal.
        if row.isUpload, [400, 403, 409].contains(answer.status), text.contains("already") { return }
        // What the role before it has done already, or nobody has offered.
        if answer.status == 409 || row.route.hasSuffix("/transfer") && answer.status == 404 { return }
        // What only administrators may, an owner is told so.
        if row.accepted == 403...403, role == .administrator { return }
        #expect(row.accepted.contains(answer.status), "\(label): \(answer.status) \(text)")
    }
}

extension AccessRow {
    /// Whether the call ends the credential that it comes with, which the walk still needs.
    fileprivate func endsToken(of role: AccessRole) -> Bool {
        role == .trustedPublisher && method == "DELETE" && route.hasSuffix("/trusted_publishing/tokens")
    }
}
