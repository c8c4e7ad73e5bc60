import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// What `npm org`, `npm team` and `npm access` ask for.
///
/// npm's words for a place in an organization are `owner`, `admin` and `developer`; here is no place between owner and
/// member. Its word for what a team may do is `read-write`: a maintainer; what everybody may read needs no team.
struct NPMOrganizations: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }
    private var organizations: Organizations { services.ownership.organizations }

    /// `GET /-/org/:scope/user`: everybody with their place.
    func members(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let details = try await organizations.find(
            scope(context), for: .principal(services.principal(context)))
        guard details.showsPeople else {
            throw Problem(.notOwner, "Only its members see who is in '\(details.organization.name)'.")
        }
        return mount.answer(
            .object(details.members.map { .init($0.userName, .string($0.role == .owner ? "owner" : "developer")) }))
    }

    /// `PUT /-/org/:scope/user`: gives or offers a place.
    func setMember(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let name = try scope(context)
        let (body, user) = try await person(request, context)
        let role: OrganizationRole
        switch body["role"]?.stringValue ?? "developer" {
        case "owner": role = .owner
        case "developer": role = .member
        default:
            throw Problem(.notSupported, "A place in an organization is 'owner' or 'developer' in this registry.")
        }
        let outcome = try await organizations.setMember(name, user: user, role: role, by: principal)
        let details = try await organizations.find(name, for: .principal(principal))
        return mount.answer(
            [
                "org": ["name": .string(details.organization.name), "size": .integer(Int64(details.members.count))],
                "user": .string(user), "role": .string(role == .owner ? "owner" : "developer"),
            ], notices: Self.notices(outcome, user))
    }

    /// `DELETE /-/org/:scope/user`.
    func removeMember(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let (_, user) = try await person(request, context)
        try await organizations.removeMember(scope(context), user: user, by: principal)
        return mount.done()
    }

    /// `GET /-/org/:scope/team`: the teams as `organization:team`.
    func teams(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let teams = try await organizations.teams(scope(context), by: services.principal(context))
        return mount.answer(.strings(teams.map(\.label)))
    }

    /// `PUT /-/org/:scope/team`: makes a team.
    func createTeam(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        guard let name = try await mount.body(request, context, maximumBytes: 4096)["name"]?.stringValue else {
            throw Problem(.badRequest, "The body names no team.")
        }
        let team = try await organizations.createTeam(scope(context), team: name, by: principal)
        return mount.answer(["name": .string(team.label)], status: .created)
    }

    /// `DELETE /-/team/:scope/:team`.
    func deleteTeam(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await organizations.deleteTeam(
            scope(context), team: mount.parameter("team", context), by: services.principal(context))
        return mount.done()
    }

    /// `GET /-/team/:scope/:team/user`.
    func teamMembers(_ request: Request, _ context: RegistryContext) async throws -> Response {
        mount.answer(.strings(try await team(context).members))
    }

    /// `PUT /-/team/:scope/:team/user`.
    func addToTeam(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let (_, user) = try await person(request, context)
        let outcome = try await organizations.addToTeam(
            scope(context), team: mount.parameter("team", context), user: user, by: principal)
        return mount.done(notices: Self.notices(outcome, user))
    }

    /// `DELETE /-/team/:scope/:team/user`.
    func removeFromTeam(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let (_, user) = try await person(request, context)
        try await organizations.removeFromTeam(
            scope(context), team: mount.parameter("team", context), user: user, by: principal)
        return mount.done()
    }

    /// `GET /-/team/:scope/:team/package`.
    func teamPackages(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let packages = try await team(context).projects.filter { $0.project.ecosystem == NPMFormat.ecosystem }
        return mount.answer(.object(packages.map { .init($0.project.name.display, "write") }))
    }

    /// `PUT /-/team/:scope/:team/package`: lets a team publish a package.
    func grant(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let body = try await mount.body(request, context, maximumBytes: 4096)
        guard body["permissions"]?.stringValue == "read-write" else {
            throw Problem(
                .notSupported, "A team's role here is read-write; who may only read is said by the package's access.")
        }
        try await set(.maintainer, body, context, by: principal)
        return mount.done()
    }

    /// `DELETE /-/team/:scope/:team/package`.
    func revoke(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        try await set(nil, mount.body(request, context, maximumBytes: 4096), context, by: principal)
        return mount.done()
    }

    /// `GET /-/org/:scope/package`: what an organization owns; npm asks for the user of that name where there is none.
    func packages(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let details = try await organizations.find(scope(context), for: services.reader(context))
        let packages = details.projects.filter { $0.ecosystem == NPMFormat.ecosystem }
        let permission: JSONValue = details.role == .owner ? "write" : "read"
        return mount.answer(.object(packages.map { .init($0.name.display, permission) }))
    }

    private func set(
        _ role: Role?, _ body: JSONValue, _ context: RegistryContext, by principal: Principal
    ) async throws {
        guard let package = body["package"]?.stringValue else {
            throw Problem(.badRequest, "The body names no package.")
        }
        try await services.lifecycle.setTeam(
            NPMFormat.ecosystem, name: package, organization: scope(context), team: mount.parameter("team", context),
            role: role, by: principal)
    }

    private func team(_ context: RegistryContext) async throws -> TeamDetails {
        try await organizations.team(
            scope(context), team: mount.parameter("team", context), by: services.principal(context))
    }

    /// The organization's name, with or without an `@`.
    private func scope(_ context: RegistryContext) throws -> String {
        let scope = try mount.parameter("scope", context)
        return scope.hasPrefix("@") ? String(scope.dropFirst()) : scope
    }

    private func person(_ request: Request, _ context: RegistryContext) async throws -> (JSONValue, String) {
        let body = try await mount.body(request, context, maximumBytes: 4096)
        guard let user = body["user"]?.stringValue else { throw Problem(.badRequest, "The body names no user.") }
        return (body, user.hasPrefix("@") ? String(user.dropFirst()) : user)
    }

    private static func notices(_ outcome: GrantOutcome, _ user: String) -> [String] {
        guard case .offered = outcome else { return [] }
        return ["\(user) has been invited, and is in it when the invitation is accepted"]
    }
}
