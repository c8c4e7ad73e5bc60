import Persistence
package import RegistryModel

/// WebAuthn Level 3: security keys as a second factor (AUTHN-2.2), and passkeys (AUTHN-3.1).
package struct WebAuthn: Sendable {
    let core: AccountCore
    let key: AccountKey
    let pool: any WorkPool
    let sessions: Sessions
    let ceremony: Ceremony

    /// Signatures are checked on `pool`.
    package init(core: AccountCore, key: AccountKey, pool: any WorkPool) {
        self.core = core
        self.key = key
        self.pool = pool
        sessions = Sessions(core: core)
        ceremony = Ceremony(origin: Origin(core.publicURL))
    }

    /// How many an account may have.
    package static let maximum = 20

    /// What a credential is to be.
    package enum Use: String, Sendable, CaseIterable {
        /// A second factor after a password.
        case securityKey = "security-key"
        /// Signs in alone: discoverable, and it verifies the person.
        case passkey
    }

    /// The account's credentials, the oldest first.
    package func list(of principal: Principal) async throws -> [SecurityKeyRecord] {
        try await core.driver.read { try SecurityKeyStore($0).list(userID: principal.userID) }
    }

    /// The options to make a credential, as `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// Needs a fresh proof.
    package func creationOptions(_ use: Use, session: Session) async throws -> JSONValue {
        let principal = try sessions.requireFresh(session)
        let fresh = core.random.bytes(32)
        let (handle, keys) = try await core.driver.write { connection in
            let keys = try SecurityKeyStore(connection).list(userID: principal.userID)
            guard keys.count < Self.maximum else {
                throw Problem(.conflict, "An account has at most \(Self.maximum) security keys. Remove one first.")
            }
            return (try AccountStore(connection).handle(userID: principal.userID, fresh: fresh), keys)
        }
        let challenge = makeChallenge(.create(session: session.record.id, use: use))
        let isPasskey = use == .passkey
        return [
            "rp": ["id": .string(ceremony.origin.relyingParty), "name": .string(ceremony.origin.relyingParty)],
            "user": [
                "id": .string(Base64URL.encode(handle)), "name": .string(principal.userName),
                "displayName": .string(principal.userName),
            ],
            "challenge": .string(Base64URL.encode(challenge.bytes)),
            "pubKeyCredParams": .array(
                CredentialKey.Algorithm.allCases.map { ["type": "public-key", "alg": .integer($0.rawValue)] }),
            "timeout": .integer(Challenge.seconds * 1000), "excludeCredentials": Self.descriptors(keys),
            "authenticatorSelection": [
                "residentKey": isPasskey ? "required" : "discouraged", "requireResidentKey": .bool(isPasskey),
                "userVerification": isPasskey ? "required" : "discouraged",
            ],
            "attestation": "none", "extensions": ["credProps": true],
        ]
    }

    /// Registers a credential; `response` is a `RegistrationResponseJSON` to ``creationOptions(_:session:)``.
    ///
    /// It counts as proven: the session's secret is rotated.
    ///
    /// Throws ``Problem/Code/credentialInvalid`` with what is wrong.
    package func register(
        _ response: JSONValue, use: Use, name: String, session: Session, visitor: Visitor
    ) async throws -> (key: SecurityKeyRecord, started: StartedSession) {
        let principal = try sessions.requireFresh(session)
        let name = try FactorName.checked(name)
        let (registered, challenge) = try explained { () throws(CredentialFault) in
            let made = try ceremony.registered(response, needsUserVerification: use == .passkey)
            guard use == .securityKey || made.isDiscoverable != false else { throw .notDiscoverable }
            return (made, try open(made.challenge, .create(session: session.record.id, use: use)))
        }
        let record = SecurityKeyRecord(
            id: core.ids.next(), userID: principal.userID, name: name, credentialID: registered.credentialID,
            publicKey: registered.key.bytes, algorithm: registered.key.algorithm.rawValue,
            signCount: registered.data.signCount, isDiscoverable: use == .passkey,
            isBackupEligible: registered.data.isBackupEligible, isBackedUp: registered.data.isBackedUp,
            aaguid: registered.aaguid, transports: registered.transports, createdAt: core.clock.now(), lastUsedAt: nil)
        do {
            let started = try await core.driver.write { connection in
                try insert(record, challenge: challenge, visitor: visitor, on: connection)
                return try sessions.rotate(
                    session, adding: use == .passkey ? .passkey : .webauthn, visitor: visitor, on: connection)
            }
            return (record, started)
        } catch SQLFault.uniqueViolation {
            throw Problem(.credentialInvalid, "This security key or passkey is registered already.")
        }
    }

    private func insert(
        _ record: SecurityKeyRecord, challenge: Challenge, visitor: Visitor, on connection: any SQLConnection
    ) throws {
        let store = SecurityKeyStore(connection)
        guard try store.useChallenge(hash: challenge.hash, expiresAt: challenge.expiresAt) else {
            throw Problem(.challenge, origin: ceremony.origin)
        }
        guard try store.list(userID: record.userID).count < Self.maximum else {
            throw Problem(.conflict, "An account has at most \(Self.maximum) security keys. Remove one first.")
        }
        try store.insert(record)
        try core.notices.post(
            Notice(.factorAdded, Self.details(record), origin: visitor.origin), to: record.userID, on: connection)
    }

    /// Gives a credential another name.
    package func rename(_ id: Int64, to name: String, session: Session) async throws {
        let principal = try session.requirePrincipal()
        let name = try FactorName.checked(name)
        try await core.driver.write { connection in
            guard try SecurityKeyStore(connection).rename(id, userID: principal.userID, to: name) else {
                throw Self.unknown
            }
        }
    }

    /// Removes a credential.
    ///
    /// Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/conflict`` where the account could not sign in any more, or for the last second factor where
    /// the policy requires one.
    package func remove(_ id: Int64, session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            let store = SecurityKeyStore(connection)
            let found = try store.list(userID: principal.userID).first { $0.id == id }
            guard let found, try store.remove(id, userID: principal.userID) else { throw Self.unknown }
            try FactorRules(core: core).requireRest(userID: principal.userID, on: connection)
            try core.notices.post(
                Notice(.factorRemoved, Self.details(found), origin: visitor.origin), to: principal.userID,
                on: connection)
        }
    }

    private static func details(_ record: SecurityKeyRecord) -> [String: String] {
        ["factor": record.isDiscoverable ? "passkey" : "security-key", "name": record.name]
    }

    private static let unknown = Problem(.notFound, "You have no such security key.")
}
