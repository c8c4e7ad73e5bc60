package import RegistryModel

/// What somebody shows as a second factor.
package enum FactorProof: Sendable {
    /// Six digits of a code generator.
    case totp(String)
    /// An `AuthenticationResponseJSON` to options that were made for the same session or link.
    case securityKey(JSONValue)
    case recoveryCode(String)
}

/// Checks second factors, whatever they are for.
package struct FactorProofs: Sendable {
    let totp: TOTP
    let securityKeys: WebAuthn
    let codes: RecoveryCodes
}
