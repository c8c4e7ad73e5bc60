/// Where and how the server listens.
package struct HTTPServerConfiguration: Sendable {
    /// A host name or address and a port.
    package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
        /// A name or an address, such as `127.0.0.1`, `::1` or `0.0.0.0`.
        package let host: String
        /// 0 lets the system choose.
        package let port: Int

        /// Collects both.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `HOST:PORT`, `[::1]:PORT` or `:PORT` (every address); nil for anything else.
        package init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port)
            else { return nil }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Plain HTTP/1.1; nil where only TLS is offered.
    package var listen: Endpoint?
    /// TLS with HTTP/2 and HTTP/1.1; nil where there is none.
    package var listenTLS: Endpoint?
    /// The certificate, needed with ``listenTLS``.
    package var certificate: TLSCertificate?
    /// How many event loops; nil for as many as there are processors.
    package var eventLoops: Int?
    /// The bounds.
    package var limits = ServerLimits()

    /// Listens where the arguments say.
    package init(
        listen: Endpoint? = Endpoint(host: "127.0.0.1", port: 8080), listenTLS: Endpoint? = nil,
        certificate: TLSCertificate? = nil
    ) {
        self.listen = listen
        self.listenTLS = listenTLS
        self.certificate = certificate
    }
}
