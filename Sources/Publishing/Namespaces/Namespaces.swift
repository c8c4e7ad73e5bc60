import Accounts
import Formats
import Persistence
package import RegistryModel

/// Whose namespaces are: claims, proofs, members, and what becomes of them (MAVEN-2).
package struct Namespaces: Sendable {
    let core: RegistryCore
    package let policy: NamespacePolicy
    let hosts: [CodeHost]
    let dns: any DNSResolver
    let pages: any PageFetcher
    let random: any RandomSource

    /// Works on `core`; looks for proofs through `dns`, and through `pages` on `hosts`.
    package init(
        core: RegistryCore, policy: NamespacePolicy = NamespacePolicy(), hosts: [CodeHost] = CodeHost.standard,
        dns: any DNSResolver, pages: any PageFetcher, random: any RandomSource = SystemRandomSource()
    ) {
        self.core = core
        self.policy = policy
        self.hosts = hosts
        self.dns = dns
        self.pages = pages
        self.random = random
    }

    /// How many namespaces of one person are listed.
    private static let listed = 1000

    /// What everybody may know of a namespace, and what the reader has of it.
    package struct State: Sendable {
        package let name: String
        /// What decides; nil where the namespace is nobody's.
        package let effective: Namespace?
        /// The reader's own, where it is not what decides.
        package let own: Namespace?
        /// Whether the reader has a role on what decides.
        package let role: Role?
        /// To whom it goes, where that was accepted and has not taken effect; for its own people the unanswered offer too.
        package let offer: NamespaceOffer?
    }

    /// Says that a namespace is the principal's, and makes the key to prove it with.
    ///
    /// A claim gives no right and stands in nobody's way. Claiming again answers with the claim there is.
    /// - Throws: ``Problem/Code/nameInvalid``, ``Problem/Code/namespaceLimit``.
    package func claim(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws -> Namespace {
        let (name, proof) = try proof(ecosystem, raw)
        guard proof.isClaimable else {
            throw Problem(
                .nameInvalid, "'\(name.display)' is a top-level domain. Claim what begins with a domain of yours.")
        }
        let at = core.clock.now()
        let challenge = makeChallenge()
        return try await write(principal, at) { [policy, core] scope in
            try scope.authorize(ecosystem)
            if let own = try scope.store.find(ecosystem, key: name.key, ownerID: principal.userID) { return own }
            guard principal.userID != 0 else { throw Problem(.forbidden, "Only people have namespaces.") }
            try scope.rules.requirePerson(principal)
            guard try scope.store.countUnproven(ownerID: principal.userID, limit: policy.claims) < policy.claims else {
                throw Problem(
                    .namespaceLimit,
                    "\(principal.userName) has \(policy.claims) claims without a proof. Prove or withdraw some of them."
                )
            }
            let claim = Namespace(
                id: core.ids.next(), ecosystem: ecosystem, name: name.display, key: name.key,
                ownerID: principal.userID, owner: principal.userName, state: .claimed, challenge: challenge,
                createdAt: at, nextCheckAt: at.advanced(bySeconds: policy.claimDays * 86_400))
            try scope.store.insert(claim)
            try scope.store.setMember(claim.id, userID: principal.userID, role: .owner, at: at)
            try scope.record("namespace.claimed", claim, visibility: .private)
            return claim
        }
    }

    /// What the principal claims, owns, or has a role on; newest first.
    package func list(by principal: Principal) async throws -> [Namespace] {
        let all = try await core.driver.read { connection in
            let store = NamespaceStore(connection)
            return try store.list(ownerID: principal.userID, limit: Self.listed)
                + store.list(memberID: principal.userID, limit: Self.listed)
        }
        let unique = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
        return unique.values.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
    }

    /// Whose a namespace is.
    /// - Throws: ``Problem/Code/nameInvalid``.
    package func state(_ ecosystem: EcosystemID, name raw: String, for principal: Principal?) async throws -> State {
        let name = try core.format(ecosystem).namespace(raw)
        return try await core.driver.read { connection in
            let store = NamespaceStore(connection)
            let effective = try store.effective(ecosystem, keys: [name.key]).first
            let offer = try effective.flatMap { try store.offer($0.id) }
            let accepted = offer?.acceptedAt == nil ? nil : offer
            guard let principal, principal.mayUse(.read, ecosystem: ecosystem, nameKey: nil) else {
                return State(name: name.display, effective: effective, own: nil, role: nil, offer: accepted)
            }
            let own = try store.find(ecosystem, key: name.key, ownerID: principal.userID)
            let role = try effective.flatMap { try store.role(ids: [$0.id], userID: principal.userID) }
            return State(
                name: name.display, effective: effective, own: own?.id == effective?.id ? nil : own, role: role,
                offer: role == nil ? accepted : offer)
        }
    }

    /// Gives a claim or a namespace up; the names in it stay with their projects.
    package func withdraw(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws {
        let name = try core.format(ecosystem).namespace(raw)
        try await write(principal, core.clock.now()) { scope in
            try scope.authorize(ecosystem)
            let own = try scope.own(ecosystem, name)
            try scope.store.delete(own.id)
            let kind = own.isVerified ? "namespace.given-up" : "namespace.withdrawn"
            try scope.record(kind, own, visibility: own.isVerified ? .public : .private)
        }
    }

    /// Where a proof of a claim can be.
    package func places(for namespace: Namespace) throws -> (record: String, domains: [String], repositories: [String])
    {
        let proof = NamespaceProof(try core.format(namespace.ecosystem).namespaceKind, key: namespace.key)
        let repositories = hosts.compactMap { host in
            proof.account(on: host).map { host.address(owner: $0, repository: namespace.challenge) }
        }
        return (Self.record(of: namespace), proof.domains, repositories)
    }

    /// The text that a TXT record proves a namespace with.
    static func record(of namespace: Namespace) -> String { "hallmark-verification=\(namespace.challenge)" }

    func proof(_ ecosystem: EcosystemID, _ raw: String) throws -> (ProjectName, NamespaceProof) {
        let format = try core.format(ecosystem)
        let name = try format.namespace(raw)
        return (name, NamespaceProof(format.namespaceKind, key: name.key))
    }

    /// Runs one change in a transaction.
    func write<Value: Sendable>(
        _ principal: Principal, _ at: Timestamp, _ body: @escaping @Sendable (NamespaceScope) throws -> Value
    ) async throws -> Value {
        try await core.driver.write { [core] connection in
            try body(NamespaceScope(core: core, connection: connection, principal: principal, at: at))
        }
    }

    /// 120 bits that nobody can guess, in letters that domains and repositories may have.
    func makeChallenge() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return "hallmark-" + String(random.bytes(24).map { letters[Int($0) % letters.count] })
    }
}
