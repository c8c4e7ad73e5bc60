/// Where mail for a domain would go ([RFC 5321, 5.1](https://www.rfc-editor.org/rfc/rfc5321#section-5.1)).
package enum MailRoute: String, Sendable, CaseIterable {
    /// There are mail exchangers.
    case exchangers
    /// There are none, but the domain itself has an address.
    case address
    /// The domain says that it takes no mail ([RFC 7505](https://www.rfc-editor.org/rfc/rfc7505)).
    case refusing
    /// The domain is there, without exchangers or addresses.
    case nowhere
    /// There is no such domain.
    case nonexistent

    /// Whether mail can arrive.
    package var leadsSomewhere: Bool { self == .exchangers || self == .address }
}

/// Asks the domain name system where mail goes.
package protocol MailRouteResolver: Sendable {
    /// Where mail for a domain would go.
    /// - Throws: ``DNSFault/bogus(_:)`` or ``DNSFault/unreachable(_:)`` where that is not known; ``Problem/Code/overloaded``.
    func mailRoute(of domain: String) async throws -> MailRoute
}

/// What a registry of domain names tells about one.
package struct DomainRegistration: Hashable, Sendable {
    /// Since when whoever holds it has held it, as far as the registry tells.
    package let registeredAt: Timestamp?
    package let expiresAt: Timestamp?
    /// The company through which it was registered.
    package let registrar: String?

    /// Collects an answer.
    package init(registeredAt: Timestamp? = nil, expiresAt: Timestamp? = nil, registrar: String? = nil) {
        self.registeredAt = registeredAt
        self.expiresAt = expiresAt
        self.registrar = registrar
    }
}

/// Asks who holds a domain name.
package protocol DomainRegistrations: Sendable {
    /// The registration that a domain belongs to: its own, or that of the domain above it.
    ///
    /// Nil where no registry tells: many do not.
    /// - Throws: ``FetchFault``, or ``Problem/Code/overloaded`` where too many wait.
    func registration(of domain: String) async throws -> DomainRegistration?
}

/// A domain of email addresses, and whether somebody still keeps it: AUTHN-2.1.
package struct EmailDomain: Hashable, Sendable {
    /// How a domain stands.
    package enum State: String, Sendable, CaseIterable {
        case ok
        /// No mail can arrive now; it may be a mistake that is put right.
        case failing
        /// Nobody kept it for long, or somebody else has it now: its addresses no longer count.
        case abandoned
    }

    /// The domain, in lower case.
    package let domain: String
    package var state: State
    package var registeredAt: Timestamp?
    package var registrar: String?
    package let createdAt: Timestamp
    package var checkedAt: Timestamp?
    package var nextCheckAt: Timestamp
    /// Since when no mail can arrive.
    package var failingSince: Timestamp?
    /// What was found last that is not as it should be.
    package var lastError: String?

    /// Collects a row.
    package init(
        domain: String, state: State, registeredAt: Timestamp?, registrar: String?, createdAt: Timestamp,
        checkedAt: Timestamp?, nextCheckAt: Timestamp, failingSince: Timestamp?, lastError: String?
    ) {
        self.domain = domain
        self.state = state
        self.registeredAt = registeredAt
        self.registrar = registrar
        self.createdAt = createdAt
        self.checkedAt = checkedAt
        self.nextCheckAt = nextCheckAt
        self.failingSince = failingSince
        self.lastError = lastError
    }
}

extension EmailDomain {
    /// What administrators and auditors are shown.
    package var json: JSONValue {
        .compactObject([
            ("domain", .string(domain)), ("state", .string(state.rawValue)),
            ("registered", registeredAt.map { .string($0.rfc3339(.seconds)) }),
            ("registrar", registrar.map(JSONValue.string)),
            ("checked", checkedAt.map { .string($0.rfc3339(.seconds)) }),
            ("next_check", .string(nextCheckAt.rfc3339(.seconds))),
            ("failing_since", failingSince.map { .string($0.rfc3339(.seconds)) }),
            ("last_error", lastError.map(JSONValue.string)),
        ])
    }
}
