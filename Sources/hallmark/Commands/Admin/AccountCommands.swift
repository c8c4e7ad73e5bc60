import Accounts
import ArgumentParser
import HallmarkServer
import RegistryModel

/// `hallmark admin user invite ADDRESS [--name NAME] [--administrator]`.
struct InviteUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite somebody by mail to make an account.")

    @Argument(help: "The person's address.") var address: String
    @Option(help: "The name to suggest.") var name: String?
    @Flag(help: "Let the person administer the instance.") var administrator = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let link = try await options.withInstance { instance in
            try await instance.people.signUp.invite(
                address: address, name: name, isAdministrator: administrator,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        options.show(
            ["link": .string(link)],
            "The invitation waits to be mailed by 'hallmark serve'. The link works once and for 7 days:\n\(link)")
    }
}

/// `hallmark admin user setup-link [NAME]`.
struct SetupLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-link",
        abstract: "Make the link of the first administrator, or the first link of an account without a password.")

    @Argument(help: "An account that was made on the command line and has neither a password nor a factor.")
    var name: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let link = try await options.withInstance { instance -> String in
            guard let name else { return try await instance.people.signUp.setupLink() }
            return try await instance.people.resets.firstLink(
                name: name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        options.show(["link": .string(link)], "Open this link within a day; it works once:\n\(link)")
    }
}

/// `hallmark admin user suspend NAME --reason TEXT`.
struct SuspendUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Stop an account: its sessions end and its tokens do not work.")

    @Argument(help: "The account.") var name: String
    @Option(help: "Why, for the event.") var reason = ""
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.people.administration.suspend(
                name, reason: reason, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        options.show(["suspended": .string(name)], "Suspended the account \(name).")
    }
}

/// `hallmark admin user restore NAME`.
struct RestoreUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Let a suspended account work again.")

    @Argument(help: "The account.") var name: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.people.administration.restore(
                name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        options.show(["restored": .string(name)], "The account \(name) works again.")
    }
}

/// `hallmark admin user recover [ID] [--approve | --refuse] --as NAME`.
struct RecoverUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "List the recoveries that run, or approve or refuse one.",
        discussion: "Two people approve, one of them an administrator; at most one of them on the command line.")

    @Argument(help: "The recovery's number.") var id: Int64?
    @Flag(help: "Approve it.") var approve = false
    @Flag(help: "Refuse it.") var refuse = false
    @Option(name: .customLong("as"), help: "The administrator or moderator who decides.") var person: String?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard (id != nil) == (approve || refuse), !(approve && refuse) else {
            throw ValidationError("Give a number with one of --approve and --refuse, or neither.")
        }
        guard id == nil || person != nil else { throw ValidationError("Say who decides with --as NAME.") }
    }

    func run() async throws {
        let entries = try await options.withInstance { instance -> [Recovery.Entry]? in
            let principal = try await instance.accounts.commandLinePrincipal(as: person)
            let recovery = instance.people.recovery
            guard let id else { return try await recovery.list(by: principal) }
            if approve {
                try await recovery.approve(id, by: principal)
            } else {
                try await recovery.refuse(id, by: principal)
            }
            return nil
        }
        guard let entries else {
            return options.show(
                ["recovery": .string(id.map { String($0) } ?? ""), "approved": .bool(approve)],
                approve ? "Approved." : "Refused.")
        }
        let list = entries.map { entry in
            "\(entry.record.id)  \(entry.userName)  \(entry.record.state.rawValue)  since "
                + "\(entry.record.createdAt.rfc3339(.seconds))  \(entry.record.reason)"
        }
        options.show(
            .array(entries.map(Self.json)), list.isEmpty ? "No recovery runs." : list.joined(separator: "\n"))
    }

    private static func json(_ entry: Recovery.Entry) -> JSONValue {
        [
            "id": .string(String(entry.record.id)), "user": .string(entry.userName),
            "state": .string(entry.record.state.rawValue), "reason": .string(entry.record.reason),
            "created": .string(entry.record.createdAt.rfc3339(.seconds)),
        ]
    }
}

extension GlobalOptions {
    /// Prints an answer, as JSON where that is asked for.
    fileprivate func show(_ value: JSONValue, _ text: String) {
        print(json ? String(decoding: value.bytes(), as: UTF8.self) : text)
    }
}
