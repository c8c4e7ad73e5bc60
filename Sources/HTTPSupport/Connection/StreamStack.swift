package import NIOCore
package import NIOHTTP2

/// What stands between the socket of a connection of HTTP/2 and the multiplexer of its streams.
package struct StreamStack: Sendable {
    private let limits: ConnectionLimits
    private let observer: ConnectionObserver
    private let lane: Lane?

    /// Describes the connections of a server.
    /// - Parameters:
    ///   - limits: Their bounds.
    ///   - observer: Told when a client is given up.
    ///   - lane: Answers what is known; nil for nothing.
    package init(limits: ConnectionLimits, observer: ConnectionObserver, lane: Lane?) {
        self.limits = limits
        self.observer = observer
        self.lane = lane
    }

    /// The handlers of one connection, the one at the socket first.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - onEnd: Called when no further stream can come; perhaps more than once.
    /// - Returns: Handlers for one pipeline, in their order.
    package func handlers(on channel: any Channel, onEnd: @escaping () -> Void) -> [any ChannelHandler] {
        let streams = lane.flatMap { LaneStreams(lane: $0, limits: limits, channel: channel) }
        let frames = NIOHTTP2Handler(
            mode: .server, frameDelegate: streams, connectionConfiguration: connectionConfiguration,
            streamConfiguration: streamConfiguration)
        return [
            WriteJoiner(), frames, HTTP2Wire(limits: limits, observer: observer, lane: streams, onEnd: onEnd),
        ]
    }

    /// What `NIOHTTP2Handler` is told about a connection.
    package var connectionConfiguration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerBytes),
        ]
        // Blocks of fields are checked by whoever takes them, see `FieldBlock`.
        configuration.headerBlockValidation = .disabled
        configuration.maximumSequentialContinuationFrames = limits.continuationFrames
        configuration.controlFrameRateLimit.maximumCount = limits.controlFrames
        configuration.controlFrameRateLimit.windowLength = TimeAmount(limits.floodWindow)
        return configuration
    }

    /// What `NIOHTTP2Handler` is told about streams.
    package var streamConfiguration: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.streamResetFrameRateLimit.maximumCount = limits.streamResets
        configuration.streamResetFrameRateLimit.windowLength = TimeAmount(limits.floodWindow)
        configuration.streamErrorRateLimit.maximumCount = limits.streamResets
        configuration.streamErrorRateLimit.windowLength = TimeAmount(limits.floodWindow)
        return configuration
    }
}
