package import Accounts
import Persistence
package import RegistryModel

/// Projects on which much depends (AUTHN-2.3): found once a day, or marked by hand.
package struct CriticalProjects: Sendable {
    private let core: RegistryCore

    /// How many days of downloads count.
    static let days: Int64 = 90
    /// How many projects one instance has as critical at most, for each reason.
    static let limit = 10_000
    /// How many are written in one transaction.
    private static let batch = 100
    private static let dayOfLastRun = "critical-projects-computed"

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// What a run changed.
    package struct Round: Hashable, Sendable {
        package var added: Int
        package var removed: Int

        /// Collects a round.
        package init(added: Int = 0, removed: Int = 0) {
            self.added = added
            self.removed = removed
        }
    }

    /// All critical projects that the reader may see, those that have been it longest first.
    package func list(for reader: Reader) async throws -> [Project] {
        try await core.driver.read { [core] connection in
            try Catalog(core: core).visible(CriticalStore(connection).list(limit: Self.limit), to: reader, connection)
        }
    }

    /// Says that a project is critical, as a moderator or administrator; enforced after the grace period, or `atOnce`.
    package func mark(
        _ ecosystem: EcosystemID, name: String, atOnce: Bool = false, by principal: Principal
    ) async throws {
        try await change(ecosystem, name: name, by: principal) { scope in
            let grace = atOnce ? 0 : scope.core.policy.criticalGraceSeconds
            let old = scope.project.critical
            let enforcedAt = scope.at.advanced(bySeconds: grace)
            let critical = Criticality(
                since: old?.since ?? scope.at, reason: .marked,
                enforcedAt: min(old?.enforcedAt ?? enforcedAt, enforcedAt))
            guard old != critical else { return }
            try scope.set(critical)
        }
    }

    /// Takes a mark back; what counts by its downloads or dependents stays critical.
    package func unmark(_ ecosystem: EcosystemID, name: String, by principal: Principal) async throws {
        try await change(ecosystem, name: name, by: principal) { scope in
            guard let critical = scope.project.critical else { return }
            guard critical.reason == .marked else {
                throw Problem(
                    .conflict,
                    "'\(scope.project.name.display)' is critical for its \(critical.reason.rawValue), which a mark does not "
                        + "change.")
            }
            try scope.set(nil)
        }
    }

    /// Finds out again unless that was done within the last day; for the server, which asks more often.
    package func recomputeDaily() async throws -> Round? {
        let today = core.clock.now().microseconds / 86_400_000_000
        let isDone = try await core.driver.write { connection in
            let settings = SettingStore(connection)
            let text = String(today)
            if try settings.find(Self.dayOfLastRun) == Array(text.utf8) { return true }
            try settings.put(Self.dayOfLastRun, Array(text.utf8))
            return false
        }
        return isDone ? nil : try await recompute()
    }

    /// Finds out which projects are critical by what is downloaded and what depends on it.
    ///
    /// One pass over the sums of downloads and one over the index of dependencies. What is critical stays it until it has
    /// fallen clearly behind, to twice the rank or half the number, so that it does not come and go.
    package func recompute() async throws -> Round {
        let policy = core.policy
        let firstDay = core.clock.now().microseconds / 86_400_000_000 - Self.days + 1
        let found = try await core.driver.read { connection -> Found in
            let store = CriticalStore(connection)
            let projects = try store.countProjects()
            let most =
                projects >= policy.criticalMinimumProjects
                ? Int(min(projects / max(policy.criticalShare, 1), Int64(Self.limit))) : 0
            let downloaded = most > 0 ? try store.mostDownloaded(since: firstDay, limit: 2 * most) : []
            let needed = try store.mostNeeded(
                atLeast: max(policy.criticalDependents / 2, 1), limit: Self.limit)
            let current = try store.list(limit: 3 * Self.limit)
            return Found(
                downloaded: downloaded, most: most,
                needed: Dictionary(needed.map { ($0.id, $0.dependents) }) { first, _ in first },
                dependents: policy.criticalDependents, current: current)
        }
        var round = Round()
        for batch in found.added.chunks(of: Self.batch) { round.added += try await write(batch, found) }
        for batch in found.removed.chunks(of: Self.batch) { round.removed += try await write(batch, found) }
        return round
    }

    private func write(_ ids: ArraySlice<Int64>, _ found: Found) async throws -> Int {
        let at = core.clock.now()
        let changed = try await core.driver.write { [core] connection -> [ProjectCoordinates] in
            try ids.compactMap { id in
                guard let project = try ProjectStore(connection).find(id: id),
                    let format = core.formats[project.ecosystem]
                else { return nil }
                let scope = ChangeScope(
                    core: core, connection: connection, project: project, format: format,
                    principal: ProjectTransfers.keeper, at: at)
                let reason = found.reason(id)
                guard project.critical?.reason != .marked, (project.critical == nil) == (reason != nil) else {
                    return nil
                }
                try scope.set(
                    reason.map {
                        Criticality(
                            since: at, reason: $0, enforcedAt: at.advanced(bySeconds: core.policy.criticalGraceSeconds))
                    })
                return project.coordinates
            }
        }
        for coordinates in changed { core.changed(coordinates) }
        return changed.count
    }

    private func change(
        _ ecosystem: EcosystemID, name: String, by principal: Principal,
        _ body: @escaping @Sendable (ChangeScope) throws -> Void
    ) async throws {
        guard principal.moderates else {
            throw Problem(.forbidden, "Only a moderator or an administrator says what is critical.")
        }
        try await core.change(ecosystem, name, by: principal) { scope in
            try scope.authorize(.manage, isModerated: true)
            try body(scope)
        }
    }

    /// What a run found.
    private struct Found: Sendable {
        let downloaded: [Int64]
        /// How many of the first of them become critical; the others only stay it.
        let most: Int
        let needed: [Int64: Int64]
        let dependents: Int64
        let current: [Project]

        var added: [Int64] {
            let known = Set(current.map(\.id))
            let many = needed.filter { $0.value >= dependents }.keys
            return Set(downloaded.prefix(most)).union(many).subtracting(known).sorted()
        }

        var removed: [Int64] {
            let kept = Set(downloaded).union(needed.keys)
            return current.filter { $0.critical?.reason != .marked && !kept.contains($0.id) }.map(\.id)
        }

        func reason(_ id: Int64) -> Criticality.Reason? {
            if downloaded.contains(id) { return .downloads }
            return needed[id] == nil ? nil : .dependents
        }
    }
}

extension ChangeScope {
    /// Says that the project is critical, or that it is not, and tells its owners.
    fileprivate func set(_ critical: Criticality?) throws {
        try CriticalStore(connection).set(project.id, critical)
        var details: [(String, JSONValue)] = []
        var words = ["project": "\(project.ecosystem) \(project.name.display)", "by": principal.userName]
        if let critical {
            details = [
                ("reason", .string(critical.reason.rawValue)),
                ("enforced", .string(critical.enforcedAt.rfc3339(.seconds))),
            ]
            words["reason"] = critical.reason.rawValue
            words["enforced"] = critical.enforcedAt.rfc3339(.seconds)
        } else {
            words["reason"] = "none"
        }
        // Lists and search show nothing of it: a new revision is enough.
        try ProjectStore(connection).touch(project.id, at: at)
        try ChangeAnnouncement(connection).announce(project.coordinates)
        try ProjectChange(core: core, connection: connection, at: at).record(
            critical == nil ? "project.uncritical" : "project.critical", project, by: principal, details)
        for id in try Roles(core: core, connection: connection).ownerIDs(project) {
            try core.notices.post(Notice(.projectCritical, words), to: id, on: connection)
        }
    }
}

extension Array {
    /// The elements in their order, some at a time.
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
