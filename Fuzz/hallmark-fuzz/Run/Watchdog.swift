import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ends the worker when one input takes too long.
///
/// Counted is the processor time of the whole process, which a busy machine does not stretch, and beside it a generous
/// time on the clock, for what waits for ever.
final class Watchdog: Sendable {
    /// How long one input may take.
    static let secondsForOne = 2.0
    private static let wallSeconds = 60.0

    private struct Start {
        var cpu = 0.0
        var wall = 0.0
        var isRunning = false
    }

    private let start = Mutex(Start())

    /// Starts to watch.
    init() {
        let thread = Thread { [self] in
            while true {
                usleep(200_000)
                check()
            }
        }
        thread.start()
    }

    /// An input begins.
    func begin() {
        start.withLock {
            $0 = Start(
                cpu: Self.cpuSeconds, wall: ProcessInfo.processInfo.systemUptime, isRunning: true)
        }
    }

    /// The input is done.
    func end() {
        start.withLock { $0.isRunning = false }
    }

    private func check() {
        let start = start.withLock(\.self)
        guard start.isRunning else { return }
        let cpu = Self.cpuSeconds - start.cpu
        guard cpu > Self.secondsForOne || ProcessInfo.processInfo.systemUptime - start.wall > Self.wallSeconds else {
            return
        }
        FileHandle.standardError.write(Data("hang: one input took \(cpu) s of processor time\n".utf8))
        _exit(Int32(Worker.hangStatus))
    }

    /// The processor time of the whole process.
    private static var cpuSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
