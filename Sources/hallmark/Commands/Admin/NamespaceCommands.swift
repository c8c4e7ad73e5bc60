import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// A namespace on the command line.
struct NamespaceArguments: ParsableArguments {
    @Argument(help: "The ecosystem, such as npm.") var ecosystem: String
    @Argument(help: "The namespace: a scope, a vendor, a groupId or its beginning, or a prefix of names.")
    var name: String

    var id: EcosystemID { EcosystemID(rawValue: ecosystem) }
}

/// `hallmark admin namespace`: whose namespaces are.
struct NamespaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespace", abstract: "Assign namespaces to people, show whose they are, and take them back.",
        subcommands: [
            AssignNamespace.self, ListNamespaces.self, ShowNamespace.self, RevokeNamespace.self, EndTransfer.self,
            CheckNamespaces.self,
        ])
}

/// `hallmark admin namespace assign ECOSYSTEM NAMESPACE --owner NAME`.
struct AssignNamespace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Give a namespace to somebody: you vouch for it, and no proof is asked for.")

    @OptionGroup var namespace: NamespaceArguments
    @Option(help: "Whose it is.") var owner: String
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let assigned = try await options.withInstance { instance in
            try await instance.namespaces.assign(
                namespace.id, name: namespace.name, owner: owner,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        if options.json { return print(NamespaceLine.json(assigned)) }
        print("The \(assigned.ecosystem) namespace \(assigned.name) is \(assigned.owner)'s.")
    }
}

/// `hallmark admin namespace list ECOSYSTEM`.
struct ListNamespaces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what is claimed, verified and assigned in an ecosystem.")

    @Argument(help: "The ecosystem, such as npm.") var ecosystem: String
    @Option(help: "List those whose key comes after this one.") var after = ""
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withInstance { instance in
            try await instance.namespaces.all(
                EcosystemID(rawValue: ecosystem), after: after,
                by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        for namespace in found { print(options.json ? NamespaceLine.json(namespace) : NamespaceLine.text(namespace)) }
        if found.isEmpty, !options.json { print("Nothing is claimed.") }
    }
}

/// `hallmark admin namespace show ECOSYSTEM NAMESPACE`.
struct ShowNamespace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show who claims or has a namespace, how that was proven, and its members.")

    @OptionGroup var namespace: NamespaceArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withInstance { instance in
            try await instance.namespaces.all(
                namespace.id, name: namespace.name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        guard !found.isEmpty else { throw Problem(.notFound, "Nobody claims '\(namespace.name)'.") }
        for (namespace, members, offer) in found {
            if options.json {
                print(NamespaceLine.json(namespace, members: members, offer: offer))
            } else {
                print(NamespaceLine.text(namespace))
                if let offer { print("    \(NamespaceLine.text(offer))") }
                for member in members { print("    \(member.userName) (\(member.role.rawValue))") }
            }
        }
    }
}

/// `hallmark admin namespace revoke ECOSYSTEM NAMESPACE`.
struct RevokeNamespace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a namespace away from whoever has it; its projects stay with their owners.")

    @OptionGroup var namespace: NamespaceArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let revoked = try await options.withInstance { instance in
            try await instance.namespaces.revoke(
                namespace.id, name: namespace.name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("The \(revoked.ecosystem) namespace \(revoked.name) is no longer \(revoked.owner)'s.")
    }
}

/// `hallmark admin namespace end-transfer ECOSYSTEM NAMESPACE`.
struct EndTransfer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-transfer",
        abstract: "Take an offer of a namespace back, also one that was accepted and has not taken effect.")

    @OptionGroup var namespace: NamespaceArguments
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstance { instance in
            try await instance.namespaces.endOffer(
                namespace.id, name: namespace.name, by: try await instance.accounts.commandLinePrincipal(as: nil))
        }
        print("The offer of the \(namespace.ecosystem) namespace \(namespace.name) is taken back.")
    }
}

/// `hallmark admin namespace check`.
struct CheckNamespaces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for the proofs that are due now, and make due transfers effective, as the server does.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (round, moved) = try await options.withInstance { instance in
            (try await instance.namespaces.checkDue(), try await instance.namespaces.completeTransfers())
        }
        print(
            "Found \(round.proven) again, missed \(round.failing), \(round.lapsed) lapsed, \(round.expired) claims "
                + "expired, \(moved) changed hands.")
    }
}

/// A namespace as a line of output.
private enum NamespaceLine {
    static func text(_ namespace: Namespace) -> String {
        var parts = [namespace.name, namespace.state.rawValue, namespace.owner]
        if let method = namespace.method, let target = namespace.target { parts.append("\(method) \(target)") }
        if let dnssec = namespace.dnssec { parts.append("DNSSEC \(dnssec)") }
        if let since = namespace.failingSince { parts.append("proof missing since \(since.rfc3339(.seconds))") }
        return parts.joined(separator: "\t")
    }

    static func text(_ offer: NamespaceOffer) -> String {
        guard let date = offer.effectiveAt else { return "offered to \(offer.to)" }
        return "goes to \(offer.to) on \(date.rfc3339(.seconds))"
    }

    static func json(
        _ namespace: Namespace, members: [ProjectMember]? = nil, offer: NamespaceOffer? = nil
    ) -> String {
        let object: JSONValue = .compactObject([
            ("ecosystem", .string(namespace.ecosystem.rawValue)), ("name", .string(namespace.name)),
            ("state", .string(namespace.state.rawValue)), ("owner", .string(namespace.owner)),
            ("method", namespace.method.map(JSONValue.string)), ("target", namespace.target.map(JSONValue.string)),
            ("dnssec", namespace.dnssec.map(JSONValue.string)),
            ("failing_since", namespace.failingSince.map { .string($0.rfc3339(.seconds)) }),
            ("last_error", namespace.lastError.map(JSONValue.string)), ("to", offer.map { .string($0.to) }),
            ("effective", offer?.effectiveAt.map { .string($0.rfc3339(.seconds)) }),
            (
                "members",
                members.map { members in
                    .array(members.map { ["name": .string($0.userName), "role": .string($0.role.rawValue)] })
                }
            ),
        ])
        return String(decoding: object.bytes(), as: UTF8.self)
    }
}
