import Foundation
import Glibc
import HTTPTypes
import RegistryModel

/// Signing in through a browser on whatever device ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)), and keeping the
/// token in the file of credentials.
package struct DeviceLogin: Sendable {
    private let client: RegistryClient

    /// Signs in to that registry.
    package init(_ client: RegistryClient) {
        self.client = client
    }

    /// What a person needs to allow it.
    package struct Prompt: Sendable {
        /// The page.
        package let page: String
        /// The page with the code in it.
        package let pageWithCode: String
        package let code: String
        package let seconds: Int
    }

    /// Begins, tells `show` what the person is to do, and waits.
    /// - Returns: Where the token was put.
    /// - Throws: ``ClientFault``.
    package func run(
        scopes: [String], environment: [String: String], show: @Sendable (Prompt) -> Void
    ) async throws -> String {
        guard client.address.isSecure || client.address.isLoopback else {
            throw ClientFault("\(client.address) is not https: the token would be readable on the way.")
        }
        guard let path = CredentialsFile.path(environment) else {
            throw ClientFault("There is no place for credentials: set HOME or XDG_CONFIG_HOME.")
        }
        let host = ProcessInfo.processInfo.hostName.prefix(60)
        let begun = try await ask(
            "authorization", ["client_id": "hallmark on \(host)", "scope": scopes.joined(separator: " ")])
        guard begun.isSuccess, let device = begun.json?["device_code"]?.stringValue,
            let code = begun.json?["user_code"]?.stringValue, let page = begun.json?["verification_uri"]?.stringValue
        else { throw Self.fault(begun) }
        let seconds = Int(begun.json?["expires_in"]?.integerValue ?? 600)
        show(
            Prompt(
                page: Refusal.clean(page),
                pageWithCode: Refusal.clean(begun.json?["verification_uri_complete"]?.stringValue ?? page),
                code: Refusal.clean(code), seconds: seconds))
        let token = try await wait(
            device, interval: Int(begun.json?["interval"]?.integerValue ?? 5), seconds: seconds)
        try CredentialsFile.keep(token, for: client.address, at: path)
        return path
    }

    private func wait(_ device: String, interval: Int, seconds: Int) async throws -> Secret {
        var interval = max(1, min(60, interval))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(min(3600, seconds))
        while clock.now < end {
            try await Task.sleep(for: .seconds(interval))
            let answer = try await ask(
                "token",
                [
                    "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device,
                    "client_id": "hallmark",
                ])
            if answer.isSuccess, let text = answer.json?["access_token"]?.stringValue {
                return try Secret(text, from: "The registry's answer")
            }
            switch answer.json?["error"]?.stringValue {
            case "authorization_pending": continue
            case "slow_down": interval = min(60, interval + 5)
            case "access_denied": throw ClientFault("It was denied in the browser.")
            case "expired_token": throw ClientFault("The code is over. Run the command again.")
            default: throw Self.fault(answer)
            }
        }
        throw ClientFault("Nobody allowed it in time. Run the command again.")
    }

    private func ask(_ place: String, _ fields: [String: String]) async throws -> HTTPAnswer {
        let form = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(HTTPCall.encode($0.value))" }
        return try await client.send(
            HTTPCall(
                .post, "/api/v1/device/\(place)", headers: [.contentType: "application/x-www-form-urlencoded"],
                body: UploadBody([.bytes(Array(form.joined(separator: "&").utf8))]), authentication: .none))
    }

    private static func fault(_ answer: HTTPAnswer) -> ClientFault {
        if let text = answer.json?["error_description"]?.stringValue { return ClientFault(Refusal.clean(text)) }
        return ClientFault(Refusal(answer))
    }
}

extension CredentialsFile {
    /// Puts a registry's token into the file, in the place of an older one; the file is readable by its owner alone.
    ///
    /// It is written beside and renamed, so that no other line is ever lost.
    static func keep(_ token: Secret, for address: RegistryAddress, at path: String) throws(ClientFault) {
        var lines: [String] = []
        if access(path, F_OK) == 0 {
            let old = try read(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines = old.filter { line in
                let first = line.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
                return first.hasPrefix("#") || RegistryAddress(first) != address
            }
            while lines.last?.isEmpty == true { lines.removeLast() }
        }
        lines.append("\(address) \(token.text)")
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let beside = "\(path).\(getpid())"
        unlink(beside)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ClientFault("'\(beside)' cannot be written.") }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        let isWritten = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) == $0.count }
        let isKept = fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, isKept, rename(beside, path) == 0 else {
            unlink(beside)
            throw ClientFault("'\(path)' cannot be written.")
        }
    }
}
