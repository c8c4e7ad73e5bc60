import Client
import Crypto
import Foundation
import HTTPTypes
import RegistryModel

/// Tokens that were found where they should not be, and where releases come from.
enum LeakProbes {
    static let all: [Probe] = [leaked, provenance]

    /// AUTHZ-3.2: a signed report revokes a token at once and its owner is told; another signature does nothing.
    private static let leaked = Probe(id: "AUTHZ-3.2") { stage in
        let person = try await stage.member("leaky")
        let token = try await stage.token(person, ProbeStage.TokenWish(actions: [.read]))
        let key = P256.Signing.PrivateKey()
        let file = "\(stage.scratch.data)/../reporter.pem"
        try key.publicKey.pemRepresentation.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await stage.operate([
            "admin", "reporter", "add", "assess", "--key-id-header", "Probe-Key", "--signature-header",
            "Probe-Signature",
            "--key", file, "--key-id", "probe",
        ])
        let report: JSONValue = [
            [
                "token": .string(token), "type": "hallmark_api_token", "url": "https://code.example/leak",
                "source": "content",
            ]
        ]
        let forged = try await send(report.bytes(), signedBy: P256.Signing.PrivateKey(), stage)
        let before = try await stage.call(.get, "/api/v1/user", token: token)
        try expect(!forged.isSuccess && before.isSuccess, "a report that nobody known has signed revoked a token")
        let mails = stage.scratch.mail.messages(to: person.address).count
        let accepted = try await send(report.bytes(), signedBy: key, stage)
        guard accepted.isSuccess else {
            throw ProbeFailure("a signed report is refused (\(accepted.status)): \(accepted.text)")
        }
        let after = try await stage.call(.get, "/api/v1/user", token: token)
        try expect(after.status == 401, "the reported token still works (\(after.status))")
        _ = try await stage.scratch.mail.wait(for: person.address, "the leaked token") { _ in
            stage.scratch.mail.messages(to: person.address).count > mails
        }
        return
            "a signed report revoked the token at once (\(after.status)) and its owner was told; an unknown signature did nothing (\(forged.status))"
    }

    private static func send(
        _ body: [UInt8], signedBy key: P256.Signing.PrivateKey, _ stage: ProbeStage
    ) async throws -> HTTPAnswer {
        var call = HTTPCall(.post, "/_/secrets/disclose-token", body: UploadBody([.bytes(body)]), authentication: .none)
        call.headers[.contentType] = "application/json"
        let signature = try key.signature(for: body).derRepresentation.base64EncodedString()
        for (name, value) in [("Probe-Key", "probe"), ("Probe-Signature", signature)] {
            if let name = HTTPField.Name(name) { call.headers[name] = value }
        }
        return try await stage.scratch.visitor().send(call)
    }

    /// AUTHZ-3.3: nothing of it is there, which is seen rather than supposed.
    private static let provenance = Probe(id: "AUTHZ-3.3") { stage in
        let owner = try await stage.member("prover")
        let name = stage.freshName("proven-lamp")
        let token = try await stage.token(owner)
        let refusal = try await SamplePackage(name: name, version: "1.0").publish(to: stage.scratch, token: token)
        guard refusal == nil else { throw ProbeFault("nothing can be published: \(refusal?.detail ?? "")") }
        let file = "\(name.replacing("-", with: "_"))-1.0-py3-none-any.whl"
        let answer = try await stage.call(.get, "/integrity/pypi/\(name)/1.0/\(file)/provenance", token: nil)
        throw ProbeFailure(
            answer.isSuccess
                ? "attestations are served, but no probe holds them against what was built"
                : "build provenance is neither taken nor served: /integrity/…/provenance answers \(answer.status)")
    }
}
