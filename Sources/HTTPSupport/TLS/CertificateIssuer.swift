import Crypto
import Foundation
import RegistryModel
import SwiftASN1
import X509

/// Makes the two certificates of ``LocalAuthority``.
struct CertificateIssuer {
    /// A certificate with its key.
    struct Identity {
        let certificate: Certificate
        let key: Certificate.PrivateKey
    }

    /// Clocks of clients may be behind.
    private static let backdating: Int64 = 3600
    static let authorityDays: Int64 = 3650
    static let serverDays: Int64 = 90

    let now: Timestamp

    /// A certificate authority that can vouch for nothing but the given names and addresses of this machine.
    ///
    /// Whoever trusts it trusts it for these names only: name constraints
    /// ([RFC 5280 §4.2.1.10](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)) keep a stolen key from vouching for
    /// the rest of the world.
    func authority(for names: ServerNames) throws -> Identity {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let mark = Hex.encode((0..<4).map { _ in UInt8.random(in: .min ... .max) })
        let name = try DistinguishedName {
            OrganizationName("Hallmark")
            CommonName("Hallmark local authority \(mark)")
        }
        let constraints = NameConstraints(
            permittedDNSDomains: NameConstraints.DNSNames(names.hosts),
            permittedIPRanges: NameConstraints.IPRanges(
                names.addressRanges.map { ASN1OctetString(contentBytes: $0[...]) }))
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            Critical(constraints)
            SubjectKeyIdentifier(hash: key.publicKey)
        }
        let certificate = try make(
            key: key.publicKey, subject: name, issuer: name, issuerKey: key, days: Self.authorityDays,
            extensions: extensions)
        return Identity(certificate: certificate, key: key)
    }

    /// A server certificate for the names, signed by the authority.
    func server(for names: ServerNames, by authority: Identity) throws -> Identity {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(names.generalNames)
            SubjectKeyIdentifier(hash: key.publicKey)
            AuthorityKeyIdentifier(
                keyIdentifier: SubjectKeyIdentifier(hash: authority.key.publicKey).keyIdentifier)
        }
        let certificate = try make(
            key: key.publicKey,
            subject: try DistinguishedName {
                OrganizationName("Hallmark")
                CommonName("Hallmark server")
            }, issuer: authority.certificate.subject, issuerKey: authority.key, days: Self.serverDays,
            extensions: extensions)
        return Identity(certificate: certificate, key: key)
    }

    private func make(
        key: Certificate.PublicKey, subject: DistinguishedName, issuer: DistinguishedName,
        issuerKey: Certificate.PrivateKey, days: Int64, extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: Date(timeIntervalSince1970: Double(now.seconds - Self.backdating)),
            notValidAfter: Date(timeIntervalSince1970: Double(now.seconds + days * 86_400)),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: issuerKey)
    }
}
