package import RegistryModel

/// What a request offers as proof of who sends it, before it is checked.
package struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The password of Basic authentication, the bearer token, or the bare header value.
    package let secret: String
    /// The user name of Basic authentication.
    package let userName: String?

    /// Collects both.
    package init(secret: String, userName: String? = nil) {
        self.secret = secret
        self.userName = userName
    }

    /// Says nothing: secrets never reach a log.
    package var description: String { "Credential(…)" }

    package var debugDescription: String { description }

    /// Nothing to see for `dump` either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who reads.
package enum Reader: Hashable, Sendable {
    /// Nobody in particular.
    case anonymous
    /// Somebody whose credential was checked.
    case principal(Principal)
}
