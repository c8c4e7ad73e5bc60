import Accounts
import Formats
import Persistence
package import RegistryModel

/// Projects that change hands, with the consent of both sides (PACKAGIST-2).
///
/// What is critical, or lies in a namespace that somebody vouches for, waits after both have agreed, and either can end it
/// meanwhile.
package struct ProjectTransfers: Sendable {
    private let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// Offers a project to a user or an organization; another offer takes the place of the first.
    /// - Throws: ``Problem/Code/userUnknown`` where neither has that name.
    package func offer(
        _ ecosystem: EcosystemID, name: String, to receiver: String, by principal: Principal
    ) async throws -> ProjectTransfer {
        try await core.change(ecosystem, name, by: principal) { [core] scope in
            try scope.authorize(.manage)
            try scope.requireGiver()
            guard principal.userID != 0 else {
                throw Problem(.forbidden, "Only an owner offers a project. Give roles on the command line instead.")
            }
            let (target, label) = try scope.receiver(receiver)
            let transfer = ProjectTransfer(
                projectID: scope.project.id, ecosystem: ecosystem, project: scope.project.name.display,
                fromID: principal.userID, from: principal.userName, receiver: target, to: label, offeredAt: scope.at,
                expiresAt: scope.at.advanced(bySeconds: core.policy.invitationSeconds))
            try TransferStore(scope.connection).put(transfer)
            try scope.note("project.transfer-offered", [("to", .string(label))])
            try scope.tell(.transferOffered, transfer)
            return transfer
        }
    }

    /// Accepts what was offered; it changes hands at once, or when the waiting time is over.
    ///
    /// Accepting again answers as the first time.
    /// - Throws: ``Problem/Code/notFound`` where nothing is offered to the principal.
    package func accept(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> ProjectTransfer {
        try await core.change(ecosystem, name, by: principal) { [core] scope in
            let store = TransferStore(scope.connection)
            guard var transfer = try store.find(scope.project.id), try scope.isReceiver(transfer) else {
                // Who may not see the project is told no more than that.
                try scope.authorize(.read)
                throw Self.nothing(scope.project)
            }
            try ActingRules(core, scope.connection, at: scope.at).requireOneself(principal)
            guard transfer.acceptedAt == nil else { return transfer }
            guard transfer.expiresAt > scope.at else { throw Self.nothing(scope.project) }
            try ActingRules(core, scope.connection, at: scope.at).requireActor(principal, on: scope.project)
            try scope.requireMeant(transfer)
            let wait = try scope.waits ? core.policy.transferWaitSeconds : 0
            let effective = scope.at.advanced(bySeconds: wait)
            transfer.acceptedBy = principal.userID
            transfer.acceptedAt = scope.at
            transfer.effectiveAt = effective
            if wait > 0 {
                try store.put(transfer)
                try scope.finish(
                    "project.transfer-accepted",
                    [("to", .string(transfer.to)), ("effective", .string(effective.rfc3339(.seconds)))])
                try scope.tell(.transferAccepted, transfer)
            } else {
                try scope.handOver(transfer)
            }
            return transfer
        }
    }

    /// Ends a transfer, also one that was accepted and has not taken effect: the receiver declines it, an owner or an
    /// administrator takes it back.
    package func end(_ ecosystem: EcosystemID, name: String, by principal: Principal) async throws {
        try await core.change(ecosystem, name, by: principal) { scope in
            let found = try TransferStore(scope.connection).find(scope.project.id)
            let isReceiver = try found.map(scope.isReceiver) == true && principal.managesEverywhere
            if !isReceiver { try scope.authorize(.manage) }
            guard let transfer = found else { throw Self.nothing(scope.project) }
            try TransferStore(scope.connection).remove(scope.project.id)
            try scope.note(
                isReceiver ? "project.transfer-declined" : "project.transfer-cancelled",
                [("to", .string(transfer.to))])
            try scope.tell(.transferEnded, transfer)
        }
    }

    /// The transfer of a project, for both sides; nil where none is on its way.
    package func find(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> ProjectTransfer? {
        let coordinates = try core.coordinates(ecosystem, name)
        let format = try core.format(ecosystem)
        let at = core.clock.now()
        return try await core.driver.read { [core] connection in
            guard let project = try ProjectStore(connection).find(coordinates) else {
                throw RegistryCore.notFound(ecosystem, name)
            }
            let scope = ChangeScope(
                core: core, connection: connection, project: project, format: format, principal: principal, at: at)
            let transfer = try TransferStore(connection).find(project.id)
            if let transfer, try scope.isReceiver(transfer) { return transfer.isOpen(at: at) ? transfer : nil }
            try scope.authorize(.read)
            guard principal.mayUse(.manage, ecosystem: ecosystem, nameKey: project.name.key) else {
                throw Problem(
                    .insufficientScope, "This token of \(principal.userName) does not cover 'manage' here.")
            }
            guard
                try principal.isAdministrator || principal.isAuditor
                    || Roles(core: core, connection: connection).role(project, principal) == .owner
            else { throw Problem(.notOwner, "\(principal.userName) is not an owner of '\(project.name.display)'.") }
            return transfer?.isOpen(at: at) == true ? transfer : nil
        }
    }

    /// What is on its way to the principal and their organizations, and from the principal.
    package func list(by principal: Principal) async throws -> [ProjectTransfer] {
        let now = core.clock.now()
        return try await core.driver.read { connection in
            let store = TransferStore(connection)
            var found = try store.list(to: .user(principal.userID), limit: 200)
            let organizations = try OrganizationStore(connection).list(userID: principal.userID, limit: 200)
            for (organization, role) in organizations where role == .owner {
                found += try store.list(to: .organization(organization.id), limit: 200)
            }
            found += try store.list(from: principal.userID, limit: 200)
            let unique = Dictionary(found.map { ($0.projectID, $0) }) { first, _ in first }
            return unique.values.filter { $0.isOpen(at: now) }.sorted {
                ($1.offeredAt, $1.projectID) < ($0.offeredAt, $0.projectID)
            }
        }
    }

    /// Makes the accepted transfers effective whose waiting time is over, and lets go what nobody accepted.
    /// - Returns: How many projects changed hands.
    package func completeDue() async throws -> Int {
        var count = 0
        while !Task.isCancelled {
            let at = core.clock.now()
            let (due, moved) = try await core.driver.write { [core] connection -> (Int, [ProjectCoordinates]) in
                let store = TransferStore(connection)
                _ = try store.expire(at: at)
                let due = try store.due(at: at, limit: 20)
                return (due.count, try due.compactMap { try Self.complete($0, core, connection, at) })
            }
            for coordinates in moved { core.changed(coordinates) }
            count += moved.count
            if due == 0 { break }
        }
        return count
    }

    /// Hands over what still is the giver's to give; otherwise the transfer has lost its meaning.
    private static func complete(
        _ transfer: ProjectTransfer, _ core: RegistryCore, _ connection: any SQLConnection, _ at: Timestamp
    ) throws -> ProjectCoordinates? {
        guard let project = try ProjectStore(connection).find(id: transfer.projectID),
            let format = core.formats[project.ecosystem]
        else {
            try TransferStore(connection).remove(transfer.projectID)
            return nil
        }
        let scope = ChangeScope(
            core: core, connection: connection, project: project, format: format, principal: keeper, at: at)
        guard try scope.isMeant(transfer) else {
            try TransferStore(connection).remove(project.id)
            try scope.note("project.transfer-lapsed", [("to", .string(transfer.to))])
            try scope.tell(.transferEnded, transfer)
            return nil
        }
        try scope.handOver(transfer)
        return project.coordinates
    }

    /// Who does what nobody asked for.
    static let keeper = Principal(
        userID: 0, userName: "hallmark", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    private static func nothing(_ project: Project) -> Problem {
        Problem(.notFound, "There is no transfer of '\(project.name.display)' for you here.")
    }
}

extension ProjectTransfer {
    /// Whether it waits for an answer, or for its time.
    fileprivate func isOpen(at now: Timestamp) -> Bool { acceptedAt != nil || expiresAt > now }
}
