import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin organization team`.
struct TeamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "team", abstract: "Make teams, say who is in them, and give them roles.",
        subcommands: [
            CreateTeam.self, DeleteTeam.self, AddToTeam.self, RemoveFromTeam.self, ShowTeam.self, GrantTeam.self,
        ])
}

/// A team on the command line.
struct TeamArguments: ParsableArguments {
    @Argument(help: "The team, as ORGANIZATION:TEAM.") var team: String

    func parts() throws -> (organization: String, team: String) {
        guard let parts = Team.parts(team) else {
            throw ValidationError("'\(team)' is no team. Write ORGANIZATION:TEAM.")
        }
        return parts
    }
}

/// `hallmark admin organization team create ORGANIZATION:TEAM`.
struct CreateTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a team.")

    @OptionGroup var named: TeamArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = try named.parts()
        try await options.withInstance { instance in
            _ = try await instance.ownership.organizations.createTeam(
                name.organization, team: name.team, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("Made the team \(named.team).")
    }
}

/// `hallmark admin organization team delete ORGANIZATION:TEAM`.
struct DeleteTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "End a team and its roles.")

    @OptionGroup var named: TeamArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = try named.parts()
        try await options.withInstance { instance in
            try await instance.ownership.organizations.deleteTeam(
                name.organization, team: name.team, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("The team \(named.team) is no more.")
    }
}

/// `hallmark admin organization team add ORGANIZATION:TEAM USER`.
struct AddToTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Put somebody into a team, and into its organization.")

    @OptionGroup var named: TeamArguments
    @Argument(help: "The user.") var user: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = try named.parts()
        try await options.withInstance { instance in
            _ = try await instance.ownership.organizations.addToTeam(
                name.organization, team: name.team, user: user,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(user) is in \(named.team).")
    }
}

/// `hallmark admin organization team remove ORGANIZATION:TEAM USER`.
struct RemoveFromTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Take somebody out of a team.")

    @OptionGroup var named: TeamArguments
    @Argument(help: "The user.") var user: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = try named.parts()
        try await options.withInstance { instance in
            try await instance.ownership.organizations.removeFromTeam(
                name.organization, team: name.team, user: user,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(user) is no longer in \(named.team).")
    }
}

/// `hallmark admin organization team show ORGANIZATION:TEAM`.
struct ShowTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show who is in a team, and where it has roles.")

    @OptionGroup var named: TeamArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = try named.parts()
        let details = try await options.withInstance { instance in
            try await instance.ownership.organizations.team(
                name.organization, team: name.team, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        for member in details.members { print(member) }
        for (project, role) in details.projects {
            print("    \(project.ecosystem) \(project.name.display) (\(role.rawValue))")
        }
        for (namespace, role) in details.namespaces {
            print("    \(namespace.ecosystem) namespace \(namespace.name) (\(role.rawValue))")
        }
    }
}

/// `hallmark admin organization team grant ORGANIZATION:TEAM ECOSYSTEM NAME [--role ROLE] [--namespace] [--remove]`.
struct GrantTeam: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give a team a role on a project or a namespace, or take it away.")

    @OptionGroup var named: TeamArguments
    @Argument(help: "The ecosystem, such as npm.") var ecosystem: String
    @Argument(help: "The project's or namespace's name.") var name: String
    @Option(help: "owner or maintainer.") var role = "maintainer"
    @Flag(help: "The name is a namespace's.") var namespace = false
    @Flag(help: "Take the role away.") var remove = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let team = try named.parts()
        guard let role = Role(rawValue: role) else {
            throw ValidationError("'\(role)' is no role. Write owner or maintainer.")
        }
        let given = remove ? nil : role
        let id = EcosystemID(rawValue: ecosystem)
        try await options.withInstance { instance in
            let principal = try await instance.accounts.commandLinePrincipal(as: nil)
            if namespace {
                try await instance.namespaces.setTeam(
                    id, name: name, organization: team.organization, team: team.team, role: given, by: principal)
            } else {
                try await instance.lifecycle.setTeam(
                    id, name: name, organization: team.organization, team: team.team, role: given, by: principal)
            }
        }
        print(remove ? "\(named.team) has no role on \(name)." : "\(named.team) is \(role.rawValue) of \(name).")
    }
}
