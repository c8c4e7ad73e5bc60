import Persistence
package import RegistryModel

/// An account's addresses: several, one of them primary (AUTHN-1.1).
package struct Addresses: Sendable {
    private let core: AccountCore
    private let limits: AttemptLimits
    private let sessions: Sessions

    /// Works on the core's database.
    package init(core: AccountCore, limits: AttemptLimits) {
        self.core = core
        self.limits = limits
        sessions = Sessions(core: core)
    }

    private var links: Links { Links(core: core) }

    /// How many an account may have.
    package static let maximum = 10

    /// The account's addresses, the primary one first.
    package func list(of principal: Principal) async throws -> [AddressRecord] {
        try await core.driver.read { try AddressStore($0).list(userID: principal.userID) }
    }

    /// Adds an address and mails it a link; the confirmed ones are told.
    ///
    /// Needs a fresh proof.
    ///
    /// Nothing says whether another account has the address; its holder is not told either, as nothing happened to it.
    package func add(_ address: String, by session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        let text = try AddressText(address)
        try await limits.check(.recovery, account: "address \(principal.userID)", visitor: visitor)
        let record = AddressRecord(
            id: core.ids.next(), userID: principal.userID, address: text.text, domain: text.domain, isPrimary: false,
            createdAt: core.clock.now(), verifiedAt: nil)
        do {
            try await core.driver.write { connection in
                let store = AddressStore(connection)
                guard try store.list(userID: principal.userID).count < Self.maximum else {
                    throw Problem(.conflict, "An account has at most \(Self.maximum) addresses. Remove one first.")
                }
                try store.insert(record, key: text.key)
                try core.notices.post(
                    Notice(.addressAdded, ["address": text.text], origin: visitor.origin), to: principal.userID,
                    on: connection)
                try sendLink(record, userName: principal.userName, visitor, on: connection)
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.conflict, "Your account has this address already.")
        }
    }

    /// Mails the link again; the one before ends.
    package func sendAgain(_ id: Int64, by session: Session, visitor: Visitor) async throws {
        let principal = try session.requirePrincipal()
        try await limits.check(.recovery, account: "address \(principal.userID)", visitor: visitor)
        try await core.driver.write { connection in
            let record = try own(id, principal, on: connection)
            guard record.verifiedAt == nil else { throw Problem(.conflict, "This address is confirmed already.") }
            try sendLink(record, userName: principal.userName, visitor, on: connection)
        }
    }

    /// Confirms an address by its link, which works once and for 24 hours; who follows it need not be signed in.
    ///
    /// The account's other addresses are told. Throws ``Problem/Code/linkInvalid``, also where another account has
    /// confirmed the address meanwhile.
    /// - Returns: The address.
    package func confirm(link secret: String) async throws -> String {
        do {
            return try await core.driver.write { connection in
                let link = try links.find(secret, [.confirmAddress], on: connection)
                try links.use(link, on: connection)
                let store = AddressStore(connection)
                guard let id = Int64(link.subject), let record = try store.find(id), record.userID == link.userID,
                    try store.confirm(id, at: core.clock.now())
                else { throw Links.invalid }
                if try store.list(userID: record.userID).allSatisfy({ !$0.isPrimary }) { try store.makePrimary(record) }
                try core.notices.post(
                    Notice(.addressConfirmed, ["address": record.address]), to: record.userID, on: connection)
                return record.address
            }
        } catch SQLFault.uniqueViolation {
            throw Links.invalid
        }
    }

    /// The address that a link is to confirm.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func address(link secret: String) async throws -> String {
        try await core.driver.read { connection in
            let link = try links.find(secret, [.confirmAddress], on: connection)
            guard let id = Int64(link.subject), let record = try AddressStore(connection).find(id) else {
                throw Links.invalid
            }
            return record.address
        }
    }

    /// Makes a confirmed address the primary one.
    ///
    /// Needs a fresh proof.
    package func makePrimary(_ id: Int64, by session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            let record = try own(id, principal, on: connection)
            guard record.verifiedAt != nil else {
                throw Problem(.addressUnconfirmed, "Confirm this address before you make it the primary one.")
            }
            try AddressStore(connection).makePrimary(record)
            try core.notices.post(
                Notice(.primaryAddressChanged, ["address": record.address], origin: visitor.origin),
                to: principal.userID, on: connection)
        }
    }

    /// Removes an address; never the primary one, nor the last confirmed one.
    ///
    /// It is told too. Needs a fresh proof.
    package func remove(_ id: Int64, by session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            let record = try own(id, principal, on: connection)
            guard !record.isPrimary else {
                throw Problem(.conflict, "Make another address the primary one first.")
            }
            // Told before it goes, so that the mail still reaches it.
            try core.notices.post(
                Notice(.addressRemoved, ["address": record.address], origin: visitor.origin), to: principal.userID,
                on: connection)
            try AccountLinkStore(connection).end(
                purpose: .confirmAddress, subject: String(record.id), at: core.clock.now())
            try AddressStore(connection).remove(record.id)
        }
    }

    /// Mails the link that confirms an address, inside a transaction.
    func sendLink(
        _ record: AddressRecord, userName: String, _ visitor: Visitor, on connection: any SQLConnection
    ) throws {
        let expiresAt = links.end(.confirmAddress)
        try AccountLinkStore(connection).end(
            purpose: .confirmAddress, subject: String(record.id), at: core.clock.now())
        let link = try links.make(
            .confirmAddress, userID: record.userID, subject: String(record.id), expiresAt: expiresAt, on: connection)
        try core.notices.send(
            LinkMail(
                .confirmAddress, link: link, expiresAt: expiresAt, userName: userName, origin: visitor.origin),
            to: record.address, userID: record.userID, on: connection)
    }

    private func own(_ id: Int64, _ principal: Principal, on connection: any SQLConnection) throws -> AddressRecord {
        guard let record = try AddressStore(connection).find(id), record.userID == principal.userID else {
            throw Problem(.notFound, "You have no such address.")
        }
        return record
    }
}
