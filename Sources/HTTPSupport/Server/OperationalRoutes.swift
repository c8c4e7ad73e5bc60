import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// What operators and their tools ask: whether the process lives, whether it can work, and its numbers.
package struct OperationalRoutes: Sendable {
    private let metrics: Metrics
    private let metricsReaders: [AddressBlock]?
    private let isReady: @Sendable () async -> Bool

    /// Makes the routes.
    /// - Parameters:
    ///   - metrics: What `/metrics` shows.
    ///   - metricsReaders: Who may read it; nil for everybody.
    ///   - isReady: Whether the database and the blobs can be reached.
    package init(metrics: Metrics, metricsReaders: [AddressBlock]?, isReady: @escaping @Sendable () async -> Bool) {
        self.metrics = metrics
        self.metricsReaders = metricsReaders
        self.isReady = isReady
    }

    /// Adds `/healthz`, `/readyz` and `/metrics`.
    package func addRoutes(to router: some RouterMethods<RegistryContext>) {
        router.get("/healthz") { _, _ in Self.text("ok\n") }
        router.get("/readyz") { _, _ in
            await isReady() ? Self.text("ready\n") : Self.text("not ready\n", status: .serviceUnavailable)
        }
        router.get("/metrics") { _, context in
            if let metricsReaders, !metricsReaders.contains(where: { $0.contains(context.client.address) }) {
                throw Problem(.notFound, "There is nothing at this address.")
            }
            return Self.text(
                metrics.exposition(), mediaType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private static func text(
        _ text: String, status: HTTPResponse.Status = .ok, mediaType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
