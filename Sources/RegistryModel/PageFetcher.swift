/// Reads public pages of other servers.
///
/// What it is given may be chosen by a stranger, so an implementation goes nowhere but to public addresses, follows no
/// redirects, and bounds what it reads.
package protocol PageFetcher: Sendable {
    /// Gets what is at an address, of which at most `limit` bytes are kept.
    /// - Throws: ``FetchFault``, or ``Problem/Code/overloaded`` where too many wait.
    func fetch(_ address: String, limit: Int) async throws -> FetchedPage
}

/// An answer of another server.
package struct FetchedPage: Hashable, Sendable {
    package let status: Int
    /// The beginning of the body.
    package let body: [UInt8]

    /// Collects an answer.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why another server was not asked, or gave no answer.
package enum FetchFault: Error, Hashable {
    /// The address is none that may be asked: not https, or its host is in a network of its own.
    case refused(String)
    /// No answer in time, or one that is no HTTP.
    case unreachable(String)
}
