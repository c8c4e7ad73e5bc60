import Crypto
import Ecosystems
import Foundation
import RegistryModel
import Testing

@Suite("npm registry signatures")
struct NPMSignerTests {
    private static let integrity = "sha512-" + Data(repeating: 7, count: 64).base64EncodedString()

    @Test("A signature verifies with the key that the registry publishes")
    func verification() throws {
        let signer = try NPMSigner(privateKey: NPMSigner.makePrivateKey(), createdAt: Timestamp(seconds: 1))
        let text = try signer.sign(name: "@hm/tiny", version: "1.0.0", integrity: Self.integrity)
        let published = try #require(signer.keysDocument["keys"]?.arrayValue?.first)
        #expect(published["keyid"]?.stringValue == signer.keyID)
        #expect(published["expires"] == .null)
        let spki = try #require(published["key"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        let key = try P256.Signing.PublicKey(derRepresentation: spki)
        let der = try #require(Data(base64Encoded: text))
        let signature = try P256.Signing.ECDSASignature(derRepresentation: der)
        #expect(key.isValidSignature(signature, for: Data("@hm/tiny@1.0.0:\(Self.integrity)".utf8)))
        #expect(!key.isValidSignature(signature, for: Data("@hm/tiny@1.0.1:\(Self.integrity)".utf8)))
    }

    @Test("The same key bytes have the same key id")
    func keyID() throws {
        let bytes = [UInt8](repeating: 1, count: 32)
        let first = try NPMSigner(privateKey: bytes, createdAt: Timestamp(seconds: 1))
        let second = try NPMSigner(privateKey: bytes, createdAt: Timestamp(seconds: 2))
        #expect(first.keyID == second.keyID)
        #expect(first.keyID.hasPrefix("SHA256:"))
        #expect(first.keyID.utf8.count == 7 + 43)
        #expect(!first.keyID.hasSuffix("="))
    }

    @Test("The key id is the fingerprint that ssh-keygen shows", .enabled(if: Self.hasSSHKeygen))
    func fingerprint() throws {
        let signer = try NPMSigner(privateKey: NPMSigner.makePrivateKey(), createdAt: Timestamp(seconds: 1))
        let directory = FileManager.default.temporaryDirectory.appending(path: "npm-signer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let pem = directory.appending(path: "key.pem")
        let base64 = Data(signer.publicKeySPKI).base64EncodedString(options: .lineLength64Characters)
        try Data("-----BEGIN PUBLIC KEY-----\n\(base64)\n-----END PUBLIC KEY-----\n".utf8).write(to: pem)
        let ssh = try Self.keygen(["-i", "-m", "PKCS8", "-f", pem.path])
        let line = directory.appending(path: "key.pub")
        try Data(ssh.utf8).write(to: line)
        #expect(try Self.keygen(["-l", "-f", line.path]).contains(signer.keyID))
    }

    @Test("What is no key is refused")
    func noKey() {
        #expect(throws: (any Error).self) { try NPMSigner(privateKey: [1, 2, 3], createdAt: Timestamp(seconds: 1)) }
    }

    private static let hasSSHKeygen = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")

    private static func keygen(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
