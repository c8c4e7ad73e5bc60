package import RegistryModel

/// Sessions of the pages: begun by ``SignIn``, found by the secret in the cookie, ended by their owner.
package struct Sessions: Sendable {
    let core: AccountCore

    /// Works on the core's database.
    package init(core: AccountCore) {
        self.core = core
    }

    /// The session with that secret, pending ones included, or nil where there is none or it is over.
    ///
    /// Notes now and then that it was seen.
    package func find(secret: String) async throws -> Session? { throw Problem(.notSupported, "This is not ready yet.") }

    /// The sessions of the account, the newest first.
    package func list(of session: Session) async throws -> [SessionRecord] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Ends the session with that secret: signing out.
    package func end(secret: String) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Ends one of the account's sessions.
    ///
    /// Throws ``Problem/Code/notFound``.
    package func end(_ id: Int64, by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Ends all of the account's sessions but this one, and forgets its devices.
    package func endOthers(by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Asks for a proof that is fresh, before a dangerous act.
    ///
    /// Throws ``Problem/Code/reauthenticationRequired``, and ``Problem/Code/secondFactorRequired`` or
    /// ``Problem/Code/passwordChangeRequired`` where the session is not complete.
    package func requireFresh(_ session: Session) throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Whether a proof is fresh.
    package func isFresh(_ session: Session) -> Bool { false }

    /// The hidden field of a form of that session: an HMAC of the action, so that no other page can send it.
    package func formToken(for session: Session, action: String) -> String { "" }

    /// Whether a form's hidden field is the one that belongs to the session and the action.
    package func accepts(formToken: String, for session: Session, action: String) -> Bool { false }
}
