import Foundation
import HallmarkTesting
import Testing

/// The numbers that an operator watches, from a running server.
@Suite struct InstanceMetricsTests {
    @Test func theProcessAndItsDiskAreShown() async throws {
        try await withLiveServer { server in
            let first = try await numbers(server)
            #expect(try #require(first["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(first["process_open_fds"]) > 3)
            #expect(try #require(first["process_max_fds"]) >= #require(first["process_open_fds"]))
            let started = try #require(first["process_start_time_seconds"])
            #expect(abs(Date().timeIntervalSince1970 - started) < 600)
            #expect(try #require(first["hallmark_data_free_bytes"]) > 0)
            #expect(try #require(first["hallmark_blobs_free_bytes"]) > 0)
            #expect(first["hallmark_outbox_pending"] != nil)
            #expect(first["hallmark_outbox_age_seconds"] != nil)

            let second = try await numbers(server)
            let earlier = try #require(first["process_cpu_seconds_total"])
            #expect(try #require(second["process_cpu_seconds_total"]) > earlier)
        }
    }

    /// The families without labels, by name.
    private func numbers(_ server: LiveServer) async throws -> [String: Double] {
        let answer = try await server.call("GET", "/metrics")
        try #require(answer.status == 200)
        let pairs = answer.text.split(separator: "\n").compactMap { line -> (String, Double)? in
            let fields = line.split(separator: " ")
            guard !line.hasPrefix("#"), fields.count == 2, let number = Double(fields[1]) else { return nil }
            return (String(fields[0]), number)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
