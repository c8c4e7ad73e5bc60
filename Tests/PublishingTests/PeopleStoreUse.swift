import Formats
import Persistence
import RegistryModel
import Testing

/// Uses of every method of the stores about people, on one connection.
struct PeopleStoreUse {
    let connection: any SQLConnection
    let ids: RowIDs
    let now: Timestamp
    /// An administrator with a confirmed address, a code generator and a passkey, in an organization with one team.
    let user: Int64
    /// Somebody else.
    let other: Int64
    /// A project of the user.
    let project: Int64

    private var later: Timestamp { now.advanced(bySeconds: 3600) }
    private var before: Timestamp { now.advanced(bySeconds: -86_400) }
    private let hash: [UInt8] = [1, 2, 3]

    /// All of them.
    func everything() throws {
        try links()
        try attempts()
        try addresses()
        try domains()
        try factors()
        try securityKeys()
        try identities()
        try sessions()
        try mails()
        try grants()
        try recoveries()
        try tokens()
        try issuers()
        try publishers()
        try reporters()
        try standing()
        try accounts()
    }

    private func links() throws {
        let store = AccountLinkStore(connection)
        let link = AccountLink(
            id: ids.next(), purpose: .confirmAddress, userID: user, subject: "7", createdAt: now, expiresAt: later)
        try store.insert(link, hash: hash)
        #expect(try store.find(hash: hash, purpose: .confirmAddress, now: now)?.id == link.id)
        #expect(try store.use(link.id, at: now))
        try store.end(purpose: .resetPassword, userID: user, at: now)
        try store.end(purpose: .setup, userID: nil, at: now)
        try store.end(purpose: .signUp, subject: "cleo@example.org", at: now)
        try store.sweep(before: before)
    }

    private func attempts() throws {
        let store = AttemptStore(connection)
        try store.put(scope: "account", subject: hash, count: 2, at: now)
        try store.lower(scope: "account", subject: hash)
        #expect(try store.find(scope: "account", subject: hash)?.count == 1)
        try store.clear(scope: "account", subject: hash)
        try store.sweep(before: before)
    }

    private func addresses() throws {
        let store = AddressStore(connection)
        let address = AddressRecord(
            id: ids.next(), userID: user, address: "ann@example.com", domain: "example.com", isPrimary: false,
            createdAt: now, verifiedAt: nil)
        try store.insert(address, key: address.address)
        #expect(try store.confirm(address.id, at: now))
        #expect(try store.holder(addressKey: address.address) == user)
        try store.makePrimary(address)
        #expect(try store.list(userID: user).first?.id == address.id)
        #expect(try store.find(address.id)?.isPrimary == true)
        #expect(try store.recoverable(userID: user).count == 2)
        let spare = AddressRecord(
            id: ids.next(), userID: user, address: "ann@example.net", domain: "example.net", isPrimary: false,
            createdAt: now, verifiedAt: nil)
        try store.insert(spare, key: spare.address)
        try EmailDomainStore(connection).insertMissing(at: now)
        #expect(try EmailDomainStore(connection).find(spare.domain) == nil, "nobody confirmed it")
        try store.remove(spare.id)
    }

    private func domains() throws {
        let store = EmailDomainStore(connection)
        try store.insertMissing(at: now)
        try store.removeUnused()
        #expect(try store.list(after: "", state: nil, limit: 10).map(\.domain) == ["example.com", "example.org"])
        #expect(try store.list(after: "", state: .ok, limit: 10).count == 2)
        let taken = try #require(try store.take(1, at: now, until: later).first)
        try store.update(taken)
        #expect(try store.find(taken.domain) == taken)
        let address = try #require(try store.confirmedAddresses(at: "example.com", until: now, limit: 1).first)
        try store.unconfirm(address.id)
    }

    private func factors() throws {
        let store = FactorStore(connection)
        let generator = TOTPRecord(
            id: ids.next(), userID: other, name: "tablet", createdAt: now, confirmedAt: nil, lastUsedAt: nil)
        try store.insert(generator, sealedSeed: [1])
        #expect(try store.confirm(generator: generator.id, at: now))
        #expect(try store.use(generator: generator.id, step: 1, at: now))
        #expect(try store.generators(userID: other).count == 2)
        #expect(try store.remove(generator: generator.id, userID: other))
        try store.removeUnconfirmed(userID: other)
        try store.replaceCodes(userID: other, codes: [(ids.next(), [4]), (ids.next(), [5])], at: now)
        #expect(try store.useCode(hash: [4], userID: other, at: now))
        #expect(try store.codesLeft(userID: other) == 1)
        try store.removeAll(userID: other)
    }

    private func securityKeys() throws {
        let store = SecurityKeyStore(connection)
        #expect(try store.useChallenge(hash: hash, expiresAt: later))
        let key = SecurityKeyRecord(
            id: ids.next(), userID: user, name: "key", credentialID: [6], publicKey: [1], algorithm: -7, signCount: 1,
            isDiscoverable: false, isBackupEligible: false, isBackedUp: false,
            aaguid: [UInt8](repeating: 0, count: 16), transports: ["usb"], createdAt: now, lastUsedAt: nil)
        try store.insert(key)
        #expect(try store.list(userID: user).count == 2)
        #expect(try store.find(credentialID: [6])?.record.id == key.id)
        #expect(try store.use(key.id, signCount: 2, isBackedUp: false, at: now))
        #expect(try !store.use(key.id, signCount: 0, isBackedUp: false, at: now))
        #expect(try store.rename(key.id, userID: user, to: "blue"))
        #expect(try store.remove(key.id, userID: user))
        try store.sweepChallenges(now: now)
    }

    private func identities() throws {
        let store = IdentityStore(connection)
        let issuer = "https://sso.example"
        try store.insert(issuer: issuer, subject: "s", userID: user, at: now)
        #expect(try store.user(issuer: issuer, subject: "s")?.id == user)
        try store.touch(issuer: issuer, subject: "s", at: later)
        #expect(try store.list(userID: user).count == 1)
        for right in ["administrator", "moderator", "auditor"] {
            #expect(try store.set(right: right, true, userID: other))
            #expect(try store.set(right: right, false, userID: other))
        }
        for isMember in [true, false] {
            #expect(try store.set(organization: "guild", team: "core", isMember, userID: other, at: now))
        }
        #expect(try AccountStore(connection).hasIdentity(userID: user))
        #expect(try store.remove(issuer: issuer, subject: "s", userID: user))
    }

    private func sessions() throws {
        let store = SessionStore(connection)
        func session() -> SessionRecord {
            SessionRecord(
                id: ids.next(), userID: user, state: .active, factors: Factors([.password]), formKey: [1],
                network: "192.0.2.0/24", agent: "", createdAt: now, authenticatedAt: now, lastSeenAt: now,
                expiresAt: later)
        }
        let (first, second) = (session(), session())
        try store.insert(first, hash: [7])
        try store.insert(second, hash: [8])
        #expect(try store.list(userID: user, now: now, idleSince: before).count == 2)
        #expect(try store.rotate(first, hash: [9]))
        #expect(try store.find(hash: [9])?.record.id == first.id)
        try store.touch(first.id, at: later)
        try store.end(hash: [9])
        #expect(try store.end(second.id, userID: user))
        #expect(try store.endAll(userID: user, but: first.id) == 0)
        try store.sweep(now: now, idleSince: before)
        try store.note(device: hash, userID: user, at: now)
        #expect(try store.knows(device: hash, userID: user))
        #expect(try store.knowsDevices(userID: user))
        try store.forgetDevices(userID: user, but: nil)
    }

    private func mails() throws {
        let store = MailStore(connection)
        func mail(at time: Timestamp) throws -> QueuedMail {
            let mail = QueuedMail(
                id: ids.next(), recipient: "ann@example.org", kind: "notice", sealedContent: [1], attempts: 0,
                createdAt: time)
            try store.insert(mail, userID: user)
            return mail
        }
        let old = try mail(at: before)
        let young = try mail(at: now)
        #expect(try store.isDue(at: now))
        let taken = try store.take(10, at: now, until: later).filter { [old.id, young.id].contains($0.id) }
        #expect(taken.map(\.id) == [old.id, young.id])
        // The oldest of all first, whether somebody had it or not.
        let third = try mail(at: now)
        let end = later.advanced(bySeconds: 1)
        #expect(try store.take(1, at: later, until: end).map(\.id) == [third.id])
        let again = try store.take(10, at: later, until: end)
        #expect(again.map(\.id) == [old.id, young.id] && again.allSatisfy { $0.attempts == 2 })
        try store.remove(third.id)
        for mail in again { try store.delay(mail, until: later, error: "busy") }
        #expect(try store.expire(before: now, removing: before, at: now) == 1)
        try store.remove(young.id)
        #expect(try store.backlog().refused == 1)
    }

    private func grants() throws {
        let store = DeviceGrantStore(connection)
        let grant = DeviceGrant(
            id: ids.next(), userCodeKey: "ABCDEFGH", kind: .token, client: "cli", scopes: [], network: "192.0.2.0/24",
            state: .waiting, userID: nil, factors: Factors([]), details: [:], createdAt: now, expiresAt: later,
            polledAt: nil, intervalSeconds: 5)
        try store.insert(grant, deviceHash: hash)
        #expect(try store.find(deviceHash: hash)?.id == grant.id)
        #expect(try store.find(userCodeKey: "ABCDEFGH")?.id == grant.id)
        #expect(try store.count(network: grant.network, since: before) == 1)
        try store.notePoll(grant.id, at: now, intervalSeconds: 10)
        #expect(try store.move(grant.id, from: .waiting, to: .allowed, userID: user, factors: Factors([.password])))
        #expect(try store.expire(before: later.advanced(bySeconds: 1)) == 1)
    }
}

extension PeopleStoreUse {
    private func recoveries() throws {
        let store = RecoveryStore(connection)
        let recovery = RecoveryRecord(
            id: ids.next(), userID: user, state: .requested, reason: "lost", createdAt: now, first: nil, second: nil,
            opensAt: nil, closesAt: later, endedAt: nil)
        try store.insert(recovery)
        let approval = RecoveryRecord.Approval(userID: other, at: now, via: "session")
        try store.approveFirst(recovery.id, approval)
        try store.approveSecond(recovery.id, approval, opensAt: now, closesAt: later)
        #expect(try store.find(recovery.id)?.second == approval)
        #expect(try store.running(userID: user)?.id == recovery.id)
        #expect(try store.running().count == 1)
        #expect(try store.move(recovery.id, from: [.requested, .waiting], to: .cancelled, endedAt: now))
    }

    private func token(_ bytes: [UInt8], _ kind: Principal.Kind = .token, isSingleUse: Bool = false) -> TokenRecord {
        var token = TokenRecord(
            id: ids.next(), userID: user, hash: bytes, prefix: "hm_", kind: kind, scopes: [],
            createdAt: now.advanced(bySeconds: -90 * 86_400), expiresAt: later)
        token.isSingleUse = isSingleUse
        return token
    }

    private func tokens() throws {
        let store = TokenStore(connection)
        let (first, second) = (token([10]), token([11], isSingleUse: true))
        for token in [first, second] { try store.insert(token) }
        #expect(try store.find(hash: [10])?.user.id == user)
        #expect(try store.find(id: first.id)?.hash == [10])
        #expect(try store.live(userID: user, now: now).map(\.id) == [first.id, second.id])
        #expect(try store.recent(userID: user, limit: 1).map(\.id) == [second.id])
        #expect(try store.countLive(kind: .token, now: now) == 2)
        #expect(try store.useUp(id: second.id, at: now))
        try store.recordUse([first.id: TokenUse(at: now, network: "192.0.2.0/24")])
        #expect(try store.expiring(within: 7 * 86_400, now: now, limit: 10).map(\.id) == [first.id])
        try store.noteExpiry(id: first.id, at: now)
        #expect(try store.revoke(hash: [10], at: now))
        #expect(try store.revokeAll(userID: user, at: now, reason: "all").map(\.id) == [second.id])
    }

    private func issuers() throws {
        let store = TrustedIssuerStore(connection)
        try store.insert(
            TrustedIssuer(
                id: ids.next(), name: "ours", issuer: "https://ci.example", provider: "generic", claims: ["sub": "x"],
                organizationID: 1, createdBy: user, createdAt: now))
        #expect(try store.all().count == 1)
        #expect(try store.find(issuer: "https://ci.example")?.name == "ours")
        #expect(try !TrustedPublisherStore(connection).mayUse(issuer: "https://ci.example", forProject: project))
        #expect(try store.remove(name: "ours"))
    }

    private func publishers() throws {
        let store = TrustedPublisherStore(connection)
        let publisher = TrustedPublisher(
            id: ids.next(), ecosystem: plain, name: "oil", nameKey: "oil", projectID: nil,
            provider: "generic", issuer: "https://ci.example", lookup: "a/b", environment: "", settings: [:],
            createdBy: user, creator: "", createdAt: now, expiresAt: later)
        try store.insert(publisher)
        #expect(try store.matching(issuer: publisher.issuer, lookup: publisher.lookup).count == 1)
        #expect(try store.pending(userID: user).count == 1)
        let token = token([12], .trustedPublisher)
        try TokenStore(connection).insert(token)
        try store.bind(tokenID: token.id, to: [publisher.id])
        #expect(try store.publishers(tokenID: token.id).count == 1)
        #expect(try TokenStore(connection).live(userID: user, now: now).isEmpty, "the token is the project's")
        #expect(try !TokenStore(connection).recent(userID: user, limit: 10).map(\.id).contains(token.id))
        try store.attach(publisher.id, to: project)
        #expect(try store.list(projectID: project).count == 1)
        try store.noteUse(publisher.id, pinned: ["repository_id": "1"], at: now)
        try store.revokeTokens(issuer: publisher.issuer, at: now)
        #expect(try store.remove(publisher.id, at: now))
        #expect(try store.find(publisher.id)?.removedAt == now)
        let pending = TrustedPublisher(
            id: ids.next(), ecosystem: plain, name: "wax", nameKey: "wax", projectID: nil, provider: "generic",
            issuer: publisher.issuer, lookup: "a/c", environment: "", settings: [:], createdBy: user, creator: "",
            createdAt: now, expiresAt: later)
        try store.insert(pending)
        #expect(try store.expire(at: later) == 1)
        #expect(try store.useIdentityToken(issuer: publisher.issuer, hash: hash, until: now))
        #expect(try store.forgetIdentityTokens(before: later) == 1)
    }

    private func reporters() throws {
        let store = SecretReporterStore(connection)
        let key = SecretReporter.Key(id: "k", pem: "", isCurrent: true)
        let reporter = SecretReporter(
            id: ids.next(), name: "scanner", keyIDHeader: "Key", signatureHeader: "Signature", keysURL: nil,
            keys: [key], fetchedAt: nil, createdAt: now)
        #expect(try store.insert(reporter))
        try store.setKeys([key], of: reporter.id, at: now)
        #expect(try store.all().count == 1)
        try store.insertReport(
            SecretReportRow(
                id: ids.next(), reporterID: reporter.id, tokenID: nil, outcome: "unknown", source: "commit", url: "",
                at: now))
        #expect(try store.remove(name: "scanner", at: now))
    }

    private func standing() throws {
        let store = AccountStore(connection)
        #expect(try store.standing(userID: user).hasSecondFactor)
        #expect(try store.signIn("ann")?.userID == user)
        try store.setPassword("old", userID: user, at: now)
        try store.renewHash("new", replacing: "old", userID: user)
        #expect(try store.signIn(userID: user)?.passwordHash == "new")
        #expect(try store.demandNewPassword(userID: user))
        #expect(try store.handle(userID: user, fresh: [1]) == [1])
        #expect(try store.setState(.suspended, from: .active, userID: other))
        #expect(try store.administrators() == 1)
        #expect(try store.hasSignedUpAdministrator())
        #expect(try store.list(after: "", limit: 10).map(\.name) == ["ann", "ben"])
    }

    private func accounts() throws {
        let store = AccountStore(connection)
        let entry = ids.next()
        try NoticeStore(connection).insertHistory(id: entry, userID: user, notice: Notice(.tokenExpires, [:]), at: now)
        #expect(try store.history(userID: user, before: nil, limit: 1).map(\.id) == [entry])
        _ = try store.history(userID: user, before: entry, limit: 10)
        #expect(try store.memberships(userID: user).map(\.name) == ["plain oil"])
        try store.setRights(userID: user, isAdministrator: false, isModerator: false, isAuditor: false)
        try store.revokeTokens(userID: user, reason: "closed", at: now)
        try store.erase(userID: user)
    }
}
