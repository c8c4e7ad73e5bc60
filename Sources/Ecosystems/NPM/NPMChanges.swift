import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Deprecation, unpublishing and owners: what npm does by sending documents back or by deleting them.
struct NPMChanges: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }

    /// `PUT /:package` without a tarball: sets or clears deprecation messages.
    func deprecate(_ sent: JSONValue, name: String, by principal: Principal) async throws -> Response {
        let history = try await mount.history(name, for: .principal(principal))
        let change = NPMDocumentChange(current: mount.packument(history).full(readme: nil))
        let messages = try change.deprecations(in: sent)
        if messages.isEmpty {
            try await services.lifecycle.authorize(NPMFormat.ecosystem, name: name, .publish, by: principal)
        } else {
            try await services.lifecycle.deprecate(NPMFormat.ecosystem, name: name, messages: messages, by: principal)
        }
        return mount.done(name)
    }

    /// `PUT /:package/-rev/:rev`: without versions new owners, with one version less its removal.
    func replace(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let sent = try await mount.body(request, context)
        let history = try await mount.history(name, for: .principal(principal))
        let packument = mount.packument(history)
        try check(revision: mount.parameter("rev", context), packument)
        let change = NPMDocumentChange(current: packument.full(readme: nil))
        if sent["versions"] == nil {
            let invited = try await setOwners(try change.owners(in: sent), of: history, by: principal)
            return mount.done(name, notices: invited.map { [$0] } ?? [])
        } else {
            let version = try change.removedVersion(in: sent)
            try await services.lifecycle.remove(NPMFormat.ecosystem, name: name, version: version, by: principal)
        }
        return mount.done(name)
    }

    /// Additions come first, so that a package never passes through a state without an owner.
    /// - Returns: What npm shows as a notice: who was invited, and is an owner when they accept.
    private func setOwners(
        _ wanted: [String], of history: ProjectHistory, by principal: Principal
    ) async throws -> String? {
        let name = history.project.name.display
        guard !wanted.isEmpty else { throw Problem(.lastOwner, "A package keeps at least one owner.") }
        let present = Set(history.members.map { $0.userName.lowercased() })
        var invited: [String] = []
        for user in wanted where !present.contains(user.lowercased()) {
            let outcome = try await services.lifecycle.addMember(
                NPMFormat.ecosystem, name: name, user: user, role: .owner, by: principal)
            if case .offered = outcome { invited.append(user) }
        }
        let kept = Set(wanted.map { $0.lowercased() })
        for member in history.members where !kept.contains(member.userName.lowercased()) {
            try await services.lifecycle.removeMember(
                NPMFormat.ecosystem, name: name, user: member.userName, by: principal)
        }
        guard !invited.isEmpty else { return nil }
        return
            "\(invited.joined(separator: ", ")) has been invited to own \(name) and does when the invitation is accepted"
    }

    /// `DELETE /:package/-rev/:rev`: removes the package.
    func removePackage(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let history = try await mount.history(name, for: .principal(principal))
        try check(revision: mount.parameter("rev", context), mount.packument(history))
        try await services.lifecycle.removeProject(NPMFormat.ecosystem, name: name, by: principal)
        return mount.done(name)
    }

    /// `DELETE /:package/-/:file/-rev/:rev`: the second half of unpublishing a version.
    ///
    /// The first half has removed the version and its tarball with it, so usually nothing is left to do.
    func removeTarball(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let file = try mount.parameter("file", context)
        let principal = try await services.principal(context)
        let history = try await mount.history(name, for: .principal(principal))
        if let release = history.releases.first(where: { $0.files.contains { $0.name == file } }) {
            try check(revision: mount.parameter("rev", context), mount.packument(history))
            try await services.lifecycle.remove(
                NPMFormat.ecosystem, name: name, version: release.version.display, by: principal)
        } else {
            try await services.lifecycle.authorize(NPMFormat.ecosystem, name: name, .manage, by: principal)
        }
        return mount.done(name)
    }

    /// yarn reads the abbreviated packument, which has no revision and no owners, and would send back half a document.
    private func check(revision: String, _ packument: NPMPackument) throws(Problem) {
        guard revision.contains("-") else {
            throw Problem(.badRequest, "The request names no revision of the package. Use npm for this.")
        }
        guard revision == packument.revision else {
            throw Problem(.conflict, "The package was changed in the meantime; try again.")
        }
    }
}
