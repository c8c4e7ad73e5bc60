import Blobs
package import RegistryModel

extension Deployments {
    /// What a bundle holds.
    package struct Bundle: Sendable {
        /// The files by their paths.
        package let files: [(path: String, file: ReceivedFile)]
        /// Short files that the adapter reads itself, by their paths.
        package let notes: [String: [UInt8]]
    }

    /// The longest file that an adapter reads itself.
    package static let noteBytes = 1024

    /// Unpacks an archive that holds the files of releases into the spool, see ``BundleReader``.
    package func unpack(
        _ archive: ReceivedFile, isNote: @escaping @Sendable (String) -> Bool
    ) async throws -> Bundle {
        let reader = BundleReader(spool: core.spool, limits: core.limits)
        return try await core.inspectionPool.run { try reader.read(archive.content, isNote: isNote) }
    }
}
