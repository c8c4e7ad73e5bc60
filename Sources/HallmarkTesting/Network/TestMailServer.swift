import Foundation
import Glibc
import RegistryModel

/// A real mail server (aiosmtpd, from the environment that `scripts/bootstrap test` makes) in a process of its own.
///
/// It misbehaves for some recipients: see `scripts/testing/mail-server.py`.
package final class TestMailServer: Sendable {
    /// How it protects connections.
    package enum Security: String, Sendable, CaseIterable {
        case plain
        case startTLS = "starttls"
        case tls
    }

    /// A message that it took over.
    package struct Message: Sendable {
        package let sender: String
        package let recipients: [String]
        /// The message as it came over the wire, without the doubled dots.
        package let content: String
        package let isEncrypted: Bool
        package let user: String?
        package let hello: String
    }

    /// Why there is none.
    package struct Failure: Error { let log: String }

    /// Whether the machine has what it needs.
    package static let isAvailable = EnvironmentPython.has("aiosmtpd")

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let folder: URL
    private let child: ChildProcess

    /// Starts one and waits until it listens; it ends with this value, or by ``stop()``.
    package init(
        security: Security = .plain, authority: TestAuthority? = nil, user: String? = nil, password: String? = nil,
        port: Int? = nil
    ) async throws {
        self.port = try port ?? Int(FreePort.take())
        folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.path(percentEncoded: false)
        var words = [
            EnvironmentPython.path, Checkout.script("mail-server.py"), path, "\(self.port)", "--security",
            security.rawValue,
        ]
        if let authority {
            try authority.write(to: folder)
            words += ["--certificate", path + "/server.pem", "--key", path + "/server-key.pem"]
        }
        if let user, let password { words += ["--user", user, "--password", password] }
        child = try ChildProcess(
            Command(words, environment: ["PATH": "/usr/bin:/bin"], directory: folder),
            output: folder.appending(path: "output"), errors: folder.appending(path: "errors"))
        while !FileManager.default.fileExists(atPath: folder.appending(path: "ready").path(percentEncoded: false)) {
            guard child.isRunning else { throw Failure(log: read("errors")) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit {
        child.send(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends it at once.
    package func stop() async {
        child.send(SIGKILL)
        _ = await child.exitStatus()
    }

    /// The certificates that it is to be trusted with.
    package var authorities: String { folder.appending(path: "ca.pem").path(percentEncoded: false) }

    /// What it took over, in order.
    package var messages: [Message] {
        get throws {
            var found: [Message] = []
            while let data = try? Data(contentsOf: folder.appending(path: "\(found.count + 1).json")) {
                let value = try JSONValue.parse(data)
                let content = Data(base64Encoded: value["content"]?.stringValue ?? "") ?? Data()
                found.append(
                    Message(
                        sender: value["from"]?.stringValue ?? "",
                        recipients: value["to"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                        content: String(decoding: content, as: UTF8.self),
                        isEncrypted: value["tls"]?.boolValue ?? false, user: value["user"]?.stringValue,
                        hello: value["hello"]?.stringValue ?? ""))
            }
            return found
        }
    }

    private func read(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: folder.appending(path: name))) ?? Data(), as: UTF8.self)
    }
}
