import Dispatch
import Foundation
import Glibc
import Synchronization

/// Every process that was started and not yet ended, and the folder to remove, for the end that Ctrl-C brings.
final class ChildRegistry: Sendable {
    static let shared = ChildRegistry()

    private struct State {
        var running: Set<pid_t> = []
        var folder: String?
        var isEnding = false
    }

    private let state = Mutex(State())
    private let ending = Mutex(())

    /// Starts a process and remembers its group; once everything ends, nothing is started any more.
    func add(_ start: () throws -> pid_t) throws -> pid_t {
        try state.withLock { state in
            guard !state.isEnding else { throw BenchFailure("interrupted") }
            let pid = try start()
            state.running.insert(pid)
            return pid
        }
    }

    /// Forgets one that has ended.
    func remove(_ pid: pid_t) {
        _ = state.withLock { $0.running.remove(pid) }
    }

    /// The folder that goes at the end; nil keeps it.
    func removeAtEnd(_ folder: String?) {
        state.withLock { $0.folder = folder }
    }

    /// Ends everything and this process when somebody interrupts it, as long as the result is kept.
    func handleSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                FileHandle.standardError.write(Data("\nbench: interrupted; ending the servers\n".utf8))
                end()
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    /// Ends every process that still runs, then removes the folder; who comes second waits.
    func end() {
        ending.withLock { _ in endOnce() }
    }

    private func endOnce() {
        let (running, folder) = state.withLock { state in
            state.isEnding = true
            return (state.running, state.folder)
        }
        for pid in running { kill(-pid, SIGTERM) }
        let deadline = Date(timeIntervalSinceNow: 5)
        while running.contains(where: { kill(-$0, 0) == 0 && !isZombie($0) }), Date() < deadline { usleep(20_000) }
        for pid in running {
            kill(-pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    private func isZombie(_ pid: pid_t) -> Bool {
        ProcessTable.entry(pid)?.state == "Z"
    }
}
