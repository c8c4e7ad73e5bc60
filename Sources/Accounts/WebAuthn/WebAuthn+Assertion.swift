import Persistence
import RegistryModel

/// An assertion whose signature is good; it counts once it is used.
struct VerifiedAssertion: Sendable {
    let key: SecurityKeyRecord
    fileprivate let challenge: Challenge
    fileprivate let signCount: Int64
    fileprivate let isBackedUp: Bool
}

extension WebAuthn {
    /// The options to prove a credential, as `PublicKeyCredentialRequestOptionsJSON`.
    func requestOptions(_ purpose: Challenge.Purpose, allowing keys: [SecurityKeyRecord]) -> JSONValue {
        [
            "challenge": .string(Base64URL.encode(makeChallenge(purpose).bytes)),
            "timeout": .integer(Challenge.seconds * 1000), "rpId": .string(ceremony.origin.relyingParty),
            "allowCredentials": Self.descriptors(keys),
            "userVerification": purpose == .passkey ? "required" : "discouraged",
        ]
    }

    /// Checks an `AuthenticationResponseJSON` as far as that needs no write.
    ///
    /// Throws ``Problem/Code/credentialInvalid``.
    func verify(
        _ response: JSONValue, purpose: Challenge.Purpose, needsUserVerification: Bool
    ) async throws -> VerifiedAssertion {
        let (asserted, challenge) = try explained { () throws(CredentialFault) in
            let asserted = try self.ceremony.asserted(response, needsUserVerification: needsUserVerification)
            return (asserted, try open(asserted.challenge, purpose))
        }
        let found = try await core.driver.read { try SecurityKeyStore($0).find(credentialID: asserted.credentialID) }
        guard let found, let key = CredentialKey(algorithm: found.record.algorithm, bytes: found.record.publicKey)
        else {
            throw Problem(.unknownCredential, origin: ceremony.origin)
        }
        try await pool.run { [ceremony] in
            do throws(CredentialFault) {
                try ceremony.check(
                    asserted, key: key, isBackupEligible: found.record.isBackupEligible, handle: found.handle,
                    needsHandle: purpose == .passkey)
            } catch {
                throw Problem(error, origin: ceremony.origin)
            }
        }
        return VerifiedAssertion(
            key: found.record, challenge: challenge, signCount: asserted.data.signCount,
            isBackedUp: asserted.data.isBackedUp)
    }

    /// Uses an assertion up inside a transaction: its challenge, and its counter.
    ///
    /// A counter that does not grow may mean a copy of the key (§6.1.1): it is refused and its owner told.
    /// - Returns: Why it is refused; nil where it is good. What was written for a refusal is to be kept.
    func use(_ assertion: VerifiedAssertion, visitor: Visitor, on connection: any SQLConnection) throws -> Problem? {
        let store = SecurityKeyStore(connection)
        guard
            try store.useChallenge(hash: assertion.challenge.hash, expiresAt: assertion.challenge.expiresAt)
        else { return Problem(.challenge, origin: ceremony.origin) }
        let isFresh = try store.use(
            assertion.key.id, signCount: assertion.signCount, isBackedUp: assertion.isBackedUp, at: core.clock.now())
        if isFresh { return nil }
        try core.notices.post(
            Notice(.factorSuspicious, ["name": assertion.key.name], origin: visitor.origin), to: assertion.key.userID,
            on: connection)
        return Problem(
            .credentialInvalid,
            "The counter of this security key did not grow, so somebody may have copied it. It was not accepted.")
    }

    func makeChallenge(_ purpose: Challenge.Purpose) -> Challenge {
        Challenge.make(purpose, key: key, random: core.random, now: core.clock.now())
    }

    func open(_ bytes: [UInt8], _ purpose: Challenge.Purpose) throws(CredentialFault) -> Challenge {
        guard let challenge = Challenge.open(bytes, purpose, key: key, now: core.clock.now()) else { throw .challenge }
        return challenge
    }

    func explained<Value>(_ body: () throws(CredentialFault) -> Value) throws(Problem) -> Value {
        do {
            return try body()
        } catch {
            throw Problem(error, origin: ceremony.origin)
        }
    }

    static func descriptors(_ keys: [SecurityKeyRecord]) -> JSONValue {
        .array(
            keys.map { key in
                [
                    "type": "public-key", "id": .string(Base64URL.encode(key.credentialID)),
                    "transports": .strings(key.transports),
                ]
            })
    }
}
