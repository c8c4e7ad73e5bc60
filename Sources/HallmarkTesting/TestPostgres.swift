import Foundation

/// Debian's PostgreSQL, started once in a test process on a free loopback port, without fsync.
///
/// The server is the child of a shell that waits for the end of its standard input. When this process ends, however it
/// ends, the shell stops the server and removes its directory. `HALLMARK_TEST_POSTGRES_URL` names a server to use
/// instead; its user must be allowed to create databases.
package actor TestPostgres {
    static let shared = TestPostgres()

    private var starting: Task<TestPostgresServer, any Error>?

    /// Whether a server can be reached or started.
    package static let isAvailable = clientTools != nil && (givenURL != nil || serverTools != nil)

    private static let givenURL = ProcessInfo.processInfo.environment["HALLMARK_TEST_POSTGRES_URL"]
    private static let serverTools = directory(of: ["initdb", "postgres", "pg_isready"])
    private static let clientTools = directory(of: ["createdb", "dropdb"])

    /// The server; started when it is first asked for.
    func server() async throws -> TestPostgresServer {
        let task = starting ?? Task { try await Self.start() }
        starting = task
        return try await task.value
    }

    private static func start() async throws -> TestPostgresServer {
        guard let tools = clientTools else { throw TestPostgresError("createdb is not installed") }
        if let givenURL { return TestPostgresServer(url: givenURL, tools: tools) }
        guard let binaries = serverTools else { throw TestPostgresError("PostgreSQL is not installed") }
        var reason = ""
        // The port is free now and may be taken a moment later.
        for _ in 0..<3 {
            let port = try FreePort.take()
            reason = try await launch(binaries, port)
            if reason == "ready" {
                return TestPostgresServer(url: "postgres://hallmark@127.0.0.1:\(port)/postgres", tools: tools)
            }
        }
        throw TestPostgresError("PostgreSQL did not start: \(reason)")
    }

    /// Starts the shell and returns the first line that it writes.
    private static func launch(_ binaries: String, _ port: UInt16) async throws -> String {
        let process = Process()
        let command = ["sh", "-c", script, "sh", binaries, String(port)]
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // PostgreSQL refuses to run as root.
        process.arguments = getuid() == 0 ? ["runuser", "-u", "postgres", "--"] + command : command
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let life = Pipe()
        let output = Pipe()
        // A program that some test starts must not keep the server alive.
        let end = fcntl(life.fileHandleForWriting.fileDescriptor, F_DUPFD_CLOEXEC, 3)
        try life.fileHandleForWriting.close()
        process.standardInput = life
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line: String = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var data = Data()
                // The shell's own parent may keep the pipe open, so its end does not follow the line.
                while data.last != UInt8(ascii: "\n") {
                    let more = output.fileHandleForReading.availableData
                    guard !more.isEmpty else { break }
                    data += more
                }
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
        let answer = line.trimmingCharacters(in: .whitespacesAndNewlines)
        // Only the end of this process closes `end` of a server that is ready.
        if answer != "ready" { close(end) }
        return answer
    }

    /// Makes a cluster, runs it, says "ready", and waits for the end of standard input.
    private static let script = #"""
        bin=$1; port=$2
        dir=$(mktemp -d "${TMPDIR:-/tmp}/hallmark-postgres.XXXXXX" 2>/dev/null || mktemp -d /tmp/hallmark-postgres.XXXXXX)
        fail() { tail -n 5 "$dir/log" | tr '\n' ' '; echo; rm -rf "$dir"; exit 1; }
        set -- -D "$dir/data" -U hallmark -A trust -E UTF8 --no-sync --locale=C.UTF-8
        "$bin/initdb" "$@" --locale-provider=icu --icu-locale=en-US >"$dir/log" 2>&1 ||
            { rm -rf "$dir/data"; "$bin/initdb" "$@" >"$dir/log" 2>&1; } || fail
        "$bin/postgres" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 \
            -c shared_buffers=64MB -c max_pred_locks_per_transaction=256 </dev/null >>"$dir/log" 2>&1 &
        server=$!
        until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
            kill -0 $server 2>/dev/null || fail
            sleep 0.05
        done
        kill -0 $server 2>/dev/null || fail
        echo ready
        exec >/dev/null 2>&1
        read line
        kill -QUIT $server
        wait $server
        rm -rf "$dir"
        """#

    private static func directory(of tools: [String]) -> String? {
        let files = FileManager.default
        let root = "/usr/lib/postgresql"
        let versions = (try? files.contentsOfDirectory(atPath: root)) ?? []
        let newestFirst = versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (newestFirst.map { "\(root)/\($0)/bin" } + path).first { directory in
            tools.allSatisfy { files.isExecutableFile(atPath: "\(directory)/\($0)") }
        }
    }
}
