import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin project`: what the operator may do to any project.
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Yank, remove, restore, archive or hide what was published, and say who may publish it.",
        subcommands: [
            YankCommand.self, UnyankCommand.self, RemoveCommand.self, RestoreCommand.self, StatusCommand.self,
            VisibilityCommand.self, SourceCommand.self, MemberCommand.self, CriticalCommand.self,
            UncriticalCommand.self, FindCriticalCommand.self,
        ])
}

/// A project on the command line.
struct ProjectArguments: ParsableArguments {
    @Argument(help: "pypi, cargo, npm or composer.") var ecosystem: String
    @Argument(help: "The project's name.") var name: String

    var id: EcosystemID { EcosystemID(rawValue: ecosystem) }
}

/// `hallmark admin project yank ECOSYSTEM NAME VERSION`.
struct YankCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yank", abstract: "Keep a version out of new resolutions; who has pinned it still gets it.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The version.") var version: String
    @Option(help: "Why, for everybody to read.") var reason: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.lifecycle.yank(
                project.id, name: project.name, version: version, reason: reason,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("Yanked \(project.name) \(version).")
    }
}

/// `hallmark admin project unyank ECOSYSTEM NAME VERSION`.
struct UnyankCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "unyank", abstract: "Put a yanked version back.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The version.") var version: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.lifecycle.unyank(
                project.id, name: project.name, version: version,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) \(version) is back.")
    }
}

/// `hallmark admin project remove ECOSYSTEM NAME [VERSION]`.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a version, or a whole project; its versions and file names are never used again.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The version; all of them where none is given.") var version: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            let principal = try await instance.accounts.commandLinePrincipal(as: nil)
            if let version {
                try await instance.lifecycle.remove(project.id, name: project.name, version: version, by: principal)
            } else {
                try await instance.lifecycle.removeProject(project.id, name: project.name, by: principal)
            }
        }
        print("Removed \(project.name)\(version.map { " \($0)" } ?? "").")
    }
}

/// `hallmark admin project restore ECOSYSTEM NAME VERSION`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a removed version back, within 30 days.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The version.") var version: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.lifecycle.restore(
                project.id, name: project.name, version: version,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("Restored \(project.name) \(version).")
    }
}

/// `hallmark admin project status ECOSYSTEM NAME STATUS`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Set a project to active, archived, deprecated or quarantined.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "active, archived, deprecated or quarantined.") var status: String
    @Option(help: "Why, for everybody to read.") var reason: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let status = ProjectStatus(rawValue: status) else {
            throw ValidationError("'\(status)' is no status. Write active, archived, deprecated or quarantined.")
        }
        try await options.withInstance { instance in
            try await instance.lifecycle.setStatus(
                project.id, name: project.name, status, reason: reason,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) is \(status.rawValue).")
    }
}

/// `hallmark admin project visibility ECOSYSTEM NAME VISIBILITY`.
struct VisibilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visibility", abstract: "Set who may read a project: public, internal or private.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "public, internal or private.") var visibility: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let visibility = Visibility(rawValue: visibility) else {
            throw ValidationError("'\(visibility)' is no visibility. Write public, internal or private.")
        }
        try await options.withInstance { instance in
            try await instance.lifecycle.setVisibility(
                project.id, name: project.name, visibility,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) is \(visibility.rawValue).")
    }
}

/// `hallmark admin project source ECOSYSTEM NAME [ADDRESS]`.
struct SourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source",
        abstract: "Confirm the source repository that a project is held to, so that it takes releases again.")

    @OptionGroup var project: ProjectArguments
    @Argument(help: "The repository; without one it is the one that the next release names.") var address: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.lifecycle.setSource(
                project.id, name: project.name, address: address,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("\(project.name) comes from \(address ?? "where its next release says").")
    }
}
