import Persistence
package import RegistryModel

extension Recovery {
    /// The recoveries that are not over, for administrators, moderators and auditors.
    package func list(by principal: Principal) async throws -> [Entry] {
        guard principal.isAdministrator || principal.isModerator || principal.isAuditor else {
            throw Problem(.forbidden, "Only administrators, moderators and auditors see recoveries.")
        }
        return try await core.driver.read { try RecoveryStore($0).running() }
            .map { Entry(record: $0.record, userName: $0.userName) }
    }

    /// Approves a recovery.
    ///
    /// Two different people do, one of them an administrator, and at most one on the command line.
    ///
    /// Who uses a page must have proven a factor lately; the caller asks ``Sessions/requireFresh(_:)``.
    /// Throws ``Problem/Code/forbidden``, ``Problem/Code/recoveryRefused`` and ``Problem/Code/notFound``.
    package func approve(_ id: Int64, by principal: Principal) async throws {
        try await core.driver.write { connection in
            let approver = try approver(principal, on: connection)
            let record = try requested(id, on: connection)
            guard record.userID != approver.id else {
                throw Problem(.recoveryRefused, "Nobody approves the recovery of their own account.")
            }
            let store = RecoveryStore(connection)
            let now = core.clock.now()
            let approval = RecoveryRecord.Approval(userID: approver.id, at: now, via: principal.kind.rawValue)
            if let first = record.first {
                try check(first, approver, principal, on: connection)
                let opensAt = now.advanced(bySeconds: policy.waitSeconds)
                try store.approveSecond(
                    id, approval, opensAt: opensAt, closesAt: opensAt.advanced(bySeconds: RecoveryPolicy.openSeconds))
                try core.notices.post(
                    Notice(.recoveryApproved, ["opens": opensAt.rfc3339(.seconds)]), to: record.userID, on: connection)
            } else {
                try store.approveFirst(id, approval)
            }
            let name = try UserStore(connection).find(id: record.userID)?.name ?? ""
            try insertEvent("recovery.approved", name, record, actor: approver.name, principal.kind, on: connection)
        }
    }

    /// Refuses a recovery.
    package func refuse(_ id: Int64, by principal: Principal) async throws {
        try await core.driver.write { connection in
            let approver = try approver(principal, on: connection)
            guard let record = try RecoveryStore(connection).find(id),
                try end(record, .refused, by: approver.name, via: principal.kind, on: connection)
            else { throw Self.unknown }
        }
    }

    /// Opens what has waited long enough and ends what nobody finished; the house calls it every minute.
    package func advance() async throws {
        let all = try await core.driver.read { try RecoveryStore($0).running() }
        let now = core.clock.now()
        for entry in all {
            if entry.record.closesAt <= now {
                try await core.driver.write { connection in
                    _ = try end(entry.record, .expired, via: .commandLine, on: connection)
                }
            } else if entry.record.state == .waiting, let opensAt = entry.record.opensAt, opensAt <= now {
                try await core.driver.write { try open(entry.record, on: $0) }
            }
        }
    }

    private func open(_ record: RecoveryRecord, on connection: any SQLConnection) throws {
        guard try RecoveryStore(connection).move(record.id, from: [.waiting], to: .open, endedAt: nil),
            let found = try AccountStore(connection).signIn(userID: record.userID), found.isActive
        else { return }
        try send(
            .completeRecovery, .completeRecovery, found, String(record.id), record.closesAt, origin: nil, on: connection
        )
        try insertEvent("recovery.opened", found.userName, record, actor: "operator", .commandLine, on: connection)
    }

    private func check(
        _ first: RecoveryRecord.Approval, _ approver: UserRecord, _ principal: Principal,
        on connection: any SQLConnection
    ) throws {
        guard first.userID != approver.id else {
            throw Problem(.recoveryRefused, "A second person must approve it.")
        }
        guard first.via != Principal.Kind.commandLine.rawValue || principal.kind != .commandLine else {
            throw Problem(
                .recoveryRefused,
                "One approval was given on the command line; the second person approves on the page, signed in.")
        }
        let isFirstAdministrator = try UserStore(connection).find(id: first.userID)?.isAdministrator ?? false
        guard isFirstAdministrator || approver.isAdministrator else {
            throw Problem(.recoveryRefused, "One of the two must be an administrator.")
        }
    }

    /// The person behind a principal who may approve.
    private func approver(_ principal: Principal, on connection: any SQLConnection) throws -> UserRecord {
        guard principal.kind == .session || principal.kind == .commandLine,
            let user = try UserStore(connection).find(id: principal.userID), user.state == .active,
            user.isAdministrator || user.isModerator
        else {
            throw Problem(
                .forbidden,
                "Administrators and moderators approve recoveries, in person: name yourself on the command line.")
        }
        guard principal.kind == .commandLine || principal.factors.isMultiple || core.policy.secondFactor == .optional
        else {
            throw Problem(.secondFactorRequired, "Approving a recovery needs a second factor.")
        }
        return user
    }

    private func requested(_ id: Int64, on connection: any SQLConnection) throws -> RecoveryRecord {
        guard let record = try RecoveryStore(connection).find(id) else { throw Self.unknown }
        guard record.state == .requested, record.closesAt > core.clock.now() else {
            throw Problem(.recoveryRefused, "This recovery waits for no approval.")
        }
        return record
    }

    private static let unknown = Problem(.notFound, "There is no such recovery that runs.")
}
