import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where lines of the log go.
package protocol LogSink: Sendable {
    /// Takes one line without its line end. Must not block.
    func write(_ line: [UInt8])

    /// Takes several lines, each with its line end. Must not block.
    func write(lines: [UInt8])
}

extension LogSink {
    /// Hands the lines over one by one.
    package func write(lines: [UInt8]) {
        for line in lines.split(separator: UInt8(ascii: "\n")) { write(Array(line)) }
    }
}

/// Writes lines to a file descriptor from another thread, in order.
///
/// Lines that come while one write is under way are written together. When the reader of the log stalls, lines beyond the
/// bound are dropped and counted rather than held or waited for.
package final class DescriptorLogSink: LogSink {
    private struct State {
        var pending: [UInt8] = []
        var isWriting = false
        var dropped = 0
    }

    private let descriptor: Int32
    private let bound: Int
    private let state = Mutex(State())
    /// A thread of its own: a reader that stalls must not hold up those who share a pool.
    private let queue = DispatchQueue(label: "log")

    /// Writes to a descriptor that stays open.
    /// - Parameters:
    ///   - descriptor: The file descriptor; standard error by default.
    ///   - bound: How many bytes may wait.
    package init(descriptor: Int32 = 2, bound: Int = 8 << 20) {
        self.descriptor = descriptor
        self.bound = bound
    }

    package func write(_ line: [UInt8]) {
        write(lines: line + [UInt8(ascii: "\n")])
    }

    package func write(lines: [UInt8]) {
        // A token ends at a line end, so all lines can be looked at together.
        let line = Redaction.line(lines)
        let starts = state.withLock { state in
            guard state.pending.count + line.count < bound else {
                state.dropped += 1
                return false
            }
            state.pending.append(contentsOf: line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { queue.async { self.writePending() } }
    }

    /// Waits until everything that was handed over is written.
    ///
    /// For the end of the program, and before the descriptor is closed.
    package func flush() {
        queue.sync { writePending() }
    }

    /// How many lines were dropped.
    package var dropped: Int { state.withLock(\.dropped) }

    private func writePending() {
        while true {
            let batch = state.withLock { state in
                defer { state.pending = [] }
                state.isWriting = !state.pending.isEmpty
                return state.pending
            }
            guard !batch.isEmpty else { return }
            writeAll(batch)
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count, let base = buffer.baseAddress {
                let count = systemWrite(descriptor, base + offset, buffer.count - offset)
                if count > 0 {
                    offset += count
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// `write(2)`, named so that it is not taken for the method of the same name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
