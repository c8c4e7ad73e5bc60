import Accounts
import RegistryModel

/// Single sign-on, as the settings describe it.
enum SignOnConfiguration {
    /// Reads and checks the settings; nil where no issuer is named.
    static func read(_ settings: Settings) throws(Problem) -> SignOnSettings? {
        guard let issuer = settings.text("sso-issuer") else {
            guard settings.text("sso-client-id") == nil else {
                throw Problem(.badRequest, "'sso-client-id' needs 'sso-issuer'.")
            }
            return nil
        }
        guard issuer.hasPrefix("https://") || issuer.hasPrefix("http://") else {
            throw Problem(.badRequest, "'sso-issuer' must be the issuer's address, exactly as it calls itself.")
        }
        guard let client = settings.text("sso-client-id") else {
            throw Problem(.badRequest, "'sso-issuer' needs 'sso-client-id'.")
        }
        var found = SignOnSettings(issuer: issuer, clientID: client)
        found.clientSecret = try settings.secret("sso-client-secret-file")
        if let title = settings.text("sso-title") { found.title = title }
        let scopes = settings.list("sso-scopes").flatMap { $0.split(separator: " ").map(String.init) }
        if !scopes.isEmpty { found.scopes = scopes.contains("openid") ? scopes : ["openid"] + scopes }
        found.groupsClaim = settings.text("sso-groups-claim")
        found.factorMethods = Set(settings.list("sso-factor-amr"))
        found.createsAccounts = try settings.flag("sso-sign-up")
        for text in settings.list("sso-groups") { try add(text, to: &found) }
        guard found.groupsClaim != nil || found.rights.isEmpty && found.teams.isEmpty else {
            throw Problem(.badRequest, "'sso-groups' needs 'sso-groups-claim', the claim that lists groups.")
        }
        return found
    }

    /// One entry, `GROUP=RIGHT` or `GROUP=ORGANIZATION:TEAM`; the group may hold `=` itself.
    private static func add(_ text: String, to settings: inout SignOnSettings) throws(Problem) {
        let refusal = Problem(
            .badRequest,
            "'sso-groups' must be entries such as GROUP=administrator, GROUP=moderator, GROUP=auditor or "
                + "GROUP=ORGANIZATION:TEAM, not '\(text)'.")
        guard let split = text.lastIndex(of: "="), split != text.startIndex else { throw refusal }
        let group = String(text[..<split])
        let target = text[text.index(after: split)...]
        if let right = SignOnSettings.Right(rawValue: String(target)) {
            settings.rights[right, default: []].insert(group)
            return
        }
        let parts = target.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw refusal }
        settings.teams[SignOnSettings.Team(organization: parts[0], name: parts[1]), default: []].insert(group)
    }
}
