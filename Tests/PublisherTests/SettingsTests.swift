import Foundation
import Glibc
import Testing

@testable import Client

@Suite("Where the registry is and who asks")
struct SettingsTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-settings-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func settings(
        _ options: RegistrySettings.Options = .init(), _ environment: [String: String] = [:]
    ) throws -> RegistrySettings {
        try RegistrySettings(options, environment: environment)
    }

    private func write(_ text: String, mode: mode_t = 0o600) throws -> String {
        let path = folder.appending(path: UUID().uuidString).path(percentEncoded: false)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, mode)
        return path
    }

    @Test(
        "Addresses are read exactly",
        arguments: [
            ("https://packages.example.org", "packages.example.org", 443, ""),
            ("http://LOCALHOST:8080/", "localhost", 8080, ""),
            ("https://example.org/hallmark/", "example.org", 443, "/hallmark"),
            ("http://[::1]:8080", "::1", 8080, ""),
        ])
    func addresses(text: String, host: String, port: Int, path: String) throws {
        let address = try #require(RegistryAddress(text))
        #expect(address.host == host && address.port == port && address.path == path)
        #expect(RegistryAddress(address.description) == address)
    }

    @Test(
        "What is no address, or holds more than one",
        arguments: [
            "", "packages.example.org", "ftp://example.org", "https://", "https://user:secret@example.org",
            "https://example.org/?token=1", "https://example.org/#x", "http://example.org:99999",
        ])
    func noAddress(text: String) {
        #expect(RegistryAddress(text) == nil)
    }

    @Test("A token comes from the option's file, the variable, the variable's file and the credentials, in this order")
    func order() throws {
        let one = try write("one\n")
        let two = try write("two")
        let home = folder.appending(path: "config/hallmark")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let credentials = home.appending(path: "credentials").path(percentEncoded: false)
        try "# mine\nhttps://other.example four\nhttps://a.example three\n".write(
            toFile: credentials, atomically: false, encoding: .utf8)
        chmod(credentials, 0o600)
        var environment = [
            "HALLMARK_REGISTRY": "https://a.example/", "HALLMARK_TOKEN": "zero", "HALLMARK_TOKEN_FILE": two,
            "XDG_CONFIG_HOME": folder.appending(path: "config").path(percentEncoded: false),
        ]
        #expect(try settings(.init(tokenFile: one), environment).token?.text == "one")
        #expect(try settings(.init(), environment).token?.text == "zero")
        environment["HALLMARK_TOKEN"] = nil
        #expect(try settings(.init(), environment).token?.text == "two")
        environment["HALLMARK_TOKEN_FILE"] = nil
        #expect(try settings(.init(), environment).token?.text == "three")
        #expect(try settings(.init(registry: "https://a.example:8443"), environment).token == nil)
    }

    @Test("A file that others can read is refused, and so is one that holds no token")
    func files() throws {
        for mode in [0o644, 0o640, 0o604] as [mode_t] {
            let path = try write("secret", mode: mode)
            let fault = #expect(throws: ClientFault.self) {
                try settings(.init(registry: "https://a.example", tokenFile: path))
            }
            #expect(fault?.detail.contains("chmod 600") == true)
        }
        for text in ["", "two words", "umlaut-ä"] {
            let path = try write(text)
            let fault = #expect(throws: ClientFault.self) {
                try settings(.init(registry: "https://a.example", tokenFile: path))
            }
            #expect(fault?.detail.contains(text.isEmpty ? "no token" : text) != !text.isEmpty, "it is never repeated")
        }
    }

    @Test("A token goes without TLS only to this machine, or where somebody says so")
    func plain() throws {
        let environment = ["HALLMARK_TOKEN": "x"]
        for address in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]", "https://a.example"] {
            #expect(try settings(.init(registry: address), environment).token != nil)
        }
        for address in ["http://a.example", "http://127.evil.example", "http://10.0.0.1"] {
            #expect(throws: ClientFault.self) { try settings(.init(registry: address), environment) }
            #expect(try settings(.init(registry: address, allowsHTTP: true), environment).token != nil)
        }
    }

    @Test("A secret does not print itself")
    func secrecy() throws {
        let secret = try Secret("hlmk_abc", from: "a test")
        #expect(!"\(secret)".contains("abc") && !String(reflecting: secret).contains("abc"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("abc"))
    }

    @Test("Without a registry the command is wrong")
    func noRegistry() {
        let fault = #expect(throws: ClientFault.self) { try settings() }
        #expect(fault?.isUsage == true && fault?.detail.contains("HALLMARK_REGISTRY") == true)
    }
}
