import Accounts
import ArgumentParser
import HallmarkServer
import RegistryModel

/// `hallmark admin domains`: the domains of email addresses, and whether somebody still keeps them.
struct DomainsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domains", abstract: "Show which domains of email addresses fail or are abandoned.",
        subcommands: [ListDomains.self, CheckDomain.self, ResetDomain.self], defaultSubcommand: ListDomains.self)
}

/// `hallmark admin domains list`.
struct ListDomains: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List domains of confirmed addresses, those in good order too.")

    @Option(help: "Only those in this state: ok, failing or abandoned.") var state: String?
    @Option(help: "List those that come after this one.") var after = ""
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let wanted = state.map { EmailDomain.State(rawValue: $0) }
        if let wanted, wanted == nil { throw ValidationError("'--state' is ok, failing or abandoned.") }
        let found = try await options.withInstance { instance in
            try await instance.outward.emailDomains.list(
                after: after, state: wanted ?? nil, limit: 1000,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        for domain in found { print(options.json ? DomainLine.json(domain) : DomainLine.text(domain)) }
        if found.isEmpty, !options.json { print("There is none.") }
    }
}

/// `hallmark admin domains check DOMAIN`.
struct CheckDomain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check", abstract: "Look at a domain now.")

    @Argument(help: "The domain.") var domain: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withInstance { instance in
            try await instance.outward.emailDomains.check(
                domain, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print(options.json ? DomainLine.json(found) : DomainLine.text(found))
    }
}

/// `hallmark admin domains reset DOMAIN`.
struct ResetDomain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Say that a domain is in good order; its addresses count once they are confirmed again.")

    @Argument(help: "The domain.") var domain: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withInstance { instance in
            try await instance.outward.emailDomains.reset(
                domain, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print(options.json ? DomainLine.json(found) : DomainLine.text(found))
    }
}

/// A domain as a line of output.
private enum DomainLine {
    static func text(_ domain: EmailDomain) -> String {
        var parts = [domain.domain, domain.state.rawValue]
        if let since = domain.failingSince { parts.append("failing since \(since.rfc3339(.seconds))") }
        if let error = domain.lastError { parts.append(error) }
        if let registered = domain.registeredAt { parts.append("registered \(registered.rfc3339(.seconds))") }
        return parts.joined(separator: "\t")
    }

    static func json(_ domain: EmailDomain) -> String {
        String(decoding: domain.json.bytes(), as: UTF8.self)
    }
}
