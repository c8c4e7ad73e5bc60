import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// Yanking and owners
/// ([web API](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#web-api)).
struct CargoChanges: Sendable {
    let services: RegistryServices

    /// How many people one request may name.
    private static let maximumPeople = 50

    /// `DELETE api/v1/crates/{name}/{version}/yank`.
    func yank(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.lifecycle.yank(
            Cargo.ecosystem, name: context.cargoParameter("name"), version: context.cargoParameter("version"),
            reason: nil, by: services.principal(context))
        return .cargo(["ok": true])
    }

    /// `PUT api/v1/crates/{name}/{version}/unyank`.
    func unyank(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.lifecycle.unyank(
            Cargo.ecosystem, name: context.cargoParameter("name"), version: context.cargoParameter("version"),
            by: services.principal(context))
        return .cargo(["ok": true])
    }

    /// `GET api/v1/crates/{name}/owners`: people, then teams as `organization:team`, and the organization that owns it.
    func owners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let people = try await services.lifecycle.people(
            Cargo.ecosystem, name: context.cargoParameter("name"), by: services.principal(context))
        let users = people.members.map {
            Self.owner($0.userID, $0.userName, $0.role == .owner ? nil : $0.role.rawValue)
        }
        let teams = people.teams.map { Self.owner($0.team.id, $0.team.label, "team, \($0.role.rawValue)") }
        let organization = people.organization.map { [Self.owner(0, $0, "organization, owner")] } ?? []
        return .cargo(["users": .array(users + teams + organization)])
    }

    private static func owner(_ id: Int64, _ login: String, _ name: String?) -> JSONValue {
        [
            // cargo reads 32 bits and does nothing with them.
            "id": .integer(Int64(UInt32(truncatingIfNeeded: id))), "login": .string(login),
            "name": name.map(JSONValue.string) ?? .null,
        ]
    }

    /// `PUT api/v1/crates/{name}/owners`: people as owners, teams as those who publish, or as owners of what their
    /// organization owns.
    func addOwners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let name = try context.cargoParameter("name")
        let named = try await people(request, context)
        for person in named where Team.parts(person) == nil {
            guard try await services.accounts.user(named: person) != nil else {
                throw Problem(.userUnknown, "There is no user '\(CargoText.excerpt(person))'. Nobody was added.")
            }
        }
        var words: [String] = []
        for person in named {
            let shown = CargoText.excerpt(person)
            if let team = Team.parts(person) {
                let role = try await addTeam(team, name, by: principal)
                words.append(
                    "team \(shown) was added as \(role == .owner ? "an owner" : "a maintainer") of crate \(name)")
                continue
            }
            let outcome = try await services.lifecycle.addMember(
                Cargo.ecosystem, name: name, user: person, role: .owner, by: principal)
            let word =
                switch outcome {
                case .unchanged: "is already"
                case .done: "was added as"
                case .offered: "has been invited to be"
                }
            words.append("user \(shown) \(word) an owner of crate \(name)")
        }
        return .cargo(["ok": true, "msg": .string(words.joined(separator: ", "))])
    }

    private func addTeam(
        _ team: (organization: String, team: String), _ name: String, by principal: Principal
    ) async throws -> Role {
        let people = try await services.lifecycle.people(Cargo.ecosystem, name: name, by: principal)
        let role: Role =
            people.organization?.lowercased() == team.organization.lowercased() ? .owner : .maintainer
        try await services.lifecycle.setTeam(
            Cargo.ecosystem, name: name, organization: team.organization, team: team.team, role: role, by: principal)
        return role
    }

    /// `DELETE api/v1/crates/{name}/owners`.
    func removeOwners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let name = try context.cargoParameter("name")
        let named = try await people(request, context)
        for person in named {
            if let team = Team.parts(person) {
                try await services.lifecycle.setTeam(
                    Cargo.ecosystem, name: name, organization: team.organization, team: team.team, role: nil,
                    by: principal)
            } else {
                try await services.lifecycle.removeMember(Cargo.ecosystem, name: name, user: person, by: principal)
            }
        }
        return Self.confirmation(named, "removed as an owner of crate \(name)")
    }

    /// The names in a body `{"users": […]}`.
    private func people(_ request: Request, _ context: RegistryContext) async throws -> [String] {
        try await context.sendContinue()
        let bytes = try await request.body.collect(upTo: 64 << 10)
        let body = try? JSONValue.parse(bytes.readableBytesView, maximumDepth: 8)
        guard let elements = (body?["users"] ?? body?["owners"])?.arrayValue,
            (1...Self.maximumPeople).contains(elements.count)
        else { throw Problem(.badRequest, "The body must be {\"users\": […]} with 1 to \(Self.maximumPeople) names.") }
        let names = elements.compactMap(\.stringValue)
        guard names.count == elements.count else { throw Problem(.badRequest, "A user's name is a string.") }
        if let team = names.first(where: { $0.contains(":") && Team.parts($0) == nil }) {
            throw Problem(.badRequest, "'\(CargoText.excerpt(team))' is no team; write 'ORGANIZATION:TEAM'.")
        }
        return names
    }

    private static func confirmation(_ people: [String], _ what: String) -> Response {
        let names = people.map { CargoText.excerpt($0) }.joined(separator: ", ")
        let verb = people.count == 1 ? "user \(names) was" : "users \(names) were"
        return .cargo(["ok": true, "msg": .string("\(verb) \(what)")])
    }
}
