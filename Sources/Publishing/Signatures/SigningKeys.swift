import Accounts
import Formats
import Persistence
package import RegistryModel

/// The OpenPGP keys with which publishers sign what they publish: registered by themselves, or by the operator.
///
/// Every change is an event, and its owner is told of it: whoever adds a key could publish what looks signed.
package struct SigningKeys: Sendable {
    let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// The longest public key.
    package static let maximumBytes = OpenPGP.maximumKeyBytes

    /// The most keys that one user may have registered.
    package static let maximumCount = 20
    static let kind = "openpgp"

    /// A user's keys, in the order of their fingerprints.
    package func list(of userID: Int64) async throws -> [SigningKey] {
        try await core.driver.read { try SigningKeyStore($0).list(userID: userID, kind: Self.kind) }
    }

    /// Registers a public key of the principal's, binary or armored; one that is registered already is replaced by its new
    /// form.
    /// - Throws: ``Problem/Code/badRequest`` where it is none, ``Problem/Code/quotaExceeded``,
    ///   ``Problem/Code/insufficientScope`` where the token does not cover `manage` for everything.
    package func add(_ bytes: [UInt8], by principal: Principal) async throws -> SigningKey {
        try Self.authorize(principal)
        return try await register(bytes, of: principal.userID, named: principal.userName, by: principal)
    }

    /// Registers a public key for somebody, as the operator.
    package func add(_ bytes: [UInt8], for user: UserRecord, by principal: Principal) async throws -> SigningKey {
        try Self.requireOperator(principal)
        return try await register(bytes, of: user.id, named: user.name, by: principal)
    }

    /// Forgets a key of the principal's; what was published with it stays.
    /// - Throws: ``Problem/Code/notFound``, ``Problem/Code/insufficientScope``.
    package func remove(_ fingerprint: String, by principal: Principal) async throws {
        try Self.authorize(principal)
        try await revoke(fingerprint, of: principal.userID, named: principal.userName, by: principal)
    }

    /// Forgets somebody's key, as the operator.
    package func remove(_ fingerprint: String, of user: UserRecord, by principal: Principal) async throws {
        try Self.requireOperator(principal)
        try await revoke(fingerprint, of: user.id, named: user.name, by: principal)
    }

    private static func authorize(_ principal: Principal) throws(Problem) {
        guard principal.userID != 0 else { throw Problem(.forbidden, "Only people have signing keys.") }
        // What counts for everything that somebody publishes needs a token that covers everything.
        guard principal.mayUse(.manage, ecosystem: EcosystemID(rawValue: ""), nameKey: nil) else {
            throw Problem(
                .insufficientScope, "This token of \(principal.userName) does not cover 'manage' for everything.")
        }
    }

    private static func requireOperator(_ principal: Principal) throws(Problem) {
        guard principal.isAdministrator else { throw Problem(.forbidden, "Only an administrator may do that.") }
    }

    private func register(
        _ bytes: [UInt8], of userID: Int64, named name: String, by principal: Principal
    ) async throws -> SigningKey {
        let fingerprint: String
        do throws(OpenPGP.KeyFault) {
            fingerprint = try OpenPGP.fingerprint(ofKey: bytes)
        } catch {
            throw Problem(error)
        }
        let key = SigningKey(
            id: core.ids.next(), userID: userID, kind: Self.kind, fingerprint: fingerprint, bytes: bytes,
            createdAt: core.clock.now())
        return try await core.driver.write { connection in
            // As for a token: who could be somebody else makes nothing that vouches for them.
            try ActingRules(core, connection, at: key.createdAt).requirePerson(principal)
            let store = SigningKeyStore(connection)
            let known = try store.list(userID: userID, kind: Self.kind)
            guard known.count(where: { $0.fingerprint != fingerprint }) < Self.maximumCount else {
                throw Problem(.quotaExceeded, "A user has at most \(Self.maximumCount) signing keys.")
            }
            try store.put(key)
            try note(.signingKeyAdded, fingerprint, of: userID, named: name, by: principal, connection)
            let kept = try store.list(userID: userID, kind: Self.kind).first { $0.fingerprint == fingerprint }
            return kept ?? key
        }
    }

    private func revoke(
        _ fingerprint: String, of userID: Int64, named name: String, by principal: Principal
    ) async throws {
        let fingerprint = fingerprint.uppercased().filter { $0 != " " }
        try await core.driver.write { connection in
            let isRevoked = try SigningKeyStore(connection).revoke(
                userID: userID, kind: Self.kind, fingerprint: fingerprint, at: core.clock.now())
            guard isRevoked else {
                throw Problem(.notFound, "\(name) has no signing key \(fingerprint.prefix(64)).")
            }
            try note(.signingKeyRevoked, fingerprint, of: userID, named: name, by: principal, connection)
        }
    }

    /// Writes the event, and tells the key's owner.
    private func note(
        _ kind: Notice.Kind, _ fingerprint: String, of userID: Int64, named name: String, by principal: Principal,
        _ connection: any SQLConnection
    ) throws {
        let event = Event.make(
            id: core.ids.next(), kind: kind == .signingKeyAdded ? "signing-key.added" : "signing-key.removed",
            at: core.clock.now(), actor: principal.userName, via: principal.kind, projectID: nil, visibility: .private,
            details: [("user", .string(name)), ("fingerprint", .string(fingerprint))])
        try EventStore(connection).insert(event)
        try core.notices.post(
            Notice(kind, ["fingerprint": fingerprint, "by": principal.userName]), to: userID, on: connection)
    }
}

extension Problem {
    /// Explains why a public key is not taken.
    fileprivate init(_ fault: OpenPGP.KeyFault) {
        switch fault {
        case .tooLarge: self.init(.badRequest, "A public key has at most \(OpenPGP.maximumKeyBytes) bytes.")
        case .unreadable: self.init(.badRequest, "This is no OpenPGP public key. Export it with 'gpg --export KEY'.")
        case .severalKeys: self.init(.badRequest, "These are several keys. Register each by itself.")
        case .secret:
            self.init(
                .badRequest, "This is a secret key, which nobody but you should have. Export the public one.")
        }
    }
}
