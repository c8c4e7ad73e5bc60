import Client
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
        let files: [(String, String)] = [
            ("\(module)/__init__.py", "version = \"\(version)\"\n"),
            ("\(about)/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\nSummary: A probe\n"),
            ("\(about)/WHEEL", "Wheel-Version: 1.0\nGenerator: hallmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("\(about)/RECORD", ""),
        ]
        try ZipWriter.write(files.map { ($0.0, .bytes(Array($0.1.utf8))) }, to: path)
    }
}
