import Formats
import Persistence
package import RegistryModel

/// Every change of a project but publishing.
///
/// Each checks role and scope, is one transaction, and leaves an event.
package struct Lifecycle: Sendable {
    let core: RegistryCore
    /// The rule under which owners may remove.
    package let unpublishPolicy: UnpublishPolicy

    /// Works on `core` under that rule.
    package init(core: RegistryCore, unpublishPolicy: UnpublishPolicy = UnpublishPolicy()) {
        self.core = core
        self.unpublishPolicy = unpublishPolicy
    }

    /// Takes a version out of new resolutions; its files stay.
    ///
    /// Yanking what is yanked changes the reason only.
    package func yank(
        _ ecosystem: EcosystemID, name: String, version: String, reason: String?, by principal: Principal
    ) async throws {
        let reason = reason.map { $0.limited(toScalars: 1000) }
        try await change(ecosystem, name, action: .yank, by: principal) { scope in
            let release = try scope.release(version)
            guard release.state.isVisible else { throw scope.notYankable(release) }
            try ReleaseStore(scope.connection).setState(release.id, .yanked, reason: reason, at: scope.at)
            try scope.finish(
                "release.yanked",
                [("version", .string(release.version.display)), ("reason", reason.map(JSONValue.string) ?? .null)])
        }
    }

    /// Puts a yanked version back.
    package func unyank(
        _ ecosystem: EcosystemID, name: String, version: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .yank, by: principal) { scope in
            let release = try scope.release(version)
            guard release.state.isVisible else { throw scope.notYankable(release) }
            guard release.state == .yanked else { return }
            try ReleaseStore(scope.connection).setState(release.id, .live, reason: nil, at: scope.at)
            try scope.finish("release.unyanked", [("version", .string(release.version.display))])
        }
    }

    /// Sets or clears (nil) the deprecation messages of versions.
    package func deprecate(
        _ ecosystem: EcosystemID, name: String, messages: [String: String?], by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .publish, by: principal) { scope in
            for (version, message) in messages.sorted(by: { $0.key < $1.key }) {
                let release = try scope.release(version)
                let text = message.map { $0.limited(toScalars: 1000) }
                guard release.deprecation != text else { continue }
                try ReleaseStore(scope.connection).setDeprecation(release.id, text)
                try scope.finish(
                    text == nil ? "release.undeprecated" : "release.deprecated",
                    [
                        ("version", .string(release.version.display)),
                        ("message", text.map(JSONValue.string) ?? .null),
                    ])
            }
        }
    }

    /// Points a distribution tag at a version.
    package func setTag(
        _ ecosystem: EcosystemID, name: String, tag: String, version: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .publish, by: principal) { scope in
            let release = try scope.release(version)
            guard release.state.isVisible else { throw scope.notYankable(release) }
            try ProjectStore(scope.connection).setTag(scope.project.id, tag: tag, releaseID: release.id)
            try scope.finish("tag.set", [("tag", .string(tag)), ("version", .string(release.version.display))])
        }
    }

    /// Removes a distribution tag.
    package func removeTag(_ ecosystem: EcosystemID, name: String, tag: String, by principal: Principal) async throws {
        try await change(ecosystem, name, action: .publish, by: principal) { scope in
            guard try ProjectStore(scope.connection).removeTag(scope.project.id, tag: tag) else {
                throw Problem(.notFound, "'\(scope.project.name.display)' has no tag '\(tag.prefix(100))'.")
            }
            try scope.finish("tag.removed", [("tag", .string(tag))])
        }
    }

    /// Changes who may read a project.
    package func setVisibility(
        _ ecosystem: EcosystemID, name: String, _ visibility: Visibility, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            guard scope.project.visibility != visibility else { return }
            try ProjectStore(scope.connection).setVisibility(scope.project.id, visibility)
            try scope.finish("project.visibility", [("visibility", .string(visibility.rawValue))])
        }
    }

    /// Changes a project's status.
    ///
    /// Quarantine is for moderators and administrators, in both directions.
    package func setStatus(
        _ ecosystem: EcosystemID, name: String, _ status: ProjectStatus, reason: String?, by principal: Principal
    ) async throws {
        let reason = reason.map { $0.limited(toScalars: 1000) }
        try await change(
            ecosystem, name, action: .manage, by: principal,
            isModerated: { status == .quarantined || $0.status == .quarantined }
        ) { scope in
            let isQuarantine = status == .quarantined || scope.project.status == .quarantined
            guard !isQuarantine || principal.moderates else {
                throw Problem(.forbidden, "Only a moderator may put a project into quarantine or take it out.")
            }
            guard scope.project.status != status || scope.project.statusReason != reason else { return }
            try ProjectStore(scope.connection).setStatus(scope.project.id, status, reason: reason)
            try scope.finish(
                "project.status",
                [("status", .string(status.rawValue)), ("reason", reason.map(JSONValue.string) ?? .null)])
        }
    }

    /// Refuses whoever may not do `action` on a project, for requests that turn out to change nothing.
    package func authorize(
        _ ecosystem: EcosystemID, name: String, _ action: Action, by principal: Principal
    ) async throws {
        let format = try core.format(ecosystem)
        let coordinates = try core.coordinates(ecosystem, name)
        let at = core.clock.now()
        try await core.driver.read { [core] connection in
            guard let project = try ProjectStore(connection).find(coordinates) else {
                throw RegistryCore.notFound(ecosystem, name)
            }
            try ChangeScope(
                core: core, connection: connection, project: project, format: format, principal: principal, at: at
            ).authorize(action)
        }
    }

    /// Runs one change of a project in a transaction, and tells the caches after it.
    ///
    /// Moderators may do it too where `isModerated` says so.
    @discardableResult
    func change<Value: Sendable>(
        _ ecosystem: EcosystemID, _ name: String, action: Action, by principal: Principal,
        isModerated: @escaping @Sendable (Project) -> Bool = { _ in false },
        _ body: @escaping @Sendable (ChangeScope) throws -> Value
    ) async throws -> Value {
        try await transact(ecosystem, name, by: principal) { scope in
            try scope.authorize(action, isModerated: isModerated(scope.project))
            return try body(scope)
        }
    }

    /// Runs a transaction on one project that decides itself who may, and tells the caches after it.
    func transact<Value: Sendable>(
        _ ecosystem: EcosystemID, _ name: String, by principal: Principal,
        _ body: @escaping @Sendable (ChangeScope) throws -> Value
    ) async throws -> Value {
        try await core.change(ecosystem, name, by: principal, body)
    }
}

extension RegistryCore {
    /// Runs a transaction on one project, and tells the caches after it.
    func change<Value: Sendable>(
        _ ecosystem: EcosystemID, _ name: String, by principal: Principal,
        _ body: @escaping @Sendable (ChangeScope) throws -> Value
    ) async throws -> Value {
        let format = try format(ecosystem)
        let coordinates = try coordinates(ecosystem, name)
        let at = clock.now()
        let value = try await driver.write { connection in
            guard let project = try ProjectStore(connection).find(coordinates) else {
                throw RegistryCore.notFound(ecosystem, name)
            }
            return try body(
                ChangeScope(
                    core: self, connection: connection, project: project, format: format, principal: principal, at: at))
        }
        changed(coordinates)
        return value
    }
}
