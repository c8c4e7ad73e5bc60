package import Foundation
import Glibc

/// A Hallmark of this build, running as a process of its own on a fresh data folder.
package final class ServerProcess: Sendable {
    /// What may differ from one server to the next.
    package struct Options: Sendable {
        /// More arguments of `hallmark serve`.
        package var arguments: [String] = []
        /// More environment.
        package var environment: [String: String] = [:]
        /// Whether it serves https with a certificate authority of its own, beside http.
        package var localTLS = false
        /// A data folder that outlives the server; otherwise it gets a fresh one that goes with it.
        package var data: URL?
        /// How many files it may have open at most; nil for what this process may.
        package var openFiles: Int?

        /// The defaults.
        package init(
            arguments: [String] = [], environment: [String: String] = [:], localTLS: Bool = false, data: URL? = nil,
            openFiles: Int? = nil
        ) {
            self.openFiles = openFiles
            self.arguments = arguments
            self.environment = environment
            self.localTLS = localTLS
            self.data = data
        }
    }

    /// Why a server is of no use.
    package enum Failure: Error, CustomStringConvertible {
        /// It ended, or was not ready in time; with its log.
        case notReady(String)
        /// It did not stop cleanly on SIGTERM; with its exit code and log.
        case unclean(Int32, String)

        package var description: String {
            switch self {
            case .notReady(let log): "the server did not become ready:\n\(log)"
            case .unclean(let status, let log): "the server ended with \(status) on SIGTERM:\n\(log)"
            }
        }
    }

    /// Where it listens for http.
    package let port: UInt16
    /// Where it listens for https, if it does.
    package let securePort: UInt16
    /// Its data folder.
    package let data: URL
    private let folder: URL
    private let child: ChildProcess
    private let environment: [String: String]

    /// Starts a server and waits until it is ready.
    package init(_ options: Options = Options()) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        data = options.data ?? folder.appending(path: "data")
        port = try FreePort.take()
        securePort = try FreePort.take()
        let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HALLMARK_") }
        // Where it listens is told through the environment too: commands on its data then know its address.
        var places = ["HALLMARK_LISTEN": "127.0.0.1:\(port)"]
        if options.localTLS { places["HALLMARK_LISTEN_TLS"] = "127.0.0.1:\(securePort)" }
        environment = own.merging(places) { $1 }.merging(options.environment) { $1 }
        var words = [
            Checkout.hallmark.path(percentEncoded: false), "serve", "--data", data.path(percentEncoded: false),
            "--listen", "127.0.0.1:\(port)",
        ]
        if options.localTLS { words += ["--tls-local", "--listen-tls", "127.0.0.1:\(securePort)"] }
        if let limit = options.openFiles {
            words = ["sh", "-c", "ulimit -n \(limit) && exec \"$@\"", "sh"] + words
        }
        child = try ChildProcess(
            Command(words + options.arguments, environment: environment, directory: folder),
            output: folder.appending(path: "output"), errors: folder.appending(path: "errors"))
        try await waitUntilReady()
    }

    deinit {
        child.send(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// The address that clients are given, without a slash at its end.
    package var url: String { "http://localhost:\(port)" }
    /// The https address, where the server has one.
    package var secureURL: String { "https://localhost:\(securePort)" }
    /// Host and port, as npm writes them.
    package var authority: String { "localhost:\(port)" }
    /// The local certificate authority, where the server made one.
    package var authorityFile: String { data.appending(path: "tls/ca.pem").path(percentEncoded: false) }

    /// What it has written so far.
    package var log: String {
        ["output", "errors"].map { name in
            String(decoding: (try? Data(contentsOf: folder.appending(path: name))) ?? Data(), as: UTF8.self)
        }.joined()
    }

    /// A bound that the system keeps for a process, by its name in prlimit(1).
    package enum Resource: String, Sendable {
        /// The largest size of a file.
        case fileSize = "fsize"
        /// The number of open files.
        case openFiles = "nofile"
    }

    /// Changes the server's own bound while it runs; nil stands for the largest one that it may have.
    package func setLimit(_ resource: Resource, _ value: Int?) async throws {
        let tool = ["prlimit", "--pid", String(child.identifier)]
        func run(_ words: [String]) async throws -> String {
            try await Command(tool + words, environment: environment, directory: folder).run().checked().output
        }
        let hardest = try await run(["--\(resource.rawValue)", "--output", "HARD", "--noheadings"])
        let text = value.map(String.init) ?? hardest.trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await run(["--\(resource.rawValue)=\(text):"])
    }

    /// How many files and connections it has open.
    package var openFiles: Int { child.openFiles }

    /// Which parts of its memory are which files, as in `/proc/…/maps`; empty when it has ended.
    package var memoryMap: String { child.memoryMap }

    /// Whether it has not ended.
    package var isRunning: Bool { child.isRunning }

    /// Runs `hallmark admin` on the server's data, while it serves.
    package func admin(_ arguments: [String]) async throws -> CommandResult {
        let words = [Checkout.hallmark.path(percentEncoded: false), "admin"] + arguments
        let data = ["--data", data.path(percentEncoded: false)]
        return try await Command(words + data, environment: environment, directory: folder).run()
    }

    /// Makes a user.
    package func createUser(_ name: String, isAdministrator: Bool = false) async throws {
        let flags = isAdministrator ? ["--administrator"] : []
        try await admin(["user", "create", name, "--email", "\(name)@example.org"] + flags).checked()
    }

    /// Makes an operator token for a user that exists.
    package func token(user: String, scopes: [String] = []) async throws -> String {
        let words = ["token", "create", "--user", user] + scopes.flatMap { ["--scope", $0] }
        return try await admin(words).checked().output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Stops it as an operator would, and waits for its end.
    /// - Throws: ``Failure/unclean(_:_:)`` unless it ended by itself and with 0.
    package func stop(limit: Duration = .seconds(30)) async throws {
        child.send(SIGTERM)
        let timer = Task {
            try await Task.sleep(for: limit)
            child.send(SIGKILL)
        }
        let status = await child.exitStatus()
        timer.cancel()
        guard status == 0 else { throw Failure.unclean(status, log) }
    }

    /// Its exit code, where it has ended or does so soon; 128 and the signal's number where a signal ended it.
    package func exitStatus(within limit: Duration = .seconds(60)) async throws -> Int32? {
        let end = ContinuousClock.now + limit
        while child.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        return child.isRunning ? nil : await child.exitStatus()
    }

    /// Ends it at once, as a power cut would.
    package func kill() async {
        child.send(SIGKILL)
        _ = await child.exitStatus()
    }

    private func waitUntilReady() async throws {
        let end = ContinuousClock.now + hangLimit
        while ContinuousClock.now < end, child.isRunning {
            if try await Probe.get("http://127.0.0.1:\(port)/readyz").status == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure.notReady(log)
    }
}
