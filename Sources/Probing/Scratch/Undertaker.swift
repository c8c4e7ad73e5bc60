import Dispatch
import Foundation
import Glibc
import Synchronization

/// Ends scratch processes and removes their folders when a signal ends the assessment.
///
/// SIGKILL leaves both behind; nothing can be done about it in the process that it ends.
final class Undertaker: Sendable {
    static let shared = Undertaker()

    private let charges = Mutex<[pid_t: String]>([:])
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    private init() {}

    /// Takes a process and its folder over, until ``forget(_:)``.
    func watch(_ pid: pid_t, _ folder: String) {
        charges.withLock { $0[pid] = folder }
        listen()
    }

    /// They are gone.
    func forget(_ pid: pid_t) { charges.withLock { $0[pid] = nil } }

    private func listen() {
        sources.withLock { sources in
            guard sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM, SIGHUP] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [self] in
                    bury()
                    _exit(128 + number)
                }
                source.resume()
                sources.append(source)
            }
        }
    }

    private func bury() {
        for (pid, folder) in charges.withLock({ $0 }) {
            kill(-pid, SIGKILL)
            waitpid(pid, nil, 0)
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
