import Persistence
package import RegistryModel

/// What somebody shows as a second factor.
package enum FactorProof: Sendable {
    /// Six digits of a code generator.
    case totp(String)
    /// An `AuthenticationResponseJSON` to options that were made for the same session or link.
    case securityKey(JSONValue)
    case recoveryCode(String)
}

/// Checks second factors, whatever they are for: first what takes long, then, inside a transaction, what must happen once.
package struct FactorProofs: Sendable {
    let core: AccountCore
    let securityKeys: WebAuthn

    /// A proof that is ready to be used up.
    enum Prepared: Sendable {
        case totp(String)
        case securityKey(VerifiedAssertion)
        case recoveryCode(String)
    }

    /// What using a proof up came to.
    ///
    /// A refusal is a value, so that what it wrote (a notice) is kept.
    enum Outcome: Sendable {
        case proven(Factor)
        case refused(Problem)
    }

    /// The second factors that an account can show.
    static func kinds(userID: Int64, on connection: any SQLConnection) throws -> Set<Factor> {
        let standing = try AccountStore(connection).standing(userID: userID)
        var kinds: Set<Factor> = []
        if standing.hasTOTP { kinds.insert(.totp) }
        if standing.securityKeys > 0 { kinds.insert(.webauthn) }
        if !kinds.isEmpty, try FactorStore(connection).codesLeft(userID: userID) > 0 { kinds.insert(.recoveryCode) }
        return kinds
    }

    /// Checks signatures.
    ///
    /// Throws ``Problem/Code/credentialInvalid``.
    func prepare(_ proof: FactorProof, userID: Int64, purpose: Challenge.Purpose) async throws -> Prepared {
        switch proof {
        case .totp(let code): return .totp(code)
        case .recoveryCode(let code): return .recoveryCode(code)
        case .securityKey(let response):
            let assertion = try await securityKeys.verify(response, purpose: purpose, needsUserVerification: false)
            guard assertion.key.userID == userID else {
                throw Problem(.credentialInvalid, "This security key belongs to another account.")
            }
            return .securityKey(assertion)
        }
    }

    /// Uses a proof up.
    func use(
        _ proof: Prepared, userID: Int64, visitor: Visitor, on connection: any SQLConnection
    ) throws -> Outcome {
        switch proof {
        case .totp(let code):
            return try TOTP(core: core).use(code, userID: userID, on: connection)
                ? .proven(.totp) : .refused(Self.wrongCode)
        case .recoveryCode(let code):
            return try RecoveryCodes(core: core).use(code, userID: userID, visitor: visitor, on: connection)
                ? .proven(.recoveryCode) : .refused(Self.wrongCode)
        case .securityKey(let assertion):
            if let problem = try securityKeys.use(assertion, visitor: visitor, on: connection) {
                return .refused(problem)
            }
            return .proven(.webauthn)
        }
    }

    static let wrongCode = Problem(.codeInvalid, "This code is wrong, too old, or was used before.")
}
