import Foundation
import Glibc

/// A program that runs beside this one, in a process group of its own, and ends with it whatever happens.
///
/// `setpriv --pdeathsig` lets the kernel end it when this process dies without a chance to do so itself.
final class ChildProcess: Sendable {
    let pid: pid_t
    /// The file that standard output and standard error are appended to.
    let log: String

    /// Starts a program.
    /// - Parameters:
    ///   - command: The program's path or name, and its arguments.
    ///   - environment: Variables added to this process's own.
    ///   - cpus: On which processors it runs, as taskset takes them; nil for those of this process.
    ///   - log: The file for what it writes.
    /// - Throws: ``BenchFailure`` when it cannot be started.
    init(_ command: [String], environment: [String: String] = [:], cpus: String? = nil, log: String) throws {
        var line = [try Tools.find("setpriv"), "--pdeathsig", "TERM", "--"]
        if let cpus { line += [try Tools.find("taskset"), "--cpu-list", cpus] }
        line += command
        self.log = log
        pid = try ChildRegistry.shared.add { try Self.spawn(line, environment, log) }
    }

    /// Whether it still runs.
    var isRunning: Bool {
        // The state is reaped only by `wait` and `stop`, so the number cannot have been given to another process.
        var info = siginfo_t()
        guard waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return false }
        return info.si_signo == 0
    }

    /// Waits for its end and returns its status, 128 and the signal's number if a signal ended it.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        ChildRegistry.shared.remove(pid)
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Asks it to end, and ends it if it does not within some seconds.
    func stop(seconds: Double = 10) {
        kill(-pid, SIGTERM)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while isRunning, Date() < deadline { usleep(10_000) }
        kill(-pid, SIGKILL)
        wait()
    }

    /// The end of its log.
    var lastWords: String {
        String(decoding: (FileManager.default.contents(atPath: log) ?? Data()).suffix(2000), as: UTF8.self)
    }

    private static func spawn(_ line: [String], _ environment: [String: String], _ log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        // What this process ignores, to handle it elsewhere, a child must not.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, line[0], &actions, &attributes, &arguments, &settings)
        guard error == 0 else { throw BenchFailure("cannot start \(line[0]): \(String(cString: strerror(error)))") }
        return pid
    }
}
