import Ecosystems
import Foundation
import HallmarkTesting
import RegistryModel

/// Builds source archives in memory, right unless a test changes them, and the forms in which SwiftPM sends them.
struct SwiftTestPackage {
    var id = "mona.LinkedList"
    var version = "1.0.0"
    var manifest =
        "// swift-tools-version: 5.9\nimport PackageDescription\nlet package = Package(name: \"LinkedList\")\n"
    /// Files beside `Package.swift`.
    var files: [(path: String, content: String)] = [("Sources/LinkedList/L.swift", "struct L {}\n")]
    var metadata: String?
    var archiveSignature: [UInt8]?
    var metadataSignature: [UInt8]?
    /// Parts of the form behind the others.
    var more: [(name: String, headers: [String], content: [UInt8])] = []
    /// The archive, where it is another than these files make.
    var bytes: [UInt8]?

    var archive: [UInt8] {
        bytes ?? PyPITestPackage.zip(([("Package.swift", manifest)] + files).map { ("\(id)/\($0.0)", $0.1) })
    }

    /// Where it is published.
    var path: String { "/swift/\(id.replacing(".", with: "/"))/\(version)" }

    /// The head that announces the form, as SwiftPM writes it.
    static func head(isSigned: Bool) -> [String] {
        let accept = ["Accept: application/vnd.swift.registry.v1+json", "Prefer: respond-async"]
        return accept + ["Content-Type: multipart/form-data;boundary=\"XX-YY\""]
            + (isSigned ? ["X-Swift-Package-Signature-Format: cms-1.0.0"] : [])
    }

    /// The form, with its parts in SwiftPM's order.
    var form: [UInt8] {
        var out: [UInt8] = []
        func add(_ name: String, _ headers: [String], _ content: [UInt8]?) {
            guard let content else { return }
            let lines = ["--XX-YY", "Content-Disposition: form-data; name=\"\(name)\""] + headers
            out += Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + content + Array("\r\n".utf8)
        }
        let binary = "Content-Transfer-Encoding: binary"
        add("source-archive", ["Content-Type: application/zip", binary], archive)
        add("source-archive-signature", ["Content-Type: application/octet-stream", binary], archiveSignature)
        let quoted = "Content-Transfer-Encoding: quoted-printable"
        add("metadata", ["Content-Type: application/json", quoted], metadata.map { Array($0.utf8) })
        add("metadata-signature", ["Content-Type: application/octet-stream", binary], metadataSignature)
        for part in more { add(part.name, part.headers, part.content) }
        return out + Array("--XX-YY--\r\n".utf8)
    }
}

extension EcosystemServer {
    /// Publishes a package.
    func publish(
        _ package: SwiftTestPackage, token: String?, _ more: [String] = []
    ) async throws -> RawResponse {
        let credential = more + (token.map { ["Authorization: Bearer \($0)"] } ?? [])
        let head = SwiftTestPackage.head(isSigned: package.archiveSignature != nil)
        return try await exchange("PUT \(package.path)", head + credential, body: package.form)
    }
}
