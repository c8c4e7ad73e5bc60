import Ecosystems
import Formats
import HTTPSupport
import HallmarkTesting
import Hummingbird
import RegistryModel

/// An upload form as a client would send it.
struct PyPIUpload {
    /// Whose way of writing forms is followed.
    enum Client: CaseIterable {
        case twine, uv
    }

    var fields: [(name: String, value: String)]
    var file: (name: String, content: [UInt8])?
    var client = Client.twine
    /// Parts behind the file.
    var trailing: [(name: String, value: String)] = []

    init(_ package: PyPITestPackage, _ kind: PyPI.FileKind = .wheel, as client: Client = .twine) {
        let bytes = kind == .wheel ? package.wheel : package.source
        let digests = FileHasher.digests(of: bytes)
        let claim = package.claim(kind)
        var metadata: [(String, String)] = []
        for member in claim.members ?? [] {
            let values = member.value.arrayValue?.compactMap(\.stringValue) ?? [member.value.stringValue ?? ""]
            metadata += values.map { (member.name, $0) }
        }
        metadata += [("pyversion", kind == .wheel ? "py3" : "source"), ("summary", "A tiny package")]
        metadata += [("description", package.body), ("classifiers", "One"), ("classifiers", "Two")]
        let sums = [("sha256_digest", digests.sha256.hex), ("blake2_256_digest", Hex.encode(digests.blake2b256))]
        let protocolFields = [(":action", "file_upload"), ("protocol_version", "1")]
        switch client {
        case .twine: fields = metadata + [("md5_digest", Hex.encode(digests.md5))] + sums + protocolFields
        case .uv:
            fields = protocolFields + sums + metadata
            trailing = [("attestations", "[]")]
        }
        file = (kind == .wheel ? package.wheelName : package.sourceName, bytes)
        self.client = client
    }

    /// Replaces every value of a field.
    mutating func set(_ name: String, _ values: String...) {
        fields.removeAll { $0.name == name }
        fields += values.map { (name, $0) }
    }

    static let contentType = "Content-Type: multipart/form-data; boundary=lantern"

    var body: [UInt8] {
        var out: [UInt8] = []
        func part(_ disposition: String, _ type: String?, _ content: [UInt8]) {
            let head =
                "--lantern\r\nContent-Disposition: form-data; \(disposition)\r\n" + (type.map { "\($0)\r\n" } ?? "")
            out += Array((head + "\r\n").utf8) + content + [0x0D, 0x0A]
        }
        for (name, value) in fields { part("name=\"\(name)\"", nil, Array(value.utf8)) }
        if let file {
            let type = client == .twine ? "Content-Type: application/octet-stream" : nil
            part("name=\"content\"; filename=\"\(file.name)\"", type, file.content)
        }
        for (name, value) in trailing { part("name=\"\(name)\"", nil, Array(value.utf8)) }
        return out + Array("--lantern--\r\n".utf8)
    }
}

extension EcosystemServer {
    /// Uploads as the holder of a token.
    func upload(_ upload: PyPIUpload, token: String?, headers: [String] = []) async throws -> RawResponse {
        let credential = token.map { [Self.basic($0)] } ?? []
        return try await exchange(
            "POST /pypi/legacy/", [PyPIUpload.contentType] + credential + headers, body: upload.body)
    }
}

/// Runs a server of Python packages mounted at `/pypi`.
func withPyPI(
    visibility: Visibility = .public, _ body: @escaping @Sendable (EcosystemServer) async throws -> Void
) async throws {
    try await withEcosystemServer(
        PyPIFormat(), visibility: visibility,
        routes: { services, router in PyPIRoutes(services: services).addRoutes(to: router, at: "/pypi") }, body)
}
