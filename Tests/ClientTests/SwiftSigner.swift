import Foundation
import HallmarkTesting

/// Somebody who signs packages: a certificate for code signing with an authority of its own.
struct SwiftSigner {
    /// The authority's certificate, in PEM.
    let root: String
    /// The same in DER.
    let rootDER: Data
    /// What SwiftPM is told when it publishes.
    let arguments: [String]
    /// What `hallmark publish` is told.
    let options: [String]

    /// Makes one with OpenSSL, below `home`.
    init(in home: ClientHome, _ name: String) async throws {
        let folder = "keys/\(name)"
        func file(_ file: String) -> String { home.path("\(folder)/\(file)") }
        func openssl(_ words: [String]) async throws { try await home.run(.openssl, words, in: folder).checked() }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try await openssl(
            ["req", "-x509"] + key + [
                "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=\(name) authority/O=\(name)",
            ])
        try await openssl(
            ["req"] + key + ["-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=\(name)/OU=tests/O=\(name)"])
        try home.write(
            "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=codeSigning\n",
            to: "\(folder)/leaf.ext")
        try await openssl([
            "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "30", "-extfile",
            "leaf.ext", "-out", "leaf.pem",
        ])
        for certificate in ["root", "leaf"] {
            try await openssl(["x509", "-in", "\(certificate).pem", "-outform", "DER", "-out", "\(certificate).cer"])
        }
        try await openssl(
            ["pkcs8", "-topk8", "-nocrypt", "-in", "leaf.key", "-outform", "DER", "-out", "leaf.p8"])
        root = file("root.pem")
        rootDER = try home.data("\(folder)/root.cer")
        arguments = [
            "--private-key-path", file("leaf.p8"), "--cert-chain-paths", file("leaf.cer"), file("root.cer"),
        ]
        options = [
            "--signing-key", file("leaf.key"), "--signing-certificate", file("leaf.pem"), "--signing-certificate",
            file("root.cer"),
        ]
    }
}

extension ClientHome {
    /// Tells SwiftPM to take nothing but what one of these signed.
    func trust(_ signers: [SwiftSigner]) throws {
        for (index, signer) in signers.enumerated() { try write(signer.rootDER, to: "swift/roots/\(index).cer") }
        let file = "swift/config/registries.json"
        var settings = try JSONSerialization.jsonObject(with: data(file)) as? [String: Any] ?? [:]
        let signing: [String: Any] = [
            "onUnsigned": "error", "onUntrustedCertificate": "error",
            "trustedRootCertificatesPath": path("swift/roots"),
            "includeDefaultTrustedRootCertificates": false,
            "validationChecks": ["certificateExpiration": "enabled", "certificateRevocation": "disabled"],
        ]
        settings["security"] = ["default": ["signing": signing]]
        try write(try JSONSerialization.data(withJSONObject: settings), to: file)
    }

    /// Whether a manifest ends in a signature, as SwiftPM writes it.
    func manifestIsSigned(_ answer: Probe) throws -> Bool {
        answer.text.split(separator: "\n").last?.hasPrefix("// signature: cms-1.0.0;") == true
    }
}
