import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin project member ECOSYSTEM NAME USER [--role ROLE] [--remove]`.
struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Give somebody a role on a project at once, or take it away.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The user.") var user: String
    @Option(help: "owner or maintainer.") var role = "maintainer"
    @Flag(help: "Take the role away; the last owner stays.") var remove = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let role = Role(rawValue: role) else {
            throw ValidationError("'\(role)' is no role. Write owner or maintainer.")
        }
        try await options.withInstance { instance in
            let principal = try await instance.accounts.commandLinePrincipal(as: nil)
            if remove {
                try await instance.lifecycle.removeMember(project.id, name: project.name, user: user, by: principal)
            } else {
                try await instance.lifecycle.addMember(
                    project.id, name: project.name, user: user, role: role, by: principal)
            }
        }
        print(remove ? "\(user) has no role on \(project.name)." : "\(user) is \(role.rawValue) of \(project.name).")
    }
}

/// `hallmark admin project critical ECOSYSTEM NAME [--now]`.
struct CriticalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical",
        abstract: "Mark a project as critical: its publishers need a security key, a passkey or a trusted publisher.")

    @OptionGroup var project: ProjectArguments
    @Flag(help: "Enforce it at once, without the time that owners have to prepare.") var now = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.ownership.critical.mark(
                project.id, name: project.name, atOnce: now,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) is critical.")
    }
}

/// `hallmark admin project uncritical ECOSYSTEM NAME`.
struct UncriticalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uncritical", abstract: "Take that mark back; what counts by downloads or dependents stays.")

    @OptionGroup var project: ProjectArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.ownership.critical.unmark(
                project.id, name: project.name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) is not marked as critical.")
    }
}

/// `hallmark admin project find-critical`.
struct FindCriticalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find-critical", abstract: "Find out now which projects are critical, as the server does daily.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (round, all) = try await options.withInstance { instance in
            let round = try await instance.ownership.critical.recompute()
            let principal = try await instance.accounts.commandLinePrincipal(as: nil)
            return (round, try await instance.ownership.critical.list(for: .principal(principal)))
        }
        for project in all {
            guard let critical = project.critical else { continue }
            print(
                "\(project.ecosystem)\t\(project.name.display)\t\(critical.reason.rawValue)\t"
                    + "enforced from \(critical.enforcedAt.rfc3339(.seconds))")
        }
        print("\(round.added) became critical, \(round.removed) no longer are.")
    }
}

/// `hallmark admin user role NAME [--administrator] [--moderator] [--auditor]`.
struct UserRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Set what somebody may do on the whole instance: exactly what is named.")

    @Argument(help: "The user.") var name: String
    @Flag(help: "Everything.") var administrator = false
    @Flag(help: "Yank, quarantine, and say what is critical; read everything.") var moderator = false
    @Flag(help: "Read everything, change nothing.") var auditor = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.accounts.setInstanceRoles(
                of: name, isAdministrator: administrator, isModerator: moderator, isAuditor: auditor,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        let words = [
            administrator ? "administrator" : nil, moderator ? "moderator" : nil, auditor ? "auditor" : nil,
        ].compactMap(\.self)
        print("\(name) is \(words.isEmpty ? "an ordinary user" : words.joined(separator: ", ")).")
    }
}
