import Persistence
import RegistryModel

/// What an exchange does in its transaction; may run more than once.
struct ExchangeTransaction: Sendable {
    let core: AccountCore
    let match: PublisherMatch
    let ecosystem: EcosystemID
    /// The key of the project that the client names.
    let nameKey: String?
    /// What the identity token is remembered by.
    let hash: [UInt8]
    /// The text of the token that is made.
    let secret: String

    enum Outcome: Sendable {
        case minted(TokenRecord, [String])
        /// A refusal that changes something.
        case refused(Problem)
    }

    private var claims: IdentityClaims { match.claims }

    /// A publisher for which the token speaks.
    private struct Found {
        let publisher: TrustedPublisher
        let pinned: [String: String]
    }

    /// - Throws: `Problem`; then nothing is changed, and the identity token may be offered again.
    func run(_ connection: any SQLConnection) throws -> Outcome {
        let now = core.clock.now()
        let store = TrustedPublisherStore(connection)
        let until = claims.expiresAt.advanced(
            bySeconds: IdentityTokenVerifier.leewaySeconds + TrustedPublishing.rememberSeconds)
        guard try store.useIdentityToken(issuer: claims.issuer, hash: hash, until: until) else {
            throw Problem(.identityTokenUsed, "This identity token has been used. Ask for a new one for each exchange.")
        }
        let candidates = try candidates(store, now)
        let (live, stale) = try sorted(candidates, connection)
        for publisher in stale { _ = try store.remove(publisher.id, at: now) }
        guard !live.isEmpty else {
            guard let first = stale.first else { throw unknown(nil) }
            return .refused(
                Problem(
                    .pendingPublisherInvalid,
                    "Somebody else has created '\(first.name)' meanwhile; the pending publisher was removed. Its owners can "
                        + "add a publisher to the project."))
        }
        let found = try findings(live, connection)
        return .minted(try mint(found, connection, now), found.map(\.publisher.name))
    }

    private func candidates(_ store: TrustedPublisherStore, _ now: Timestamp) throws -> [TrustedPublisher] {
        guard let lookup = match.provider.claimsLookup(claims) else { throw unknown(nil) }
        return try store.matching(issuer: claims.issuer, lookup: lookup).filter { publisher in
            publisher.ecosystem == ecosystem && publisher.provider == match.provider.id
                && (nameKey == nil || publisher.nameKey == nameKey) && publisher.expiresAt.map { $0 > now } ?? true
        }
    }

    /// Those that may be used, and pending ones whose project exists by now.
    private func sorted(
        _ candidates: [TrustedPublisher], _ connection: any SQLConnection
    ) throws -> (live: [TrustedPublisher], stale: [TrustedPublisher]) {
        var live: [TrustedPublisher] = []
        var stale: [TrustedPublisher] = []
        for publisher in candidates {
            // Whom an administrator stopped speaks through no workflow either; a closed account's publishers are the
            // projects'.
            let creator = try UserStore(connection).find(id: publisher.createdBy)?.state ?? .deleted
            guard creator == .active || creator == .deleted && !publisher.isPending,
                try TrustedPublisherStore(connection).mayUse(
                    issuer: publisher.issuer, forProject: publisher.projectID)
            else { continue }
            let coordinates = ProjectCoordinates(ecosystem: ecosystem, nameKey: publisher.nameKey)
            if publisher.isPending, try ProjectStore(connection).find(coordinates) != nil {
                stale.append(publisher)
            } else {
                live.append(publisher)
            }
        }
        return (live, stale)
    }

    /// For each project the first publisher that the claims fit.
    private func findings(_ live: [TrustedPublisher], _ connection: any SQLConnection) throws -> [Found] {
        var found: [Found] = []
        var mismatch: ClaimMismatch?
        var tried = false
        let byProject = Dictionary(grouping: live, by: \.nameKey)
        for key in byProject.keys.sorted() {
            for publisher in match.ordered(byProject[key] ?? []) {
                tried = true
                do throws(ClaimMismatch) {
                    found.append(Found(publisher: publisher, pinned: try match.pins(for: publisher)))
                    break
                } catch {
                    // Of several the one that says most: an id that is another's now.
                    if mismatch == nil || error.isPinned { mismatch = error }
                }
            }
        }
        guard !found.isEmpty else {
            throw tried ? unknown(mismatch) : unknown(ClaimMismatch(claim: "environment", isPinned: false))
        }
        return Array(found.prefix(Self.maximumProjects))
    }

    /// How many projects one token may be for.
    private static let maximumProjects = 200

    private func mint(_ found: [Found], _ connection: any SQLConnection, _ now: Timestamp) throws -> TokenRecord {
        let store = TrustedPublisherStore(connection)
        var token = TokenRecord(
            id: core.ids.next(), userID: found[0].publisher.createdBy, hash: TokenText.hash(secret),
            prefix: String(secret.prefix(9)), kind: .trustedPublisher,
            scopes: found.map {
                TokenScope(actions: [.publish], ecosystem: ecosystem, pattern: $0.publisher.nameKey)
            },
            createdAt: now, expiresAt: now.advanced(bySeconds: TrustedPublishing.tokenSeconds))
        token.name = found[0].publisher.name
        token.claims = match.record(found[0].publisher)
        try TokenStore(connection).insert(token)
        try store.bind(tokenID: token.id, to: found.map(\.publisher.id))
        for (publisher, pinned) in found.map({ ($0.publisher, $0.pinned) }) {
            try store.noteUse(publisher.id, pinned: pinned, at: now)
            try record(publisher, connection, now)
            try warn(about: publisher, connection)
        }
        return token
    }

    /// The event in the project's history; a pending publisher has none to write into.
    private func record(_ publisher: TrustedPublisher, _ connection: any SQLConnection, _ now: Timestamp) throws {
        let project = try publisher.projectID.flatMap { try ProjectStore(connection).find(id: $0) }
        let claims = match.record(publisher)
        let event = Event.make(
            id: core.ids.next(), kind: "trusted-publisher.used", at: now,
            actor: claims["publisher"]?.stringValue ?? match.provider.id, via: .trustedPublisher,
            projectID: publisher.projectID, visibility: project?.visibility ?? .private,
            details: [
                ("ecosystem", .string(ecosystem.rawValue)), ("project", .string(publisher.name)), ("claims", claims),
            ])
        let events = EventStore(connection)
        try events.insert(event)
        try events.enqueue(id: core.ids.next(), topic: "event", eventID: event.id, at: now)
    }

    /// At its first use, tells the owners of a publisher that is not limited to the environment that its tokens carry.
    private func warn(about publisher: TrustedPublisher, _ connection: any SQLConnection) throws {
        guard publisher.lastUsedAt == nil, publisher.environment.isEmpty, let projectID = publisher.projectID,
            let environment = claims.scalar(TrustedProvider.environmentClaim)
        else { return }
        let notice = Notice(
            .trustedPublisherUnbound,
            ["project": publisher.name, "publisher": publisher.lookup, "environment": environment])
        for owner in try ProjectStore(connection).members(projectID) where owner.role == .owner {
            try core.notices.post(notice, to: owner.userID, on: connection)
        }
    }

    private func unknown(_ mismatch: ClaimMismatch?) -> Problem {
        let who = match.provider.claimsLookup(claims) ?? claims.subject
        let reason =
            switch mismatch {
            case nil: "No project here has it as a trusted publisher\(nameKey.map { " of '\($0)'" } ?? "")."
            case let found? where found.isPinned:
                "Its '\(found.claim)' is not the one that was pinned: the name may belong to somebody else now. An owner "
                    + "can remove the publisher and add it anew."
            case let found?: "The claim '\(found.claim)' is not what the trusted publisher asks for."
            }
        return Problem(
            .publisherUnknown, "\(match.provider.name), '\(who.limited(toScalars: 200))': \(reason)")
    }
}
