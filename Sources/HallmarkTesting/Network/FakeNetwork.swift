package import Publishing
package import RegistryModel
import Synchronization

/// Name servers and code hosts that a test decides about.
package final class FakeNetwork: DNSResolver, PageFetcher, MailRouteResolver {
    private struct State {
        var texts: [String: Result<DNSTexts, DNSFault>] = [:]
        var pages: [String: Result<Int, FetchFault>] = [:]
        var bodies: [String: String] = [:]
        var routes: [String: Result<MailRoute, DNSFault>] = [:]
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// A network in which nothing is.
    package init() {}

    /// Everything that was asked for, in order.
    package var asked: [String] { state.withLock { $0.asked } }

    /// Sets a domain's TXT records.
    package func set(_ domain: String, _ texts: [String], isSecure: Bool = false) {
        state.withLock { $0.texts[domain] = .success(DNSTexts(texts: texts, isSecure: isSecure)) }
    }

    /// Makes a domain fail; nil for one that does not exist.
    package func fail(_ domain: String, _ fault: DNSFault = .absent) {
        state.withLock { $0.texts[domain] = .failure(fault) }
    }

    /// Sets what a page answers with.
    package func page(_ address: String, _ status: Result<Int, FetchFault>) {
        state.withLock { $0.pages[address] = status }
    }

    /// Sets a page with a body.
    package func page(_ address: String, body: String) {
        state.withLock { state in
            state.pages[address] = .success(200)
            state.bodies[address] = body
        }
    }

    /// Sets where mail for a domain goes; to exchangers unless it is set.
    package func route(_ domain: String, _ route: Result<MailRoute, DNSFault>) {
        state.withLock { $0.routes[domain] = route }
    }

    package func mailRoute(of domain: String) async throws -> MailRoute {
        try state.withLock { state in
            state.asked.append(domain)
            return try (state.routes[domain] ?? .success(.exchangers)).get()
        }
    }

    package func texts(of domain: String) async throws -> DNSTexts {
        try state.withLock { state in
            state.asked.append(domain)
            return try (state.texts[domain] ?? .failure(.absent)).get()
        }
    }

    package func fetch(_ address: String, limit: Int) async throws -> FetchedPage {
        try state.withLock { state in
            state.asked.append(address)
            let status = try (state.pages[address] ?? .success(404)).get()
            return FetchedPage(status: status, body: Array((state.bodies[address] ?? "").utf8))
        }
    }
}

extension TestRegistry {
    /// Whose namespaces are, as far as that network tells.
    package func namespaces(
        _ network: FakeNetwork, hosts: [CodeHost] = CodeHost.standard, policy: NamespacePolicy = NamespacePolicy()
    ) -> Namespaces {
        Namespaces(core: core, policy: policy, hosts: hosts, dns: network, pages: network)
    }
}
