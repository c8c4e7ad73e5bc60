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
        guard let access = body["access"]?.stringValue else {
            throw Problem(.notSupported, "This registry has no second factors yet, so publishing cannot require one.")
        }
        let visibility: Visibility
        switch access {
        case "public": visibility = .public
        case "restricted", "private": visibility = .private
        default: throw Problem(.badRequest, "The access of a package is public or restricted.")
        }
        try await services.lifecycle.setVisibility(NPMFormat.ecosystem, name: name, visibility, by: principal)
        return mount.done(name)
    }

    /// `GET /-/package/:package/collaborators`.
    func collaborators(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let members = try await services.lifecycle.members(NPMFormat.ecosystem, name: name, by: principal)
        return mount.answer(.object(members.map { .init($0.userName, "write") }))
    }

    /// `GET /-/user/:user/package`.
    func packages(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let projects = try await services.catalog.projects(
            NPMFormat.ecosystem, ofUser: mount.parameter("user", context), for: services.reader(context))
        return mount.answer(.object(projects.map { .init($0.name.display, "write") }))
    }

    /// `GET /-/org/:scope/package`: there are no organizations yet, and npm asks for the user of that name next.
    func scopePackages(_ request: Request, _ context: RegistryContext) async throws -> Response {
        throw Problem(.notFound, "There is no organization '\(try mount.parameter("scope", context).prefix(64))'.")
    }

    /// Teams, which come with organizations.
    func teams(_ request: Request, _ context: RegistryContext) async throws -> Response {
        throw Problem(.notSupported, "This registry has no teams and organizations yet; use npm owner.")
    }
}
