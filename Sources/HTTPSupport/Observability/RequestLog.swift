import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel
import Synchronization

/// Writes one line for each request: what was asked by whom and how it ended, never a query or a credential.
///
/// A streamed answer is logged when its last byte was handed to the connection, or when that failed.
package struct RequestLog: RouterMiddleware {
    package typealias Context = RegistryContext

    private let sink: any LogSink
    private let clock: any WallClock

    /// Logs into a sink.
    package init(sink: any LogSink, clock: any WallClock) {
        self.sink = sink
        self.clock = clock
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let reason = error is ClientGone ? "client-gone" : "connection"
            write(request, context, status: nil, bytes: 0, since: start, outcome: reason)
            throw error
        }
        let status = response.status.code
        guard context.record.facts.isStreaming, request.method != .head else {
            let bytes = request.method == .head ? 0 : response.body.contentLength ?? 0
            write(request, context, status: status, bytes: bytes, since: start, outcome: nil)
            return response
        }
        let body = response.body
        let length = response.headers[.contentLength]
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            let sent = ByteCount()
            do {
                try await body.write(CountingWriter(parent: writer, count: sent))
                self.write(request, context, status: status, bytes: sent.value, since: start, outcome: nil)
            } catch {
                self.write(request, context, status: status, bytes: sent.value, since: start, outcome: "aborted")
                throw error
            }
        }
        response.headers[.contentLength] = length
        return response
    }

    /// The line of a request that was refused before anybody could read who asks for what.
    static func refusal(status: Int, client: String, at time: Timestamp) -> [UInt8] {
        JSONValue.compactObject([
            ("at", .string(time.rfc3339(.milliseconds))), ("level", "info"), ("message", "request"),
            ("route", "none"), ("status", .integer(Int64(status))), ("client", .string(client)),
            ("outcome", "refused"),
        ]).bytes()
    }

    private func write(
        _ request: Request, _ context: RegistryContext, status: Int?, bytes: Int, since start: ContinuousClock.Instant,
        outcome: String?
    ) {
        let facts = context.record.facts
        let microseconds = (ContinuousClock.now - start) / .microseconds(1)
        let line = JSONValue.compactObject([
            ("at", .string(clock.now().rfc3339(.milliseconds))), ("level", "info"), ("message", "request"),
            ("request", .string(context.requestID)), ("method", .string(String(request.method.rawValue.prefix(32)))),
            ("path", .string(Redaction.path(request.head.path ?? ""))), ("route", .string(context.routeTemplate)),
            ("status", status.map { .integer(Int64($0)) }), ("bytes", .integer(Int64(bytes))),
            ("microseconds", .integer(Int64(microseconds))), ("client", .string(context.client.address)),
            ("principal", facts.principalName.map(JSONValue.string)),
            ("problem", facts.problem.map { .string($0.rawValue) }),
            ("agent", request.headers[.userAgent].map { .string(String($0.prefix(200))) }),
            ("outcome", outcome.map(JSONValue.string)),
        ])
        sink.write(line.bytes())
    }
}

/// Counts across the suspensions of one body.
private final class ByteCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }
    func add(_ more: Int) { count.wrappingAdd(more, ordering: .relaxed) }
}

/// Hands bytes on and counts them.
private struct CountingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let count: ByteCount

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await parent.write(buffer)
        count.add(buffer.readableBytes)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await parent.finish(trailingHeaders)
    }
}
