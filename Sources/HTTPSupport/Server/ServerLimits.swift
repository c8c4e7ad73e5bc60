/// Every bound that the server puts on clients.
///
/// All are configurable.
package struct ServerLimits: Sendable {
    /// The bounds on connections and on how requests arrive.
    package var connection = ConnectionLimits()
    /// The largest package file.
    package var uploadBytes = 512 << 20
    /// The largest body that is no package file: metadata, settings, queries.
    package var documentBytes = 16 << 20
    /// How many requests are answered at once before further ones get 503; nil for no bound.
    package var requestsInFlight: Int?
    /// How long running requests may take to finish after the server was told to stop.
    package var shutdownGrace: Duration = .seconds(30)
    /// How many bytes of ready index documents are kept in memory.
    package var responseCacheBytes = 64 << 20

    /// The defaults.
    package init() {}
}
