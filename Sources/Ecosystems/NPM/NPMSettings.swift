import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Distribution tags and access.
struct NPMSettings: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }

    /// `GET /-/package/:package/dist-tags`.
    func tags(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let history = try await mount.history(mount.package(context), for: services.reader(context))
        return mount.answer(mount.packument(history).distTags)
    }

    /// `PUT /-/package/:package/dist-tags/:tag`; the body is the version as a JSON string.
    func setTag(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let tag = try mount.parameter("tag", context)
        let principal = try await services.principal(context)
        try NPMTag.check(tag)
        guard let version = try await mount.body(request, context, maximumBytes: 4096).stringValue else {
            throw Problem(.badRequest, "The body is the version, as a JSON string.")
        }
        try await services.lifecycle.setTag(
            NPMFormat.ecosystem, name: name, tag: tag, version: version, by: principal)
        return mount.done(name)
    }

    /// `DELETE /-/package/:package/dist-tags/:tag`.
    func removeTag(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let tag = try mount.parameter("tag", context)
        let principal = try await services.principal(context)
        guard tag != "latest" else {
            throw Problem(.tagInvalid, "Every package keeps the tag latest; point it at another version instead.")
        }
        try await services.lifecycle.removeTag(NPMFormat.ecosystem, name: name, tag: tag, by: principal)
        return mount.done(name)
    }

    /// `GET /-/package/:package/visibility`.
    func visibility(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let history = try await mount.history(mount.package(context), for: services.reader(context))
        return mount.answer(["public": .bool(history.project.visibility == .public)])
    }

    /// `POST /-/package/:package/access`.
    func setAccess(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let body = try await mount.body(request, context, maximumBytes: 4096)
        guard let access = body["access"]?.stringValue else { return try await setFactors(body, name, by: principal) }
        let visibility: Visibility
        switch access {
        case "public": visibility = .public
        case "restricted", "private": visibility = .private
        default: throw Problem(.badRequest, "The access of a package is public or restricted.")
        }
        try await services.lifecycle.setVisibility(NPMFormat.ecosystem, name: name, visibility, by: principal)
        return mount.done(name)
    }

    /// `npm access set mfa=…`: `publish` asks for a person or a trusted publisher, the others let tokens publish.
    ///
    /// Whether people need a second factor is the registry's policy, not the package's.
    private func setFactors(_ body: JSONValue, _ name: String, by principal: Principal) async throws -> Response {
        guard let isRequired = body["publish_requires_tfa"] else {
            throw Problem(.badRequest, "The body says neither what the access is nor what publishing requires.")
        }
        let takesTokens = isRequired == .bool(false) || body["automation_token_overrides_tfa"] == .bool(true)
        try await services.lifecycle.setTokenPolicy(
            NPMFormat.ecosystem, name: name, takesTokens ? .any : .trusted, by: principal)
        return mount.done(name)
    }

    /// `GET /-/package/:package/collaborators`: people, and teams as `organization:team`.
    func collaborators(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let people = try await services.lifecycle.people(NPMFormat.ecosystem, name: name, by: principal)
        let names = people.members.map(\.userName) + people.teams.map(\.team.label)
        return mount.answer(.object(names.map { .init($0, "write") }))
    }

    /// `GET /-/user/:user/package`.
    func packages(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let projects = try await services.catalog.projects(
            NPMFormat.ecosystem, ofUser: mount.parameter("user", context), for: services.reader(context))
        return mount.answer(.object(projects.map { .init($0.name.display, "write") }))
    }
}
