package import RegistryModel

/// What the server counts about requests, connections and the response cache.
package struct HTTPMetrics: Sendable {
    /// Requests by route template, method and status class.
    package let requests: MetricCounter
    /// Seconds until the head of the response, by route template.
    package let durations: MetricHistogram
    /// Requests that were refused before they reached a handler, by status.
    package let refusedHeads: MetricCounter
    /// Connections that were closed for slowness, by what was slow.
    package let slowConnections: MetricCounter

    /// Registers the families.
    package init(_ metrics: Metrics, cache: ResponseCache? = nil) {
        requests = metrics.counter(
            "hallmark_http_requests_total", help: "Requests answered.", labels: ["route", "method", "status"])
        durations = metrics.histogram(
            "hallmark_http_request_seconds", help: "Seconds until the response's head.", labels: ["route"],
            bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        refusedHeads = metrics.counter(
            "hallmark_http_refused_heads_total", help: "Requests refused before they reached a handler.",
            labels: ["status"])
        slowConnections = metrics.counter(
            "hallmark_http_slow_connections_total", help: "Connections closed because the client was too slow.",
            labels: ["at"])
        guard let cache else { return }
        Self.register(cache, in: metrics)
    }

    private static func register(_ cache: ResponseCache, in metrics: Metrics) {
        let counts: [(String, String, @Sendable (ResponseCache.Statistics) -> Int)] = [
            ("hits_total", "Index documents answered from memory.", \.hits),
            ("misses_total", "Index documents that had to be made.", \.misses),
            ("absence_hits_total", "Absent names answered from memory.", \.absenceHits),
            ("insertions_total", "Index documents put into memory.", \.insertions),
            ("lost_races_total", "Index documents dropped because their project changed meanwhile.", \.lostRaces),
            ("evictions_total", "Index documents forgotten for want of room.", \.evictions),
            ("invalidations_total", "Changes of projects.", \.invalidations),
        ]
        for (name, help, value) in counts {
            metrics.counter("hallmark_response_cache_\(name)", help: help) { Double(value(cache.statistics)) }
        }
        metrics.gauge("hallmark_response_cache_bytes", help: "Bytes of index documents in memory.") {
            Double(cache.statistics.bytes)
        }
        metrics.gauge("hallmark_response_cache_documents", help: "Index documents in memory.") {
            Double(cache.statistics.documents)
        }
    }

    /// Tells connections where to report.
    package var observer: ConnectionObserver {
        ConnectionObserver(
            refused: { status, _ in refusedHeads.add(1, String(status)) }, gaveUp: { slowConnections.add(1, $0) })
    }

    /// Tells connections where to report, with a line in the request log for each refusal.
    package func observer(log: any LogSink, clock: any WallClock) -> ConnectionObserver {
        var observer = observer
        let count = observer.refused
        observer.refused = { status, client in
            count(status, client)
            log.write(RequestLog.refusal(status: status, client: client, at: clock.now()))
        }
        return observer
    }
}
