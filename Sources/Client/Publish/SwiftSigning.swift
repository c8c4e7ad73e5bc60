import Foundation
import RegistryModel
import SwiftASN1
@_spi(CMS) import X509

/// Signs Swift packages as SwiftPM does: detached CMS signatures of the archive and of its metadata, and one in a comment at
/// the end of every manifest
/// ([specification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#signature-formats)).
struct SwiftSigning: Sendable {
    /// The format's name in the protocol: CMS with ECDSA on P-256 and SHA-256.
    static let format = "cms-1.0.0"
    /// What comes before a manifest's signature.
    private static let mark = "\n// signature: \(format);"

    private let key: Certificate.PrivateKey
    private let leaf: Certificate
    private let others: [Certificate]

    /// Reads key and certificates; nil where the options name none.
    /// - Throws: ``ClientFault``, when one is missing, cannot be read, or does not fit the other.
    init?(_ options: PublishOptions) throws(ClientFault) {
        guard options.signingKey != nil || !options.signingCertificates.isEmpty else { return nil }
        guard let key = options.signingKey, !options.signingCertificates.isEmpty else {
            throw ClientFault(
                "Signing needs both: --signing-key, and --signing-certificate for the certificate of that key.",
                isUsage: true)
        }
        self.key = try Self.key(key)
        var chain: [Certificate] = []
        for file in options.signingCertificates { chain += try Self.certificates(file) }
        guard let leaf = chain.first, leaf.publicKey == self.key.publicKey else {
            throw ClientFault("The first certificate is not that of the key in '\(key)'.", isUsage: true)
        }
        // An uncompressed point of that curve (SEC 1, section 2.3.3) is a 4 and two numbers of 32 bytes.
        let point = leaf.publicKey.subjectPublicKeyInfoBytes
        guard point.count == 65, point.first == 4 else {
            throw ClientFault("The key in '\(key)' is not one of the curve P-256, as SwiftPM asks for.", isUsage: true)
        }
        self.leaf = leaf
        others = Array(chain.dropFirst())
    }

    /// A key in PEM, or in the DER form of PKCS #8.
    private static func key(_ file: String) throws(ClientFault) -> Certificate.PrivateKey {
        let bytes = try read(file)
        do {
            if let documents = try pem(bytes), let document = documents.last {
                return try Certificate.PrivateKey(pemDocument: document)
            }
            return try Certificate.PrivateKey(pemDocument: PEMDocument(type: "PRIVATE KEY", derBytes: bytes))
        } catch {
            throw ClientFault(
                "'\(file)' holds no private key that can be read: PEM, or PKCS #8 in DER, without a passphrase.")
        }
    }

    /// One certificate in DER, or one or several in PEM.
    private static func certificates(_ file: String) throws(ClientFault) -> [Certificate] {
        let bytes = try read(file)
        do {
            if let documents = try pem(bytes) {
                return try documents.map { try Certificate(derEncoded: $0.derBytes) }
            }
            return [try Certificate(derEncoded: bytes)]
        } catch {
            throw ClientFault("'\(file)' holds no certificate that can be read: PEM or DER.")
        }
    }

    /// The documents of a text in PEM; nil where it is none.
    private static func pem(_ bytes: [UInt8]) throws -> [PEMDocument]? {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("-----BEGIN ") ? try PEMDocument.parseMultiple(pemString: text) : nil
    }

    private static func read(_ path: String) throws(ClientFault) -> [UInt8] {
        let file = try LocalFile(path)
        guard file.length <= 1 << 20 else { throw ClientFault("'\(path)' is larger than 1 MiB.") }
        do {
            return try file.read(at: 0, count: file.length)
        } catch {
            throw ClientFault("'\(path)' cannot be read.")
        }
    }

    /// The signature of some bytes, which are not in it.
    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        try CMS.sign(
            bytes, signatureAlgorithm: .ecdsaWithSHA256, additionalIntermediateCertificates: others, certificate: leaf,
            privateKey: key)
    }

    /// A manifest with its signature in a comment behind it.
    func sign(manifest: [UInt8]) throws -> [UInt8] {
        guard !Self.isSigned(manifest) else {
            throw ClientFault("A manifest is signed already. Take its last line '// signature: …' out.")
        }
        let signature = Data(try sign(manifest)).base64EncodedString()
        return manifest + Array(Self.mark.utf8) + Array(signature.utf8)
    }

    /// Whether a manifest ends in a signature.
    static func isSigned(_ manifest: [UInt8]) -> Bool {
        String(decoding: manifest, as: UTF8.self).contains(mark)
    }
}
