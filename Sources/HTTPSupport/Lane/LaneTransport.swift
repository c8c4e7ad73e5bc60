/// How a request came: an answer is given only on the transport that it was learned on.
package enum LaneTransport: UInt8 {
    case plain = 0
    case secure = 1
    /// A stream of HTTP/2, which is always inside TLS.
    case stream = 2

    var isSecure: Bool { self != .plain }
}
