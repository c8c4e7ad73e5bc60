import RegistryModel

/// The issuer through which people of an organization sign in, and what it may decide.
package struct SignOnSettings: Sendable {
    /// What people read on the button.
    package var title = "Single sign-on"
    package let issuer: String
    package let clientID: String
    /// Nil for a client without a secret, which PKCE protects alone.
    package var clientSecret: String?
    package var scopes = ["openid", "profile", "email"]
    /// The claim that lists groups; nil where groups decide nothing.
    package var groupsClaim: String?
    /// Rights on the instance, with the groups whose people have them.
    ///
    /// A right that stands here is given and taken by the issuer alone.
    package var rights: [Right: Set<String>] = [:]
    /// Teams, with the groups whose people are their members; they too are given and taken by the issuer alone.
    package var teams: [Team: Set<String>] = [:]
    /// The values of `amr` ([RFC 8176](https://www.rfc-editor.org/rfc/rfc8176)) that stand for a second factor.
    package var factorMethods: Set<String> = []
    /// Whether whoever the issuer knows gets an account.
    package var createsAccounts = false

    /// A right on the instance.
    package enum Right: String, CaseIterable, Sendable {
        case administrator, moderator, auditor
    }

    /// A team, by the folded names of its organization and itself.
    package struct Team: Hashable, Sendable {
        package let organization: String
        package let name: String

        /// Names a team.
        package init(organization: String, name: String) {
            self.organization = organization.lowercased()
            self.name = name.lowercased()
        }
    }

    /// Names the issuer and the client that this instance is to it.
    package init(issuer: String, clientID: String) {
        self.issuer = issuer
        self.clientID = clientID
    }
}
