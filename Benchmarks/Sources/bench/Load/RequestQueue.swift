/// Requests that are each sent once.
///
/// wrk can only repeat what it sends; publishes and first reads cannot be repeated.
final class RequestQueue {
    private let requests: [HTTPRequest]
    private(set) var sent = 0

    init(_ requests: [HTTPRequest]) {
        self.requests = requests
    }

    /// The next one; nil when all have been sent.
    func next() -> HTTPRequest? {
        guard sent < requests.count else { return nil }
        defer { sent += 1 }
        return requests[sent]
    }

    /// How many are left.
    var remaining: Int { requests.count - sent }

    /// Begins again, for a server that has been started anew.
    func rewind() {
        sent = 0
    }
}
