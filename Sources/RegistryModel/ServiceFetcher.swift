/// Asks services that the configuration or an administrator names: issuers of identity tokens, lists of leaked passwords,
/// registration data of domains.
///
/// Bounded in bytes and time; redirects are followed only where a request says so, and only to https.
package protocol ServiceFetcher: Sendable {
    /// Sends a request and waits for its answer.
    /// - Throws: ``FetchFault``, or ``Problem/Code/overloaded`` where too many wait.
    func send(_ request: ServiceRequest) async throws -> ServiceAnswer
}

/// A request to a service.
package struct ServiceRequest: Hashable, Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// An absolute address: https, or http to a loopback address.
    package var address: String
    /// Header fields beside `Host` and lengths.
    package var fields: [String: String]
    package var body: [UInt8]
    /// How much of the answer's body is taken; a longer one is a fault.
    package var limit: Int
    /// How many redirects are followed.
    package var redirects: Int
    /// Until when the answer must be complete.
    package var timeoutSeconds: Int

    /// A request without a body.
    package init(
        method: String = "GET", address: String, fields: [String: String] = [:], body: [UInt8] = [],
        limit: Int = 1 << 20, redirects: Int = 0, timeoutSeconds: Int = 5
    ) {
        self.method = method
        self.address = address
        self.fields = fields
        self.body = body
        self.limit = limit
        self.redirects = redirects
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What a service answered.
package struct ServiceAnswer: Hashable, Sendable {
    package let status: Int
    /// Field names in lower case; of a repeated field the first.
    package let fields: [String: String]
    package let body: [UInt8]

    /// Collects an answer.
    package init(status: Int, fields: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}
