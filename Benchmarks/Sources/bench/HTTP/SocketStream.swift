import Glibc

/// A TCP connection to a port of the loopback address.
final class SocketStream {
    let descriptor: Int32

    /// Connects.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchFailure("no socket: \(String(cString: strerror(errno)))") }
        var address = Ports.loopback(port: port)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw BenchFailure("cannot connect to port \(port): \(reason)")
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Lets reads and writes return at once.
    func makeNonBlocking() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Writes what the connection takes from `offset` on.
    /// - Returns: How many bytes it took; nil when the connection is broken.
    func write(_ bytes: [UInt8], from offset: Int) -> Int? {
        let count = bytes.withUnsafeBytes { buffer -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            return send(descriptor, base + offset, buffer.count - offset, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Reads what is there, up to the buffer's size.
    /// - Returns: How many bytes; 0 at the end, nil when there is nothing yet, -1 when the connection is broken.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? nil : -1
    }
}
