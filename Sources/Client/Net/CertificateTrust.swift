import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// Who may vouch for a registry: the system's authorities, and those in a file.
///
/// With a file the chain is verified by swift-certificates. BoringSSL's own verifier knows no name constraints on IP
/// addresses and refuses every authority that has some, and Hallmark's local authority is held to this machine by just
/// those.
struct CertificateTrust: Sendable {
    private let roots: CertificateStore

    /// Reads certificates in PEM.
    /// - Parameter file: Where they are.
    /// - Throws: ``ClientFault``, when there is none or one cannot be read.
    init(file: String) throws(ClientFault) {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file).map {
                try Certificate(derEncoded: try $0.toDERBytes())
            }
            guard !certificates.isEmpty else { throw ClientFault("") }
            var roots = CertificateStore.systemTrustRoots
            roots.append(contentsOf: certificates)
            self.roots = roots
        } catch {
            throw ClientFault("'\(file)' has no certificates in PEM that can be read.")
        }
    }

    /// Verifies what a server presented, for that host.
    func verify(
        _ presented: [NIOSSLCertificate], host: String, isAddress: Bool,
        _ promise: EventLoopPromise<NIOSSLVerificationResult>
    ) {
        let chain = presented.compactMap { try? Certificate(derEncoded: try $0.toDERBytes()) }
        guard let leaf = chain.first, chain.count == presented.count else { return promise.succeed(.failed) }
        promise.completeWithTask {
            var verifier = Verifier(rootCertificates: roots) {
                RFC5280Policy()
                ServerIdentityPolicy(serverHostname: isAddress ? nil : host, serverIP: isAddress ? host : nil)
            }
            let intermediates = CertificateStore(chain.dropFirst())
            guard case .validCertificate = await verifier.validate(leaf: leaf, intermediates: intermediates) else {
                return .failed
            }
            return .certificateVerified
        }
    }
}
