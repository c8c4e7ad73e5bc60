import Formats
import Persistence
package import RegistryModel

extension Namespaces {
    /// An offer with the namespace that it is about.
    package struct Offered: Sendable {
        package let namespace: Namespace
        package let offer: NamespaceOffer
    }

    /// Offers a namespace to somebody; it changes hands when the receiver accepts within its time.
    ///
    /// A second offer takes the place of the first.
    package func offer(
        _ ecosystem: EcosystemID, name raw: String, to user: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, raw, by: principal) { [policy] scope, namespace in
            let person = try scope.person(user)
            try scope.requireGiver(namespace)
            guard person.id != namespace.ownerID || namespace.organizationID != nil else {
                throw Problem(.conflict, "'\(namespace.name)' is \(person.name)'s already.")
            }
            let offer = NamespaceOffer(
                namespaceID: namespace.id, fromID: namespace.ownerID, from: namespace.owner, toID: person.id,
                to: person.name, offeredAt: scope.at,
                expiresAt: scope.at.advanced(bySeconds: policy.offerDays * 86_400))
            try scope.store.putOffer(offer)
            try scope.record("namespace.offered", namespace, [("to", .string(person.name))], visibility: .private)
        }
    }

    /// The offers that wait for the principal's answer.
    package func offers(to principal: Principal) async throws -> [Offered] {
        let at = core.clock.now()
        return try await core.driver.read { connection in
            let store = NamespaceStore(connection)
            return try store.offers(to: principal.userID, limit: 1000).filter { $0.expiresAt > at }.compactMap {
                offer in
                try store.find(id: offer.namespaceID).map { Offered(namespace: $0, offer: offer) }
            }
        }
    }

    /// Takes over what was offered; the one who had it keeps no role on it.
    /// - Throws: ``Problem/Code/notFound`` where nothing is offered to the principal.
    package func accept(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws -> Namespace {
        let name = try core.format(ecosystem).namespace(raw)
        let at = core.clock.now()
        return try await write(principal, at) { scope in
            try scope.authorize(ecosystem)
            try scope.rules.requirePerson(principal)
            guard var namespace = try scope.effective(ecosystem, name.key),
                let offer = try scope.store.offer(namespace.id), offer.toID == principal.userID, offer.expiresAt > at,
                offer.fromID == namespace.ownerID
            else { throw Self.nothingOffered(name) }
            // Their own claim of the same name has nothing left to say.
            if let claim = try scope.store.find(ecosystem, key: name.key, ownerID: principal.userID) {
                try scope.store.delete(claim.id)
            }
            namespace.ownerID = principal.userID
            namespace.owner = principal.userName
            namespace.organizationID = nil
            try scope.store.update(namespace)
            try scope.store.removeOffer(namespace.id)
            try scope.store.removeMember(namespace.id, userID: offer.fromID)
            try scope.store.setMember(namespace.id, userID: principal.userID, role: .owner, at: at)
            try scope.record("namespace.transferred", namespace, [("from", .string(offer.from))])
            return namespace
        }
    }

    /// Ends an offer: the receiver declines it, an owner takes it back.
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
                [("to", .string(offer.to))], visibility: .private)
        }
    }

    private static func nothingOffered(_ name: ProjectName) -> Problem {
        Problem(.notFound, "There is no offer of the namespace '\(name.display)' for you here.")
    }
}
