package import Accounts
package import RegistryModel

/// Somebody whose browser sent the cookie of a session: signed in, or still asked for a second factor.
package struct PageSession: Sendable {
    /// The session with its account.
    package let session: Session
    /// The cookie's value: what ends the session, or is replaced by the next one.
    package let secret: String

    /// Collects both.
    package init(session: Session, secret: String) {
        self.session = session
        self.secret = secret
    }

    /// Who acts; nil while a second factor or another password is still asked for.
    package var principal: Principal? { session.principal }

    /// What makes the tokens in this session's forms.
    package var forms: FormToken { FormToken(key: session.record.formKey) }
}
