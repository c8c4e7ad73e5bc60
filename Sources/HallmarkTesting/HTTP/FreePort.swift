import Glibc
import Synchronization

/// Ports for the servers that tests start.
///
/// They are below those that the system gives to clients (`ip_local_port_range`, from 32768 on): a port that nobody
/// listens on may become the near end of somebody's connection before the server has bound it. No port is given twice by
/// one process, and processes begin at places of their own.
package enum FreePort {
    private static let range: Range<UInt16> = 20_000..<32_000
    private static let next = Mutex(UInt16.random(in: range))

    /// A port of the loopback address that nobody listens on.
    /// - Throws: What the system says where it gives no socket at all, and ``Exhausted`` where no port is left.
    package static func take() throws -> UInt16 {
        for _ in range {
            let port = next.withLock { port in
                port = port + 1 < range.upperBound ? port + 1 : range.lowerBound
                return port
            }
            if try isFree(port) { return port }
        }
        throw Exhausted()
    }

    /// Every port is in use.
    package struct Exhausted: Error {}

    private static func isFree(_ port: UInt16) throws -> Bool {
        // Not for programs that are started just now: they would hold the port as long as they run.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw ChildProcess.SpawnFailure(program: "socket", code: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
