import Accounts
import Formats
import Persistence
package import RegistryModel

extension Namespaces {
    /// An offer with the namespace that it is about.
    package struct Offered: Sendable {
        package let namespace: Namespace
        package let offer: NamespaceOffer
    }

    /// Offers a namespace to somebody; it changes hands some time after the receiver accepted.
    ///
    /// A second offer takes the place of the first, unless that was accepted: it has to be taken back then.
    package func offer(
        _ ecosystem: EcosystemID, name raw: String, to user: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, raw, by: principal) { [policy] scope, namespace in
            let person = try scope.person(user)
            try scope.requireGiver(namespace)
            guard person.id != namespace.ownerID || namespace.organizationID != nil else {
                throw Problem(.conflict, "'\(namespace.name)' is \(person.name)'s already.")
            }
            if let other = try scope.store.offer(namespace.id), let date = other.effectiveAt {
                throw Problem(
                    .conflict,
                    "'\(namespace.name)' goes to \(other.to) on \(date.rfc3339(.seconds)). Take that back first.")
            }
            let offer = NamespaceOffer(
                namespaceID: namespace.id, fromID: namespace.ownerID, from: namespace.owner, toID: person.id,
                to: person.name, offeredAt: scope.at,
                expiresAt: scope.at.advanced(bySeconds: policy.offerDays * 86_400))
            try scope.store.putOffer(offer)
            try scope.record("namespace.offered", namespace, [("to", .string(person.name))], visibility: .private)
            try scope.tell(.transferOffered, offer, of: namespace)
        }
    }

    /// The offers that wait for the principal's answer, or for their time.
    package func offers(to principal: Principal) async throws -> [Offered] {
        let at = core.clock.now()
        return try await core.driver.read { connection in
            let store = NamespaceStore(connection)
            return try store.offers(to: principal.userID, limit: 1000)
                .filter { $0.expiresAt > at || $0.acceptedAt != nil }.compactMap { offer in
                    try store.find(id: offer.namespaceID).map { Offered(namespace: $0, offer: offer) }
                }
        }
    }

    /// Accepts what was offered; it changes hands when the waiting time is over, at once where there is none.
    ///
    /// Accepting again answers as the first time.
    /// - Throws: ``Problem/Code/notFound`` where nothing is offered to the principal.
    package func accept(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws -> Offered {
        let name = try core.format(ecosystem).namespace(raw)
        let at = core.clock.now()
        return try await write(principal, at) { [core] scope in
            try scope.authorize(ecosystem)
            try scope.rules.requirePerson(principal)
            guard let namespace = try scope.effective(ecosystem, name.key),
                var offer = try scope.store.offer(namespace.id), offer.toID == principal.userID,
                offer.fromID == namespace.ownerID
            else { throw Self.nothingOffered(name) }
            guard offer.acceptedAt == nil else { return Offered(namespace: namespace, offer: offer) }
            guard offer.expiresAt > at else { throw Self.nothingOffered(name) }
            let effective = at.advanced(bySeconds: core.policy.transferWaitSeconds)
            offer.acceptedAt = at
            offer.effectiveAt = effective
            try scope.store.putOffer(offer)
            try scope.record(
                "namespace.transfer-accepted", namespace,
                [("to", .string(offer.to)), ("effective", .string(effective.rfc3339(.seconds)))])
            try scope.tell(.transferAccepted, offer, of: namespace)
            guard effective <= at else { return Offered(namespace: namespace, offer: offer) }
            return Offered(namespace: try handOver(namespace, offer, scope), offer: offer)
        }
    }

    /// Ends an offer, also one that was accepted and has not taken effect: the receiver declines it, an owner or an
    /// administrator takes it back.
    package func endOffer(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws {
        let name = try core.format(ecosystem).namespace(raw)
        try await write(principal, core.clock.now()) { scope in
            try scope.authorize(ecosystem)
            guard let namespace = try scope.effective(ecosystem, name.key),
                let offer = try scope.store.offer(namespace.id)
            else { throw Self.nothingOffered(name) }
            let isReceiver = offer.toID == principal.userID
            guard try isReceiver || scope.isOwner(of: namespace) else { throw Self.nothingOffered(name) }
            try scope.store.removeOffer(namespace.id)
            try scope.record(
                isReceiver ? "namespace.offer-declined" : "namespace.offer-cancelled", namespace,
                [("to", .string(offer.to))], visibility: offer.acceptedAt == nil ? .private : .public)
            try scope.tell(.transferEnded, offer, of: namespace)
        }
    }

    /// Makes the accepted offers effective whose waiting time is over.
    /// - Returns: How many namespaces changed hands.
    package func completeTransfers() async throws -> Int {
        var count = 0
        while !Task.isCancelled {
            let at = core.clock.now()
            let (due, moved) = try await write(Self.keeper, at) { scope in
                let due = try scope.store.dueOffers(at: at, limit: 20)
                return (due.count, try due.count { try complete($0, scope) })
            }
            count += moved
            if due == 0 { break }
        }
        return count
    }

    /// Hands over what is still the giver's; otherwise the offer has lost its meaning.
    private func complete(_ offer: NamespaceOffer, _ scope: NamespaceScope) throws -> Bool {
        guard let namespace = try scope.store.find(id: offer.namespaceID), namespace.isVerified,
            namespace.ownerID == offer.fromID
        else {
            try scope.store.removeOffer(offer.namespaceID)
            return false
        }
        _ = try handOver(namespace, offer, scope)
        return true
    }

    /// Makes a namespace the receiver's; the one who had it keeps no role on it.
    private func handOver(
        _ namespace: Namespace, _ offer: NamespaceOffer, _ scope: NamespaceScope
    ) throws -> Namespace {
        // Told before: afterwards it has other owners.
        try scope.tell(.transferCompleted, offer, of: namespace)
        // Their own claim of the same name has nothing left to say.
        if let claim = try scope.store.find(namespace.ecosystem, key: namespace.key, ownerID: offer.toID),
            claim.id != namespace.id
        {
            try scope.store.delete(claim.id)
        }
        let former = namespace
        var namespace = namespace
        namespace.ownerID = offer.toID
        namespace.owner = offer.to
        namespace.organizationID = nil
        try scope.store.update(namespace)
        try scope.store.removeOffer(namespace.id)
        try scope.store.removeMember(namespace.id, userID: offer.fromID)
        try scope.store.setMember(namespace.id, userID: offer.toID, role: .owner, at: scope.at)
        try scope.record("namespace.transferred", namespace, [("from", .string(former.owner))])
        return namespace
    }

    private static func nothingOffered(_ name: ProjectName) -> Problem {
        Problem(.notFound, "There is no offer of the namespace '\(name.display)' for you here.")
    }
}

extension NamespaceScope {
    /// Tells both sides of a transfer.
    fileprivate func tell(_ kind: Notice.Kind, _ offer: NamespaceOffer, of namespace: Namespace) throws {
        var details = [
            "namespace": "\(namespace.ecosystem) \(namespace.name)", "from": namespace.owner, "to": offer.to,
            "by": principal.userName,
        ]
        details["effective"] = offer.effectiveAt?.rfc3339(.seconds)
        let owners = try Roles(core: core, connection: connection).ownerIDs(namespace)
        for userID in Set(owners + [offer.toID]).sorted() {
            try core.notices.post(Notice(kind, details), to: userID, on: connection)
        }
    }
}
