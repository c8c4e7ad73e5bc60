package import RegistryModel

/// Asks services through libcurl, on the threads of a pool.
///
/// https is verified against the system's authorities, and one more file where the operator names one; http goes to
/// loopback addresses only. Answers are bounded in bytes and time. A proxy of the environment (`https_proxy`) is used for
/// other machines, never for this one.
package struct CurlFetcher: ServiceFetcher {
    private let authorities: String?
    private let pool: any WorkPool

    /// Runs requests on the threads of `pool`; `authorities` is a file with certificates that are trusted too.
    package init(authorities: String? = nil, pool: any WorkPool) {
        self.authorities = authorities
        self.pool = pool
    }

    package func send(_ request: ServiceRequest) async throws -> ServiceAnswer {
        let exchange = try CurlExchange(request, authorities: authorities)
        return try await pool.run { try exchange.run() }
    }
}
