package import Foundation
import Glibc
import Synchronization

/// A running program with everything that it starts, in a process group of its own.
///
/// Foundation's `Process` needs a run loop to notice an end and shares the group of the tests; here a thread waits for
/// the program, and a signal reaches the whole group but never a process that took over its number.
package final class ChildProcess: Sendable {
    /// Why a program could not be started.
    package struct SpawnFailure: Error {
        /// The program.
        package let program: String
        /// The system's error number.
        package let code: Int32
    }

    /// What the waiting thread and everybody else share.
    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let group: pid_t
    private let state = Mutex(State())

    /// Starts a program with both outputs in files.
    package init(_ command: Command, output: URL, errors: URL) throws {
        let input = output.appendingPathExtension("input")
        try Data(command.input.utf8).write(to: input)
        group = try Self.spawn(command, input: input, output: output, errors: errors)
        let thread = Thread { [self] in collect() }
        thread.name = "wait-\(group)"
        thread.start()
    }

    /// The exit code, once it has ended; 128 and the signal's number where a signal ended it.
    package func exitStatus() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int32? in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool {
        state.withLock { $0.status == nil }
    }

    /// How many files and connections the program has open; 0 when it has ended.
    package var openFiles: Int {
        state.withLock { state in
            guard state.status == nil else { return 0 }
            return (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(group)/fd").count) ?? 0
        }
    }

    /// Which parts of the program's memory are which files; empty when it has ended.
    package var memoryMap: String {
        state.withLock { state in
            guard state.status == nil else { return "" }
            // The system gives a page at a time, and no size, by which reading at once would go.
            var text = Data()
            let handle = FileHandle(forReadingAtPath: "/proc/\(group)/maps")
            while let more = try? handle?.read(upToCount: 1 << 16), !more.isEmpty { text += more }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// The program's number, which is its group's too.
    var identifier: Int32 { group }

    /// Sends a signal to the program and what it started, unless it has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if state.status == nil { _ = kill(-group, signal) }
        }
    }

    /// Waits for the end and then gives the number back to the system.
    ///
    /// The end is noted before the process is reaped: while `status` is nil its number cannot belong to another process.
    private func collect() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(group), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        var raw: Int32 = 0
        let waiting = state.withLock { state in
            while waitpid(group, &raw, 0) == -1, errno == EINTR {}
            let signal = raw & 0x7f
            state.status = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
            defer { state.waiting = [] }
            return state.waiting.map { ($0, state.status ?? -1) }
        }
        for (continuation, status) in waiting { continuation.resume(returning: status) }
    }

    private static func spawn(_ command: Command, input: URL, output: URL, errors: URL) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let write = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, input.path(percentEncoded: false), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path(percentEncoded: false), write, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.path(percentEncoded: false), write, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // `env -C` changes the directory: glibc's own action for it is not visible to Swift.
        let program = "/usr/bin/env"
        let words = [program, "-C", command.directory.path(percentEncoded: false)] + command.words
        let pairs = command.environment.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        let code = withStrings(words) { arguments in
            withStrings(pairs) { environment in
                posix_spawn(&process, program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw SpawnFailure(program: command.words.first ?? "", code: code) }
        return process
    }

    /// Calls `body` with a null-terminated list of C strings.
    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
