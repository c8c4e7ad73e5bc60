import Foundation
import Glibc
import Synchronization

/// A `hallmark serve` of the same binary, in a folder of its own that goes with it.
///
/// It is in a process group of its own, so that an interrupt at the terminal reaches the assessment first, which then ends
/// it and removes the folder.
final class ScratchProcess: Sendable {
    /// The folder with the data directory, the mail and the log.
    let folder: String
    /// Where it listens.
    let port: Int
    /// What it was told.
    let environment: [String: String]
    private let pid: pid_t
    private let isGone = Mutex(false)

    /// The data directory.
    var data: String { folder + "/data" }
    /// What it wrote.
    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    /// Starts one.
    /// - Parameters:
    ///   - program: The path of the binary.
    ///   - settings: What it is told beside where to listen: setting by name.
    ///   - folder: A folder that is there, for this process alone.
    /// - Throws: ``ProbeFault`` where no port is free or the binary does not start.
    init(program: String, settings: [String: String], folder: String) throws {
        self.folder = folder
        port = try Self.freePort()
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HALLMARK_") }
        for (name, value) in settings { environment[Self.variable(name)] = value }
        environment["HALLMARK_PUBLIC_URL"] = "http://localhost:\(port)"
        environment["HALLMARK_LISTEN"] = "127.0.0.1:\(port)"
        environment["HALLMARK_DATA"] = folder + "/data"
        self.environment = environment
        pid = try Undertaker.shared.start {
            try Self.spawn([program, "serve"], environment, log: folder + "/log")
        }
    }

    /// The variable that says what a setting says.
    static func variable(_ name: String) -> String {
        "HALLMARK_" + name.uppercased().replacing("-", with: "_")
    }

    /// Whether it still runs.
    var isRunning: Bool {
        isGone.withLock { gone in
            if !gone { gone = waitpid(pid, nil, WNOHANG) == pid }
            return !gone
        }
    }

    /// Ends it, waits until it is gone, and removes its folder.
    func end() async {
        if isRunning { kill(-pid, SIGTERM) }
        let end = ContinuousClock.now + .seconds(10)
        while isRunning, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
        while isRunning {
            kill(-pid, SIGKILL)
            try? await Task.sleep(for: .milliseconds(20))
        }
        Undertaker.shared.forget(pid)
        Undertaker.shared.remove(folder)
    }

    private static func spawn(_ words: [String], _ environment: [String: String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let arguments = words.map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &actions, &attributes, arguments + [nil], variables + [nil])
        guard code == 0 else { throw ProbeFault("the binary cannot be started: \(String(cString: strerror(code)))") }
        return pid
    }

    /// A port of the loopback address that nobody listens on.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(descriptor, plain, length) == 0 ? getsockname(descriptor, plain, &length) : -1
            }
        }
        guard code == 0 else { throw ProbeFault("no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
