import HallmarkTesting
import Testing

/// Gives a suite one Hallmark for all of its tests, and fails it unless the server stops cleanly afterwards.
///
/// The tests of such a suite use names of their own, so that they do not meet.
struct RunningServer: SuiteTrait, TestScoping {
    @TaskLocal private static var shared: ServerProcess?

    /// How the server is started.
    let options: ServerProcess.Options

    /// The server of the running suite.
    static var current: ServerProcess {
        get throws { try #require(shared) }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try await ServerProcess(options)
        try await Self.$shared.withValue(server) { try await function() }
        try await server.stop()
    }
}

extension SuiteTrait where Self == RunningServer {
    /// One server for all tests of the suite.
    static var server: RunningServer { RunningServer(options: ServerProcess.Options()) }

    /// One server with settings of its own for all tests of the suite.
    static func server(_ settings: [String: String]) -> RunningServer {
        RunningServer(options: ServerProcess.Options(environment: settings))
    }

    /// One server, also on https, for all tests of the suite.
    static var secureServer: RunningServer { RunningServer(options: ServerProcess.Options(localTLS: true)) }
}

extension ServerProcess {
    /// Makes a user and a token of theirs that may do everything they may.
    func publisher(_ name: String) async throws -> String {
        try await createUser(name)
        return try await token(user: name)
    }
}
