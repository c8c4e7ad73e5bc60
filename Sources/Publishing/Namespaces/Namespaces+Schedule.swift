import Formats
import Persistence
import RegistryModel

extension Namespaces {
    /// What a round of checks came to.
    package struct Round: Hashable, Sendable {
        /// How many proofs were found again.
        package var proven = 0
        /// How many were not, and may still be.
        package var failing = 0
        /// How many namespaces lapsed.
        package var lapsed = 0
        /// How many claims came to their end.
        package var expired = 0

        /// Collects the numbers.
        package init(proven: Int = 0, failing: Int = 0, lapsed: Int = 0, expired: Int = 0) {
            self.proven = proven
            self.failing = failing
            self.lapsed = lapsed
            self.expired = expired
        }

        /// How many namespaces were looked at.
        package var total: Int { proven + failing + lapsed + expired }
    }

    /// For how long a node has a namespace that it looks at for itself.
    private static let lease: Int64 = 3600
    /// How often a proof is looked for that was not found.
    private static let retry: Int64 = 86_400

    /// Looks at everything whose time has come: ends claims without a proof, and finds proofs again or not.
    package func checkDue() async throws -> Round {
        var round = Round()
        while !Task.isCancelled {
            let at = core.clock.now()
            let due = try await write(Self.keeper, at) { scope in
                try scope.store.due(at: at, limit: 20).map { found in
                    var namespace = found
                    namespace.nextCheckAt = at.advanced(bySeconds: Self.lease)
                    try scope.store.update(namespace)
                    return found
                }
            }
            for namespace in due { try await check(namespace, &round) }
            if due.isEmpty { break }
        }
        return round
    }

    /// Who does what nobody asked for.
    static let keeper = Principal(
        userID: 0, userName: "hallmark", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    private func check(_ namespace: Namespace, _ round: inout Round) async throws {
        guard namespace.state == .verified else {
            try await write(Self.keeper, core.clock.now()) { scope in
                guard var current = try scope.store.find(id: namespace.id) else { return }
                guard current.state == .claimed else {
                    current.nextCheckAt = nil
                    return try scope.store.update(current)
                }
                try scope.store.delete(current.id)
                try scope.record("namespace.claim-expired", current, visibility: .private)
            }
            round.expired += namespace.state == .claimed ? 1 : 0
            return
        }
        do {
            let found = try await findAgain(namespace)
            try await confirm(namespace, found)
            round.proven += 1
        } catch let missing as MissingProof {
            if try await miss(namespace, missing) { round.lapsed += 1 } else { round.failing += 1 }
        }
    }

    /// Looks where the proof was the last time.
    private func findAgain(_ namespace: Namespace) async throws -> FoundProof {
        let target = namespace.target ?? ""
        let proof = NamespaceProof(try core.format(namespace.ecosystem).namespaceKind, key: namespace.key)
        if namespace.method == "dns" { return try await find(proof, of: namespace, .dns(domain: target)) }
        for host in hosts {
            guard let account = proof.account(on: host) else { continue }
            if host.address(owner: account, repository: namespace.challenge) == target {
                return try await find(proof, of: namespace, .repository(host: host.name))
            }
        }
        throw MissingProof(detail: "The code host of '\(target)' is no longer configured here.", isDefinite: false)
    }

    private func confirm(_ namespace: Namespace, _ found: FoundProof) async throws {
        let at = core.clock.now()
        try await write(Self.keeper, at) { [policy] scope in
            guard var current = try scope.store.find(id: namespace.id), current.state == .verified else { return }
            let wasFailing = current.failingSince != nil
            current.checkedAt = at
            current.nextCheckAt = at.advanced(bySeconds: policy.checkDays * 86_400)
            current.dnssec = found.dnssec
            current.failingSince = nil
            current.lastError = nil
            try scope.store.update(current)
            if wasFailing { try scope.record("namespace.recovered", current, visibility: .private) }
        }
    }

    /// Notes that a proof was not found.
    /// - Returns: Whether the namespace lapsed.
    private func miss(_ namespace: Namespace, _ missing: MissingProof) async throws -> Bool {
        let at = core.clock.now()
        let reason = missing.detail.limited(toScalars: 300)
        return try await write(Self.keeper, at) { [policy] scope in
            guard var current = try scope.store.find(id: namespace.id), current.state == .verified else { return false }
            let since = current.failingSince ?? at
            let days = missing.isDefinite ? policy.graceDays : policy.unreachableGraceDays
            let end = since.advanced(bySeconds: days * 86_400)
            let isNew = current.failingSince == nil
            current.checkedAt = at
            current.failingSince = since
            current.lastError = reason
            guard at < end else {
                current.state = .lapsed
                current.nextCheckAt = nil
                try scope.store.update(current)
                try scope.store.removeOffer(current.id)
                try scope.record("namespace.lapsed", current)
                return true
            }
            current.nextCheckAt = min(at.advanced(bySeconds: Self.retry), end)
            try scope.store.update(current)
            guard isNew else { return false }
            try scope.record(
                "namespace.failing", current,
                [("reason", .string(reason)), ("lapses", .string(end.rfc3339(.seconds)))], visibility: .private)
            return false
        }
    }
}
