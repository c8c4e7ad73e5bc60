import Foundation
import Glibc
import RegistryModel

/// A chromedriver of its own: starts browsers and passes on what a test asks of them.
///
/// Speaks [WebDriver](https://www.w3.org/TR/webdriver2/) over HTTP on loopback; nothing of it needs a library.
final class BrowserDriver: Sendable {
    /// Why a command was not done.
    struct Failure: Error, CustomStringConvertible {
        let command: String
        let message: String

        var description: String { "\(command): \(message)" }
    }

    private let child: ChildProcess
    private let port: Int
    let folder: URL

    /// The programs, where the machine has both.
    static let programs: (driver: String, browser: String)? = {
        func find(_ names: [String]) -> String? {
            ClientTool.searchPath.lazy.flatMap { folder in names.map { "\(folder)/\($0)" } }
                .first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        guard let driver = find(["chromedriver"]), let browser = find(["chromium", "google-chrome"]) else { return nil }
        return (driver, browser)
    }()

    init() async throws {
        guard let programs = Self.programs else { throw Failure(command: "start", message: "there is no chromedriver") }
        folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try FreePort.take()
        self.port = Int(port)
        let place = folder.path(percentEncoded: false)
        // The browser keeps its things below these, so that nothing is left in the home of whoever runs the tests.
        let environment = ProcessInfo.processInfo.environment.merging(
            ["HOME": place, "TMPDIR": place, "XDG_CONFIG_HOME": place, "XDG_CACHE_HOME": place]
        ) { $1 }
        child = try ChildProcess(
            Command(
                [programs.driver, "--port=\(port)", "--log-level=WARNING"], environment: environment, directory: folder),
            output: folder.appending(path: "output"), errors: folder.appending(path: "errors"))
        try await waitUntilReady()
    }

    deinit {
        child.send(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends it with every browser that it started.
    func stop() async {
        child.send(SIGKILL)
        _ = await child.exitStatus()
    }

    private func waitUntilReady() async throws {
        let end = ContinuousClock.now + hangLimit
        while ContinuousClock.now < end, child.isRunning {
            if let status = try? await call("GET", "/status", nil), status["ready"]?.boolValue == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(command: "start", message: "chromedriver did not become ready")
    }

    /// One command; gives the `value` of the answer.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let connection = try await RawConnection.connect(to: port)
        let response = try await connection.exchange(
            "\(method) \(path)", ["Content-Type: application/json", "Connection: close"],
            body: method == "POST" ? (body ?? .object([])).bytes() : nil)
        await connection.close()
        let value = try JSONValue.parse(response.body, maximumDepth: 512)["value"] ?? .null
        guard response.status == 200 else {
            let words = value["message"]?.stringValue ?? response.text
            throw Failure(command: "\(method) \(path)", message: String(words.prefix(600)))
        }
        return value
    }
}
