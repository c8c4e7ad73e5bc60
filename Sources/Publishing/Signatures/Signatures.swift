import Blobs
package import Formats
package import RegistryModel

/// OpenPGP signatures of files, checked against the public keys that their publishers registered.
package struct Signatures: Sendable {
    let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// Checks signatures, each beside its file, against the keys of their publisher; the verdicts are in the same order.
    package func verify(
        _ pairs: [(file: ReceivedFile, signature: ReceivedFile)], by principal: Principal
    ) async throws -> [OpenPGPVerdict] {
        let keys = try await SigningKeys(core: core).list(of: principal.userID).map(\.bytes)
        return try await core.inspectionPool.run {
            try pairs.map { file, signature in
                guard signature.content.length <= OpenPGP.maximumSignatureBytes else { return .unreadable }
                let bytes = try signature.content.read(at: 0, count: signature.content.length)
                return OpenPGP.verify(bytes, of: file.content, keys: keys)
            }
        }
    }
}
