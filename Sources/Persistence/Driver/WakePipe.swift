import Foundation

/// A pipe that wakes a thread which waits for a socket.
final class WakePipe: Sendable {
    /// Why a wait ended.
    enum Reason {
        case signal, input, silence
    }

    private let reader: Int32
    private let writer: Int32

    init() throws(SQLFault) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .other(code: "pipe", message: "no more file descriptors")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        close(reader)
        close(writer)
    }

    /// Ends this wait and all that follow.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writer, &byte, 1)
    }

    /// Waits until ``signal()`` is called, the socket has something to read, or the time is over.
    @discardableResult
    func wait(milliseconds: Int32, or socket: Int32 = -1) -> Reason {
        // `poll` ignores a negative descriptor.
        var watched = [
            pollfd(fd: reader, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&watched, 2, milliseconds) > 0 else { return .silence }
        return watched[0].revents != 0 ? .signal : .input
    }
}
