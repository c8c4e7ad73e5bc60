import Dispatch
import Foundation
import Glibc
import Synchronization

/// Makes the folders of an assessment, and ends its processes and removes its folders when a signal ends the assessment.
///
/// SIGKILL leaves both behind; nothing can be done about it in the process that it ends.
final class Undertaker: Sendable {
    static let shared = Undertaker()

    private struct Charges {
        var folders: Set<String> = []
        var processes: Set<pid_t> = []
    }

    private let charges = Mutex(Charges())
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    private init() {}

    /// Makes a folder that only this user may enter, and that goes with the assessment.
    func makeFolder() throws -> String {
        listen()
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array((parent + "/hallmark-assess-XXXXXX").utf8CString)
        let isMade = charges.withLock { charges in
            guard mkdtemp(&template) != nil else { return false }
            charges.folders.insert(Self.text(template))
            return true
        }
        guard isMade else { throw ProbeFault("no folder can be made in '\(parent)'") }
        return Self.text(template)
    }

    /// Removes a folder.
    func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
        charges.withLock { _ = $0.folders.remove(folder) }
    }

    /// Takes over what `start` starts.
    func start(_ start: () throws -> pid_t) rethrows -> pid_t {
        try charges.withLock { charges in
            let pid = try start()
            charges.processes.insert(pid)
            return pid
        }
    }

    /// The process is gone.
    func forget(_ pid: pid_t) { charges.withLock { _ = $0.processes.remove(pid) } }

    private static func text(_ template: [CChar]) -> String {
        String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func listen() {
        sources.withLock { sources in
            guard sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM, SIGHUP] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [self] in bury(endingWith: 128 + number) }
                source.resume()
                sources.append(source)
            }
        }
    }

    /// Nothing new begins afterwards: the lock is held until the process ends.
    private func bury(endingWith status: Int32) {
        charges.withLock { charges in
            for pid in charges.processes {
                kill(-pid, SIGKILL)
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
            for folder in charges.folders { try? FileManager.default.removeItem(atPath: folder) }
            _exit(status)
        }
    }
}
