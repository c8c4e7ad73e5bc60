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

    /// `GET api/v1/crates/{name}/owners`.
    func owners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let members = try await services.lifecycle.members(
            Cargo.ecosystem, name: context.cargoParameter("name"), by: services.principal(context))
        let users = members.map { member -> JSONValue in
            [
                // cargo reads 32 bits and does nothing with them.
                "id": .integer(Int64(UInt32(truncatingIfNeeded: member.userID))), "login": .string(member.userName),
                "name": member.role == .owner ? .null : .string(member.role.rawValue),
            ]
        }
        return .cargo(["users": .array(users)])
    }

    /// `PUT api/v1/crates/{name}/owners`.
    func addOwners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let name = try context.cargoParameter("name")
        let people = try await people(request, context)
        for person in people where try await services.accounts.user(named: person) == nil {
            throw Problem(.userUnknown, "There is no user '\(CargoText.excerpt(person))'. Nobody was added.")
        }
        for person in people {
            try await services.lifecycle.addMember(
                Cargo.ecosystem, name: name, user: person, role: .owner, by: principal)
        }
        return Self.confirmation(people, "added as an owner of crate \(name)")
    }

    /// `DELETE api/v1/crates/{name}/owners`.
    func removeOwners(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let name = try context.cargoParameter("name")
        let people = try await people(request, context)
        for person in people {
            try await services.lifecycle.removeMember(Cargo.ecosystem, name: name, user: person, by: principal)
        }
        return Self.confirmation(people, "removed as an owner of crate \(name)")
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
        if let team = names.first(where: { $0.contains(":") }) {
            throw Problem(.badRequest, "'\(CargoText.excerpt(team))' is a team; this registry knows users only.")
        }
        return names
    }

    private static func confirmation(_ people: [String], _ what: String) -> Response {
        let names = people.map { CargoText.excerpt($0) }.joined(separator: ", ")
        let verb = people.count == 1 ? "user \(names) was" : "users \(names) were"
        return .cargo(["ok": true, "msg": .string("\(verb) \(what)")])
    }
}
