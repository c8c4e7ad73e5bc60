import Glibc

/// Sends one request at a time and waits for its response; for what is not measured.
final class HTTPClient {
    let port: Int
    private var stream: SocketStream?

    init(port: Int) {
        self.port = port
    }

    /// Asks and reads the whole answer.
    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws -> ResponseReader {
        let request = HTTPRequest(method, path, port: port, headers: headers, body: body)
        let isReused = stream != nil
        do {
            return try exchange(request, isHead: method == "HEAD")
        } catch  where isReused {
            // The server may have closed a connection that was idle.
            stream = nil
            return try exchange(request, isHead: method == "HEAD")
        }
    }

    /// Asks for a document and fails where it is not there.
    func get(_ path: String, headers: [String: String] = [:]) throws -> ResponseReader {
        let response = try send("GET", path, headers: headers)
        guard response.status == 200 else {
            throw BenchFailure("GET \(path) on port \(port) was answered with \(response.status)")
        }
        return response
    }

    private func exchange(_ request: HTTPRequest, isHead: Bool) throws -> ResponseReader {
        let stream = try self.stream ?? SocketStream(port: port)
        self.stream = nil
        var offset = 0
        while offset < request.bytes.count {
            guard let count = stream.write(request.bytes, from: offset) else {
                throw BenchFailure("the server on port \(port) closed the connection")
            }
            offset += count
        }
        var reader = ResponseReader(keepsBody: true, isHead: isHead)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while !reader.isComplete {
            guard let count = stream.read(into: buffer) else { continue }
            if count <= 0 {
                guard count == 0, reader.finish() else {
                    throw BenchFailure("the server on port \(port) closed the connection")
                }
                return reader
            }
            guard reader.take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else {
                throw BenchFailure("the server on port \(port) answers with something else than HTTP/1.1")
            }
        }
        if !reader.closes { self.stream = stream }
        return reader
    }
}
