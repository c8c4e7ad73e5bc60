/// One way in which somebody proved who they are.
package enum Factor: String, Sendable, CaseIterable {
    case password
    /// A code by time, RFC 6238.
    case totp
    /// A WebAuthn credential after a password.
    case webauthn
    /// A WebAuthn credential alone, with the person verified by it.
    case passkey
    /// A recovery code, in place of a second factor.
    case recoveryCode = "recovery-code"
    /// An issuer that the operator configured.
    case singleSignOn = "single-sign-on"
    /// A second factor that such an issuer vouches for (`amr`).
    case issuerFactor = "issuer-factor"
}

/// The ways in which somebody proved who they are, together.
package struct Factors: Hashable, Sendable, CustomStringConvertible {
    /// The ways.
    package let all: Set<Factor>

    /// Collects them.
    package init(_ all: Set<Factor>) {
        self.all = all
    }

    /// Reads words separated by spaces; those that are unknown are left out, which proves less.
    package init(text: String) {
        all = Set(text.split(separator: " ").compactMap { Factor(rawValue: String($0)) })
    }

    /// The words, separated by spaces, in a fixed order.
    package var description: String {
        Factor.allCases.filter(all.contains).map(\.rawValue).joined(separator: " ")
    }

    /// Whether more than one thing was proven: AUTHN-3.2.
    package var isMultiple: Bool {
        !all.isDisjoint(with: [.totp, .webauthn, .passkey, .issuerFactor, .recoveryCode])
    }

    /// Whether what was proven cannot be given away to a page that looks the same: AUTHN-3.3.
    package var resistsPhishing: Bool { !all.isDisjoint(with: [.webauthn, .passkey]) }
}

/// What an account has to prove itself with.
package struct AccountStanding: Hashable, Sendable {
    /// Whether an address is confirmed.
    package let hasVerifiedAddress: Bool
    /// Whether a code generator is set up.
    package let hasTOTP: Bool
    /// How many WebAuthn credentials there are.
    package let securityKeys: Int64

    /// Collects it.
    package init(hasVerifiedAddress: Bool, hasTOTP: Bool, securityKeys: Int64) {
        self.hasVerifiedAddress = hasVerifiedAddress
        self.hasTOTP = hasTOTP
        self.securityKeys = securityKeys
    }

    /// Whether there is any second factor.
    package var hasSecondFactor: Bool { hasTOTP || securityKeys > 0 }
}
