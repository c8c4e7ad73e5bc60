import Client
import Crypto
import Foundation
import RegistryModel

/// A package that the probes publish: a Python wheel, through the code of `hallmark publish`.
struct SamplePackage: Sendable {
    let name: String
    let version: String

    /// Publishes it with a token.
    /// - Returns: nil where it was taken; otherwise the registry's refusal.
    /// - Throws: What is no answer.
    func publish(to instance: ScratchInstance, token: String) async throws -> Refusal? {
        let folder = try Undertaker.shared.makeFolder()
        defer { Undertaker.shared.remove(folder) }
        let path = "\(folder)/\(name.replacing("-", with: "_"))-\(version)-py3-none-any.whl"
        try write(to: path)
        let settings = try RegistrySettings(
            RegistrySettings.Options(registry: instance.origin), environment: ["HALLMARK_TOKEN": token])
        let publisher = Publisher(RegistryClient(settings, userAgent: "hallmark-assess"))
        do {
            _ = try await publisher.publish(PublishOptions(path: path, ecosystem: .pypi))
            return nil
        } catch let fault as ClientFault {
            guard let refusal = fault.refusal else { throw ProbeFault("publishing failed: \(fault.detail)") }
            return refusal
        }
    }

    private func write(to path: String) throws {
        let module = name.replacing("-", with: "_")
        let about = "\(module)-\(version).dist-info"
        var files: [(String, String)] = [
            ("\(module)/__init__.py", "version = \"\(version)\"\n"),
            ("\(about)/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\nSummary: A probe\n"),
            ("\(about)/WHEEL", "Wheel-Version: 1.0\nGenerator: hallmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ]
        files.append(("\(about)/RECORD", Self.record(of: files, at: "\(about)/RECORD")))
        try ZipWriter.write(files.map { ($0.0, .bytes(Array($0.1.utf8))) }, to: path)
    }

    /// The list of a wheel's files with their hashes, itself without one.
    private static func record(of files: [(name: String, text: String)], at path: String) -> String {
        files.map { file in
            let hash = Base64URL.encode(SHA256.hash(data: Array(file.text.utf8)))
            return "\(file.name),sha256=\(hash),\(file.text.utf8.count)\n"
        }.joined() + "\(path),,\n"
    }
}
