import Foundation
import Persistence
package import RegistryModel

/// Releases that wait: shown to whoever publishes them, released, dropped, or gone after their time (MAVEN-3, MAVEN-4).
package struct Stagings: Sendable {
    let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// Starts a staging whose releases follow, as a bundle's do; see ``work(on:_:)``.
    package func begin(
        _ ecosystem: EcosystemID, label: String, by principal: Principal
    ) async throws -> Staging {
        let now = core.clock.now()
        let staging = Staging(
            id: core.ids.next(), key: UUID().uuidString.lowercased(), ecosystem: ecosystem,
            label: label.limited(toScalars: 200), state: .pending, origin: "bundle", needsSecondPerson: false,
            creatorID: principal.userID, creator: principal.userName, createdAt: now, changedAt: now,
            expiresAt: now.advanced(bySeconds: core.limits.stagingDays * 86_400), report: StagingReport())
        let until = now.advanced(bySeconds: Self.leaseSeconds)
        try await core.driver.write { try StagingStore($0).insert(staging, workedUntil: until) }
        return staging
    }

    /// Notes how far the stages are with a staging whose releases follow, and what they refused.
    ///
    /// A staging that has come to an end meanwhile stays as it is.
    package func note(_ id: Int64, _ state: StagingState, errors: [String: [String]] = [:]) async throws {
        let now = core.clock.now()
        try await core.driver.write { connection in
            let store = StagingStore(connection)
            guard let staging = try store.find(id: id), !staging.state.isFinal else { return }
            var report = staging.report
            report.errors.merge(errors) { $0 + $1 }
            try store.update(
                id, state: state, needsSecondPerson: staging.needsSecondPerson, report: report, at: now)
        }
    }

    /// Brings a staging to an end whose work failed.
    ///
    /// Where its releases were put into it nevertheless, as the answer of a commit can be lost, it waits as it would have.
    package func giveUp(_ id: Int64, errors: [String: [String]]) async throws {
        let now = core.clock.now()
        try await core.driver.write { connection in
            guard let staging = try StagingStore(connection).find(id: id), !staging.state.isFinal else { return }
            try Self.conclude(staging, errors: errors, at: now, connection)
        }
    }

    /// A staging, for whoever made it, has a role on a project in it, or administers the instance.
    /// - Throws: ``Problem/Code/notFound`` for everybody else, as where there is none.
    package func find(_ key: String, by principal: Principal) async throws -> Staging {
        try await core.driver.read { try StagingScope(core: core, connection: $0, principal: principal).find(key) }
    }

    /// The stagings that concern somebody, newest first.
    package func list(by principal: Principal, limit: Int = 100) async throws -> [Staging] {
        let limit = min(max(limit, 1), 1000)
        return try await core.driver.read { connection in
            let store = StagingStore(connection)
            let scope = StagingScope(core: core, connection: connection, principal: principal)
            var all: [Int64: Staging] = [:]
            for staging in try store.list(creatorID: principal.userID, limit: limit)
                + store.list(memberID: principal.userID, limit: limit)
            {
                all[staging.id] = staging
            }
            let shown = try all.values.filter { try scope.maySee($0, knowingKey: false) }
            return Array(shown.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }.prefix(limit))
        }
    }

    /// Makes the releases of a staging what everybody sees; those that scanners would hold are held.
    /// - Throws: ``Problem/Code/conflict`` where it does not wait, ``Problem/Code/notOwner`` without a role on every project
    ///   in it, ``Problem/Code/forbidden`` where a second person is needed.
    @discardableResult
    package func release(_ key: String, by principal: Principal) async throws -> Staging {
        let now = core.clock.now()
        let (staging, projects) = try await core.driver.write { connection in
            let scope = StagingScope(core: core, connection: connection, principal: principal)
            let staging = try scope.waiting(key)
            guard !principal.alwaysStages else {
                throw Problem(.forbidden, "This token may stage releases, but not release them.")
            }
            let needsAnother = try scope.needsSecondPerson(staging)
            guard !needsAnother || principal.userID != staging.creatorID else {
                throw Problem(
                    .forbidden,
                    "Policy asks for a second person: \(staging.creator) published this and cannot release it.")
            }
            return (staging, try scope.release(staging, at: now))
        }
        for project in projects { core.changed(project.coordinates) }
        return staging
    }

    /// Lets a staging's releases go: their coordinates are free again.
    /// - Throws: As ``release(_:by:)``, but one person is enough.
    package func drop(_ key: String, by principal: Principal) async throws {
        let now = core.clock.now()
        try await core.driver.write { connection in
            let scope = StagingScope(core: core, connection: connection, principal: principal)
            guard let staging = try StagingStore(connection).find(key: key), try scope.maySee(staging) else {
                throw StagingScope.notFound
            }
            if staging.state == .failed { return try scope.end(staging, .dropped, at: now) }
            try scope.drop(scope.waiting(key), .dropped, at: now)
        }
    }

    /// Lets go what nobody released in time.
    /// - Returns: How many stagings that were.
    package func expire() async throws -> Int {
        let now = core.clock.now()
        var count = 0
        while true {
            let gone = try await core.driver.write { connection -> Int in
                let expired = try StagingStore(connection).expired(at: now, limit: 20)
                for staging in expired {
                    let principal = Principal(
                        userID: staging.creatorID, userName: staging.creator, isAdministrator: true,
                        kind: .commandLine, tokenID: nil, scopes: [])
                    try StagingScope(core: core, connection: connection, principal: principal)
                        .drop(staging, .expired, at: now)
                }
                return expired.count
            }
            count += gone
            if gone < 20 { return count }
        }
    }

    /// Changes what a project asks of its publishes; nil leaves it to its namespaces.
    package func setPolicy(
        _ ecosystem: EcosystemID, name: String, _ policy: StagingPolicy?, by principal: Principal
    ) async throws {
        try await Lifecycle(core: core).change(ecosystem, name, action: .manage, by: principal) { scope in
            let projects = ProjectStore(scope.connection)
            guard try projects.stagingPolicy(scope.project.id) != policy else { return }
            try projects.setStagingPolicy(scope.project.id, policy)
            try scope.finish("project.staging", [("policy", policy.map { .string($0.rawValue) } ?? .null)])
        }
    }

    /// What a project asks of its publishes, for whoever may see it.
    package func policy(_ project: Project) async throws -> StagingPolicy? {
        try await core.driver.read { try ProjectStore($0).stagingPolicy(project.id) }
    }
}
