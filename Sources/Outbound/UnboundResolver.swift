package import RegistryModel

/// Asks the domain name system through libunbound, which validates what is signed (DNSSEC).
///
/// Every lookup has a context of its own: nothing is kept between two, so that whoever has just published a record is not
/// answered from before. That is dear, and such lookups are rare.
package struct UnboundResolver: DNSResolver, MailRouteResolver {
    /// Who is asked.
    package enum Upstream: Hashable, Sendable {
        /// The servers of `/etc/resolv.conf`.
        case system
        /// The servers that are responsible, from the root on.
        case recursive
        /// One server, as `ADDRESS` or `ADDRESS@PORT`.
        case server(String)
    }

    /// How lookups are made.
    package struct Settings: Hashable, Sendable {
        package var upstream: Upstream
        /// A file with DS or DNSKEY records that signatures are traced to; nil to validate nothing.
        package var trustAnchor: String?
        /// After how long a lookup is given up.
        package var milliseconds: Int

        /// Asks `upstream`.
        package init(upstream: Upstream = .system, trustAnchor: String? = nil, milliseconds: Int = 10_000) {
            self.upstream = upstream
            self.trustAnchor = trustAnchor
            self.milliseconds = milliseconds
        }
    }

    private let settings: Settings
    private let pool: any WorkPool

    /// Runs lookups on the threads of `pool`.
    package init(settings: Settings, pool: any WorkPool) {
        self.settings = settings
        self.pool = pool
    }

    package func texts(of domain: String) async throws -> DNSTexts {
        guard DomainName.isValid(domain) else { throw DNSFault.absent }
        return try await look { try $0.texts(of: domain) }
    }

    package func mailRoute(of domain: String) async throws -> MailRoute {
        guard DomainName.isValid(domain) else { return .nonexistent }
        return try await look { try $0.mailRoute(of: domain) }
    }

    private func look<Value: Sendable>(_ body: @escaping @Sendable (UnboundLookup) throws -> Value) async throws
        -> Value
    {
        try await pool.run { [settings] in
            let lookup = try UnboundLookup(settings)
            defer { lookup.close() }
            return try body(lookup)
        }
    }
}
