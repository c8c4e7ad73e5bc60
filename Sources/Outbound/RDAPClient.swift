package import RegistryModel

/// Asks the registries of domain names by the Registration Data Access Protocol
/// ([RFC 9082](https://www.rfc-editor.org/rfc/rfc9082), [RFC 9083](https://www.rfc-editor.org/rfc/rfc9083)).
///
/// One server is asked, which redirects to the registry in charge, as rdap.org does by IANA's list. It answers 404 for a
/// name that is not registered and for a registry that it does not know alike, so neither says anything here.
package struct RDAPClient: DomainRegistrations {
    /// A public server that redirects to the registry in charge.
    package static let publicAddress = "https://rdap.org"

    private let fetcher: any ServiceFetcher
    private let address: String

    private static let limit = 256 << 10
    private static let depth = 24
    private static let redirects = 3
    private static let seconds = 10

    /// Asks the server at `address`, without a slash at its end.
    package init(fetcher: any ServiceFetcher, address: String = publicAddress) {
        self.fetcher = fetcher
        self.address = address
    }

    /// The registration of a domain or, where it has none of its own, of the domain above it.
    /// - Throws: ``FetchFault``.
    package func registration(of domain: String) async throws -> DomainRegistration? {
        guard DomainName.isValid(domain) else { throw FetchFault.refused("'\(domain.prefix(100))' is no domain") }
        var labels = domain.lowercased().split(separator: ".")
        // A name of four labels or so; the registered one has at least two.
        while labels.count > 5 { labels.removeFirst() }
        while labels.count >= 2 {
            if let found = try await ask(labels.joined(separator: ".")) { return found }
            labels.removeFirst()
        }
        return nil
    }

    private func ask(_ domain: String) async throws -> DomainRegistration? {
        let answer = try await fetcher.send(
            ServiceRequest(
                address: "\(address)/domain/\(domain)", fields: ["Accept": "application/rdap+json"],
                limit: Self.limit, redirects: Self.redirects, timeoutSeconds: Self.seconds))
        switch answer.status {
        case 200: return try Self.read(answer.body, domain)
        // 400 is what some registries say about names that cannot be registered with them.
        case 404, 400: return nil
        default: throw FetchFault.unreachable("RDAP answered \(answer.status)")
        }
    }

    private static func read(_ body: [UInt8], _ domain: String) throws -> DomainRegistration {
        guard let value = try? JSONValue.parse(body, maximumBytes: limit, maximumDepth: depth),
            value["ldhName"]?.stringValue.map({ trimmed($0) == domain }) ?? false
        else { throw FetchFault.unreachable("RDAP answered something else") }
        var dates: [String: Timestamp] = [:]
        for event in value["events"]?.arrayValue ?? [] {
            guard let action = event["eventAction"]?.stringValue,
                let date = event["eventDate"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
            else { continue }
            dates[action] = max(date, dates[action] ?? date)
        }
        // Whoever registers a name again after it had lapsed holds it since then.
        let registered = [dates["registration"], dates["reregistration"]].compactMap { $0 }.max()
        return DomainRegistration(
            registeredAt: registered, expiresAt: dates["expiration"], registrar: registrar(value))
    }

    private static func trimmed(_ name: String) -> String {
        (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
    }

    /// The name in the business card ([RFC 7095](https://www.rfc-editor.org/rfc/rfc7095)) of the registrar.
    private static func registrar(_ value: JSONValue) -> String? {
        let entity = value["entities"]?.arrayValue?.first { entity in
            entity["roles"]?.arrayValue?.contains("registrar") ?? false
        }
        let lines = entity?["vcardArray"]?.arrayValue?.last?.arrayValue ?? []
        for line in lines {
            if let parts = line.arrayValue, parts.count == 4, parts[0] == "fn", let name = parts[3].stringValue {
                return String(name.prefix(200))
            }
        }
        return nil
    }
}
