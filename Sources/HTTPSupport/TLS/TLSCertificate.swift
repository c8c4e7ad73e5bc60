import NIOSSL

/// A certificate chain with its key, in PEM.
package struct TLSCertificate: Sendable {
    private let chain: [UInt8]
    private let key: [UInt8]

    /// Takes PEM text over.
    ///
    /// Nothing is checked before it is used.
    package init(chain: [UInt8], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }

    /// TLS 1.2 and later; the versions before are [not to be used](https://www.rfc-editor.org/rfc/rfc8996).
    func configuration() throws -> TLSConfiguration {
        let certificates = try NIOSSLCertificate.fromPEMBytes(chain)
        let privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
