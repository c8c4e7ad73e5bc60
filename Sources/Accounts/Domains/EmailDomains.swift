package import Logging
import Persistence
package import RegistryModel

/// Looks whether somebody still keeps the domains of confirmed addresses (AUTHN-2.1).
///
/// Whoever registers a domain that its owner gave up reads the mail of everybody who had an address there. So a domain to
/// which no mail can go for two weeks, or whose registration is younger than an address's confirmation, takes the
/// confirmation away: the address recovers nothing, and no notice goes there any more. A lookup that fails says nothing.
package struct EmailDomains: Sendable {
    private let core: AccountCore
    private let routes: any MailRouteResolver
    private let registrations: (any DomainRegistrations)?
    private let policy: EmailDomainPolicy
    private let logger: Logger

    private static let leaseSeconds: Int64 = 3600
    private static let width: Int64 = 4
    /// How many addresses lose their confirmation in one transaction.
    private static let batch: Int64 = 100

    /// Asks `routes` and, where it is not nil, `registrations`.
    package init(
        core: AccountCore, routes: any MailRouteResolver, registrations: (any DomainRegistrations)?,
        policy: EmailDomainPolicy = EmailDomainPolicy(), logger: Logger
    ) {
        self.core = core
        self.routes = routes
        self.registrations = registrations
        self.policy = policy
        self.logger = logger
    }

    /// What a round of checks came to.
    package struct Round: Hashable, Sendable {
        package var checked = 0
        package var failing = 0
        package var abandoned = 0
        /// Addresses that lost their confirmation.
        package var addresses = 0

        /// Nothing yet.
        package init() {}
    }

    /// Looks at all domains that are due.
    package func checkDue() async throws -> Round {
        var round = Round()
        let start = core.clock.now()
        try await core.driver.write { connection in
            let store = EmailDomainStore(connection)
            try store.insertMissing(at: start)
            try store.removeUnused()
        }
        while !Task.isCancelled {
            let due = try await core.driver.write {
                try EmailDomainStore($0).take(
                    Self.width, at: start, until: start.advanced(bySeconds: Self.leaseSeconds))
            }
            guard !due.isEmpty else { break }
            try await withThrowingTaskGroup(of: (EmailDomain, Int).self) { group in
                for row in due { group.addTask { try await look(at: row) } }
                for try await (row, addresses) in group { round.add(row, addresses) }
            }
        }
        return round
    }

    /// Looks at one domain now, whether it is due or not.
    ///
    /// Throws ``Problem/Code/forbidden`` for who is no administrator, ``Problem/Code/notFound``.
    package func check(_ domain: String, by principal: Principal) async throws -> EmailDomain {
        guard principal.isAdministrator else { throw Self.forbidden }
        let now = core.clock.now()
        // An address may have been confirmed since the last round.
        try await core.driver.write { try EmailDomainStore($0).insertMissing(at: now) }
        return try await look(at: try await find(domain, by: principal)).0
    }

    private func look(at row: EmailDomain) async throws -> (EmailDomain, Int) {
        let verdict = EmailDomainVerdict(
            row, await finding(row.domain), await registration(of: row.domain), now: core.clock.now(), policy: policy)
        // Addresses first: a process that ends in between finds the row as it was, and does all of it again.
        var lost = 0
        if let until = verdict.abandonedUntil, let reason = verdict.reason {
            lost = try await unconfirm(row.domain, until: until, reason: reason)
        }
        let wasAbandoned = row.state == .abandoned || lost > 0
        let now = core.clock.now()
        let found = try await core.driver.write { connection in
            let store = EmailDomainStore(connection)
            var found = verdict.row
            // An abandoned domain counts again once somebody has confirmed an address there again.
            if wasAbandoned, found.state == .ok,
                try store.confirmedAddresses(at: found.domain, until: now, limit: 1).isEmpty
            {
                found.state = .abandoned
                found.lastError = row.lastError ?? "registered anew"
                found.nextCheckAt = now.advanced(bySeconds: policy.retrySeconds)
            }
            try store.update(found)
            return found
        }
        return (found, lost)
    }

    private func finding(_ domain: String) async -> EmailDomainVerdict.Finding {
        do {
            return .route(try await routes.mailRoute(of: domain))
        } catch {
            return .unknown("the domain name system could not be asked: \(error)")
        }
    }

    private func registration(of domain: String) async -> DomainRegistration? {
        guard let registrations else { return nil }
        do {
            return try await registrations.registration(of: domain)
        } catch {
            logger.info("The registration of a domain could not be asked for.", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Takes the confirmation from addresses, and tells their owners at the others that they have.
    private func unconfirm(_ domain: String, until time: Timestamp, reason: String) async throws -> Int {
        var total = 0
        while true {
            let count = try await core.driver.write { connection in
                let store = EmailDomainStore(connection)
                let found = try store.confirmedAddresses(at: domain, until: time, limit: Self.batch)
                for address in found { try store.unconfirm(address.id) }
                for address in found {
                    let notice = Notice(.addressAbandoned, ["address": address.address, "reason": reason])
                    try core.notices.post(notice, to: address.userID, on: connection)
                }
                if !found.isEmpty {
                    let details: [(String, JSONValue)] = [
                        ("reason", .string(reason)), ("addresses", .integer(Int64(found.count))),
                    ]
                    try insertEvent("email-domain.abandoned", domain, actor: "hallmark", details, on: connection)
                }
                return found.count
            }
            total += count
            guard count == Self.batch else { break }
        }
        if total > 0 {
            logger.warning(
                "A domain of email addresses was abandoned, or has a new owner; its addresses count no longer.",
                metadata: ["domain": "\(domain)", "reason": "\(reason)", "addresses": "\(total)"])
        }
        return total
    }

    private func insertEvent(
        _ kind: String, _ domain: String, actor: String, via: Principal.Kind = .commandLine,
        _ details: [(String, JSONValue)],
        on connection: any SQLConnection
    ) throws {
        let event = Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: actor, via: via, projectID: nil,
            visibility: .private, details: [("domain", .string(domain))] + details)
        try EventStore(connection).insert(event)
    }
}

extension EmailDomains {
    /// The domains whose names come after `name`, for administrators and auditors.
    ///
    /// Throws ``Problem/Code/forbidden``.
    package func list(
        after name: String = "", state: EmailDomain.State? = nil, limit: Int = 100, by principal: Principal
    ) async throws -> [EmailDomain] {
        guard principal.isAdministrator || principal.isAuditor else { throw Self.forbidden }
        return try await core.driver.read {
            try EmailDomainStore($0).list(after: name, state: state, limit: Int64(min(max(limit, 1), 1000)))
        }
    }

    /// Says that a domain is in order, and has it looked at again as if it were new; its addresses stay unconfirmed until
    /// their owners confirm them.
    ///
    /// Throws ``Problem/Code/forbidden`` for who is no administrator, ``Problem/Code/notFound``.
    package func reset(_ domain: String, by principal: Principal) async throws -> EmailDomain {
        var row = try await find(domain, by: principal)
        let now = core.clock.now()
        row.state = .ok
        row.failingSince = nil
        row.lastError = nil
        row.nextCheckAt = now.advanced(bySeconds: policy.retrySeconds)
        let changed = row
        try await core.driver.write { connection in
            try EmailDomainStore(connection).update(changed)
            try insertEvent(
                "email-domain.reset", changed.domain, actor: principal.userName, via: principal.kind, [], on: connection
            )
        }
        return changed
    }

    private func find(_ domain: String, by principal: Principal) async throws -> EmailDomain {
        guard principal.isAdministrator else { throw Self.forbidden }
        guard let row = try await core.driver.read({ try EmailDomainStore($0).find(domain.lowercased()) }) else {
            throw Problem(.notFound, "No confirmed address is at that domain.")
        }
        return row
    }

    private static var forbidden: Problem {
        Problem(.forbidden, "Only administrators see and change the domains of email addresses.")
    }
}

extension EmailDomains.Round {
    fileprivate mutating func add(_ row: EmailDomain, _ addresses: Int) {
        checked += 1
        failing += row.state == .failing ? 1 : 0
        abandoned += row.state == .abandoned ? 1 : 0
        self.addresses += addresses
    }
}
