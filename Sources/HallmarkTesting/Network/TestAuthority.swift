import Crypto
package import Foundation
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority of one test, and the certificate of a server at `localhost` and 127.0.0.1 that it signed.
package struct TestAuthority: Sendable {
    /// The authority's certificate.
    package let authorityPEM: String
    /// The server's certificate and its key.
    package let certificatePEM: String
    package let keyPEM: String

    /// Makes both; with `isExpired` the server's time is over.
    package init(names: [String] = ["localhost"], isExpired: Bool = false) throws {
        let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let authorityName = try DistinguishedName { CommonName("Test authority") }
        let now = Date()
        let authority = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: authorityKey.publicKey,
            notValidBefore: now - 7_200, notValidAfter: now + 86_400, issuer: authorityName, subject: authorityName,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: authorityKey)
        let names = names.map { GeneralName.dnsName($0) } + [.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))]
        let server = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now - 7_200, notValidAfter: isExpired ? now - 3_600 : now + 86_400, issuer: authorityName,
            subject: try DistinguishedName { CommonName("Test server") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames(names)
            }, issuerPrivateKey: authorityKey)
        authorityPEM = try authority.serializeAsPEM().pemString + "\n"
        certificatePEM = try server.serializeAsPEM().pemString + "\n"
        keyPEM = try key.serializeAsPEM().pemString + "\n"
    }

    /// Writes `ca.pem`, `server.pem` and `server-key.pem` into a folder.
    package func write(to folder: URL) throws {
        for (name, text) in [("ca", authorityPEM), ("server", certificatePEM), ("server-key", keyPEM)] {
            try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).pem"))
        }
    }

    func serverConfiguration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)).map {
            NIOSSLCertificateSource.certificate($0)
        }
        return .makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)))
    }
}
