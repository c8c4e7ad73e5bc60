import RegistryModel

/// What follows from a look at a domain: a pure function of what was known and what was found.
struct EmailDomainVerdict: Hashable {
    /// What is known from now on.
    var row: EmailDomain
    /// Addresses that were confirmed until then no longer count; nil where none are concerned.
    var abandonedUntil: Timestamp?
    /// Why, as a word for the event.
    var reason: String?

    /// What was found in the domain name system.
    enum Finding: Hashable {
        case route(MailRoute)
        /// Nothing that can be relied on, with the reason: it changes nothing.
        case unknown(String)
    }

    /// Decides.
    ///
    /// `registration` is nil where nobody tells.
    init(
        _ old: EmailDomain, _ finding: Finding, _ registration: DomainRegistration?, now: Timestamp,
        policy: EmailDomainPolicy
    ) {
        row = old
        row.checkedAt = now
        switch finding {
        case .unknown(let error):
            row.lastError = error
        case .route(let route) where route.leadsSomewhere:
            row.failingSince = nil
            row.lastError = nil
            row.state = .ok
        case .route(let route):
            row.lastError = "mail leads to: \(route.rawValue)"
            let since = row.failingSince ?? now
            row.failingSince = since
            if old.state == .ok { row.state = .failing }
            if old.state != .abandoned, now >= since.advanced(bySeconds: policy.abandonedSeconds) {
                row.state = .abandoned
                abandonedUntil = now
                reason = "no-mail"
            }
        }
        consider(registration, now)
        row.nextCheckAt = now.advanced(bySeconds: row.lastError == nil ? policy.checkSeconds : policy.retrySeconds)
    }

    /// A name that was registered after an address at it had been confirmed was free in between: whoever has it now need not
    /// be the one who had it then.
    private mutating func consider(_ registration: DomainRegistration?, _ now: Timestamp) {
        guard let registration else { return }
        row.registrar = registration.registrar ?? row.registrar
        guard let registered = registration.registeredAt, registered <= now else { return }
        row.registeredAt = registered
        guard abandonedUntil == nil else { return }
        abandonedUntil = registered
        reason = "registered-anew"
    }
}

/// How domains of addresses are looked at.
package struct EmailDomainPolicy: Hashable, Sendable {
    /// How often a domain in good order is looked at.
    package var checkSeconds: Int64 = 30 * 86_400
    /// How often one that fails is.
    package var retrySeconds: Int64 = 86_400
    /// For how long no mail may arrive until a domain counts as abandoned.
    package var abandonedSeconds: Int64 = 14 * 86_400

    /// The defaults.
    package init() {}
}
