/// Asks the domain name system.
package protocol DNSResolver: Sendable {
    /// The TXT records of a domain.
    /// - Throws: ``DNSFault``, or ``Problem/Code/overloaded`` where too many wait.
    func texts(of domain: String) async throws -> DNSTexts
}

/// The TXT records of a domain.
package struct DNSTexts: Hashable, Sendable {
    /// One text a record; its parts are put together.
    package let texts: [String]
    /// Whether every answer from the trust anchor down was signed (DNSSEC).
    package let isSecure: Bool

    /// Collects an answer.
    package init(texts: [String], isSecure: Bool) {
        self.texts = texts
        self.isSecure = isSecure
    }
}

/// Why the domain name system gave no answer that can be used.
package enum DNSFault: Error, Hashable {
    /// There is no such domain, or it has no TXT record; a definite answer.
    case absent
    /// The answer's signatures do not hold, with the reason.
    case bogus(String)
    /// No server answered in time, or the one that did could not tell.
    case unreachable(String)
}
