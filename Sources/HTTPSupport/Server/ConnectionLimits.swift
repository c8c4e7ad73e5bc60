/// The bounds on connections and on how requests arrive, so that a slow or hostile client costs little.
package struct ConnectionLimits: Sendable {
    /// Bytes of all header names and values of a request.
    package var headerBytes = 32 << 10
    /// Header fields of a request.
    package var headerCount = 100
    /// Bytes of the request target (path and query).
    package var targetBytes = 8 << 10
    /// From a request's first byte (or from the connection's start) until its head is complete.
    package var headTime: Duration = .seconds(10)
    /// Between requests on a kept connection.
    package var idleTime: Duration = .seconds(75)
    /// The longest pause inside a body.
    package var bodyPause: Duration = .seconds(30)
    /// How long the server waits for body bytes in sum before ``bodyBytesPerSecond`` is demanded.
    package var bodyGrace: Duration = .seconds(15)
    /// Fewer bytes per second of waiting than this end an upload.
    package var bodyBytesPerSecond = 1024
    /// How long a client may take no byte of a response.
    package var writeStall: Duration = .seconds(120)
    /// How much of a refused body is read so that the client can see the refusal.
    package var drainBytes = 520 << 20
    /// How long a connection that is being closed waits for the client to do the same.
    package var lingerTime: Duration = .seconds(3)
    /// How long a TLS handshake may take.
    package var handshakeTime: Duration = .seconds(10)
    /// Streams of HTTP/2 that are open at once on a connection.
    package var streams = 100
    /// Streams that a client may reset, or break, within ``floodWindow``, and malformed heads and trailers that it may send
    /// over a whole connection; a client that does it more often is cut off.
    package var streamResets = 200
    /// PING, SETTINGS and PRIORITY frames within ``floodWindow``; a client that sends more is cut off.
    package var controlFrames = 200
    /// The time in which ``streamResets`` and ``controlFrames`` are counted.
    package var floodWindow: Duration = .seconds(30)
    /// CONTINUATION frames that a head of HTTP/2 may have.
    package var continuationFrames = 5
    /// Connections that are open at once, for each listener; further ones wait in the backlog.
    package var connections = 4096

    /// The defaults.
    package init() {}
}
