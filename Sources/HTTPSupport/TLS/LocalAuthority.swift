import Crypto
import Foundation
package import RegistryModel
import SwiftASN1
import X509

/// `--tls-local`: a certificate authority in the data directory, for machines without a certificate that others trust.
///
/// The authority (`ca.pem`, ten years) is made once and vouches for a server certificate of 90 days, which is made anew at
/// a start when less than a third of its time is left or when the names have changed. The authority is bound to the names
/// it was made for; a name beyond them needs a new authority, which clients have to be told about again.
package struct LocalAuthority: Sendable {
    /// What ``prepare(names:)`` found or made.
    package struct Outcome: Sendable {
        /// For the server.
        package let certificate: TLSCertificate
        /// The file that clients are told to trust.
        package let authorityPath: String
        /// Whether the authority is new, so that clients have to be told.
        package let isNewAuthority: Bool
        /// Until when the server's certificate is valid.
        package let validUntil: Timestamp
    }

    private let directory: String
    private let clock: any WallClock

    /// Works in a directory of its own, `DATA/tls`, which is made if need be.
    package init(directory: String, clock: any WallClock) {
        self.directory = directory
        self.clock = clock
    }

    /// Where the authority's certificate is.
    package var authorityPath: String { "\(directory)/ca.pem" }

    /// Reads what is there and makes what is missing, expired or no longer fitting.
    /// - Parameter names: Host names and addresses beyond `localhost`, 127.0.0.1 and ::1.
    /// - Returns: The certificate to serve with.
    /// - Throws: What the file system or the cryptography refuses.
    package func prepare(names: [String]) throws -> Outcome {
        try SecretFile.makeDirectory(directory)
        return try SecretFile.locked(by: "\(directory)/lock") { try prepareLocked(ServerNames(names)) }
    }

    private func prepareLocked(_ names: ServerNames) throws -> Outcome {
        let issuer = CertificateIssuer(now: clock.now())
        var isNew = false
        let authority: CertificateIssuer.Identity
        if let kept = identity("ca"), isUsable(kept, leaving: CertificateIssuer.serverDays),
            names.areWithin(kept.certificate)
        {
            authority = kept
        } else {
            authority = try issuer.authority(for: names)
            try store(authority, as: "ca", chain: [authority.certificate])
            isNew = true
        }
        let server: CertificateIssuer.Identity
        if !isNew, let kept = identity("server"), isUsable(kept, leaving: CertificateIssuer.serverDays / 3),
            names.match(kept.certificate), authority.key.publicKey.isValidSignature(kept.certificate)
        {
            server = kept
        } else {
            server = try issuer.server(for: names, by: authority)
            try store(server, as: "server", chain: [server.certificate, authority.certificate])
        }
        let chain = try [server.certificate, authority.certificate].map { try $0.serializeAsPEM().pemString }
        return Outcome(
            certificate: TLSCertificate(
                chain: Array(chain.joined(separator: "\n").utf8),
                key: Array(try server.key.serializeAsPEM().pemString.utf8)),
            authorityPath: authorityPath, isNewAuthority: isNew,
            validUntil: Timestamp(seconds: Int64(server.certificate.notValidAfter.timeIntervalSince1970)))
    }

    /// What was stored under a name, or nil where it is missing or damaged.
    private func identity(_ name: String) -> CertificateIssuer.Identity? {
        guard let chain = try? SecretFile.read("\(directory)/\(name).pem"),
            let key = try? SecretFile.read("\(directory)/\(name)-key.pem"),
            let first = try? PEMDocument.parseMultiple(pemString: String(decoding: chain, as: UTF8.self)).first,
            let certificate = try? Certificate(pemDocument: first),
            let privateKey = try? Certificate.PrivateKey(pemEncoded: String(decoding: key, as: UTF8.self)),
            privateKey.publicKey == certificate.publicKey
        else { return nil }
        return CertificateIssuer.Identity(certificate: certificate, key: privateKey)
    }

    private func isUsable(_ identity: CertificateIssuer.Identity, leaving days: Int64) -> Bool {
        let now = Double(clock.now().seconds)
        return identity.certificate.notValidBefore.timeIntervalSince1970 <= now
            && identity.certificate.notValidAfter.timeIntervalSince1970 >= now + Double(days * 86_400)
    }

    private func store(_ identity: CertificateIssuer.Identity, as name: String, chain: [Certificate]) throws {
        let key = try identity.key.serializeAsPEM().pemString + "\n"
        let certificates = try chain.map { try $0.serializeAsPEM().pemString + "\n" }.joined()
        // The key first: a certificate without its key would be taken for a finished pair.
        try SecretFile.write(Array(key.utf8), to: "\(directory)/\(name)-key.pem", mode: 0o600)
        try SecretFile.write(Array(certificates.utf8), to: "\(directory)/\(name).pem", mode: 0o644)
    }
}

extension Certificate.PublicKey {
    fileprivate func isValidSignature(_ certificate: Certificate) -> Bool {
        isValidSignature(certificate.signature, for: certificate)
    }
}
