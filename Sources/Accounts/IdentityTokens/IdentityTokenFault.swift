/// Why an identity token is not accepted.
package enum IdentityTokenFault: Error, Hashable, Sendable {
    /// No token at all, or one that two readers could read differently; with the part that is wrong.
    case malformed(String)
    /// It is signed in a way that is not accepted here.
    case algorithm(String)
    /// Nobody here trusts its issuer.
    case unknownIssuer(String)
    /// The issuer's keys could not be had; it may be fine later.
    case issuerUnavailable(String)
    /// The issuer has no key of that name.
    case unknownKey
    /// The signature does not fit.
    case signature
    /// It is for somebody else.
    case audience
    /// Its time is over.
    case expired
    /// Its time has not come.
    case notYetValid
    /// A claim that every token has is missing or of another type.
    case claim(String)
}
