/// A request as it goes over the wire.
struct HTTPRequest {
    let bytes: [UInt8]

    /// Makes a request to a server on the loopback address.
    init(_ method: String, _ path: String, port: Int, headers: [String: String] = [:], body: [UInt8]? = nil) {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: bench\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        bytes = Array((head + "\r\n").utf8) + (body ?? [])
    }
}
