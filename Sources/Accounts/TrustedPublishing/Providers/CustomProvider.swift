import RegistryModel

extension TrustedProvider {
    /// What rows call a provider with a table of its own.
    package static let customID = "custom"

    /// The claims that every token has; none of them is an immutable id of whoever publishes.
    private static let standard: Set<String> = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp"]

    /// A provider with the table that an administrator wrote: claim → rule.
    ///
    /// Rules are `match` (the publisher's owner gives the value), `id` (an immutable id: the owner gives it, or the first use
    /// pins it), `exist`, `=VALUE` and `!VALUE`. `sub` is always compared, and by it publishers are looked up. At least one
    /// `id` is demanded beside the claims that every token has, because a subject may be given to somebody else.
    /// - Throws: ``Problem/Code/badRequest``.
    static func custom(name: String, issuer: String, claims table: [String: String]) throws(Problem) -> TrustedProvider
    {
        var claims: [String: ClaimRule] = ["sub": .matches { $0.equals("sub") }]
        var fields = [ProviderField("sub", "Subject", hint: "exactly the claim 'sub'")]
        for (claim, rule) in table.sorted(by: { $0.key < $1.key }) where claim != "sub" {
            claims[claim] = try self.rule(rule, claim)
            guard rule == "match" || rule == "id" else { continue }
            fields.append(
                ProviderField(
                    claim, claim, hint: rule == "id" ? "the first use pins it otherwise" : "exactly this claim",
                    isRequired: rule == "match"))
        }
        guard table.contains(where: { $0.value == "id" && !standard.contains($0.key) }) else {
            throw Problem(
                .badRequest,
                "An issuer needs at least one claim with the rule 'id': an id that nobody else can ever get, such as a "
                    + "project's number, beside \(standard.sorted().joined(separator: ", ")).")
        }
        return TrustedProvider(
            id: customID, name: name, issuers: [issuer], fields: fields, claims: claims,
            recorded: table.keys.filter { !standard.contains($0) }.sorted(),
            settingsLookup: { $0["sub"] ?? "" }, claimsLookup: { $0.subject })
    }

    private static func rule(_ text: String, _ claim: String) throws(Problem) -> ClaimRule {
        switch text {
        case "match": return .matches { $0.equals(claim) }
        case "id": return .pinned
        case "exist": return .exists
        case "environment": return .environment
        default:
            let value = String(text.dropFirst())
            guard !value.isEmpty, claim != environmentClaim else { break }
            if text.hasPrefix("=") { return .matches { $0.value == value } }
            if text.hasPrefix("!") { return .noneOf([value]) }
        }
        throw Problem(.badRequest, "'\(text.prefix(100))' is no rule; there are match, id, exist, =VALUE and !VALUE.")
    }
}
