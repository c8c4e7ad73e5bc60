import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin organization`: organizations and who is in them; what is given here holds at once.
struct OrganizationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organization", abstract: "Make organizations, and say who is in them and in their teams.",
        subcommands: [
            CreateOrganization.self, ListOrganizations.self, ShowOrganization.self, DeleteOrganization.self,
            AddOrganizationMember.self, RemoveOrganizationMember.self, TeamCommand.self,
        ])
}

/// `hallmark admin organization create NAME --owner USER [--title TEXT]`.
struct CreateOrganization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an organization; it shares its name with no user.")

    @Argument(help: "The name: letters, digits, '-' and '_'.") var name: String
    @Option(help: "Its first owner.") var owner: String
    @Option(help: "What it calls itself.") var title: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            _ = try await instance.ownership.organizations.create(
                name: name, title: title ?? name, by: try await instance.accounts.commandLinePrincipal(as: owner))
        }
        print("Made the organization \(name), owned by \(owner).")
    }
}

/// `hallmark admin organization list`.
struct ListOrganizations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List organizations.")

    @Option(help: "List those whose name comes after this one.") var after = ""
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withInstance { instance in
            try await instance.ownership.organizations.all(
                after: after.lowercased(), by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        for organization in found {
            print([organization.name, organization.state.rawValue, organization.title].joined(separator: "\t"))
        }
    }
}

/// `hallmark admin organization show NAME`.
struct ShowOrganization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an organization's people, its teams, and what it owns.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let details = try await options.withInstance { instance in
            try await instance.ownership.organizations.find(
                name, for: .principal(try await instance.accounts.commandLinePrincipal(as: nil)))
        }
        print("\(details.organization.name)\t\(details.organization.title)")
        for member in details.members { print("    \(member.userName) (\(member.role.rawValue))") }
        for invitation in details.invitations { print("    \(invitation.userName) (invited as \(invitation.role))") }
        for team in details.teams { print("    team \(team.name)") }
        for namespace in details.namespaces { print("    \(namespace.ecosystem) namespace \(namespace.name)") }
        for project in details.projects { print("    \(project.ecosystem) \(project.name.display)") }
    }
}

/// `hallmark admin organization delete NAME`.
struct DeleteOrganization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "End an organization that owns nothing; its name is never used again.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.ownership.organizations.delete(
                name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("The organization \(name) is no more.")
    }
}

/// `hallmark admin organization add NAME USER [--role ROLE]`.
struct AddOrganizationMember: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Put somebody into an organization, or change their role.")

    @Argument(help: "The organization.") var name: String
    @Argument(help: "The user.") var user: String
    @Option(help: "owner or member.") var role = "member"
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let role = OrganizationRole(rawValue: role) else {
            throw ValidationError("'\(role)' is no role. Write owner or member.")
        }
        try await options.withInstance { instance in
            _ = try await instance.ownership.organizations.setMember(
                name, user: user, role: role, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(user) is \(role.rawValue) of \(name).")
    }
}

/// `hallmark admin organization remove NAME USER`.
struct RemoveOrganizationMember: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take somebody out of an organization and its teams; the last owner stays.")

    @Argument(help: "The organization.") var name: String
    @Argument(help: "The user.") var user: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.ownership.organizations.removeMember(
                name, user: user, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(user) is no longer in \(name).")
    }
}
