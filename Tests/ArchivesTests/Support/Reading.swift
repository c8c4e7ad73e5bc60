import Archives
import RegistryModel

/// What reading the bytes as that kind gave.
func outcome(
    of bytes: [UInt8], _ kind: ArchiveKind, limits: ArchiveLimits = ArchiveLimits(),
    policy: ArchivePolicy = .linksInside,
    keep: (ArchiveEntry) -> Bool = { _ in true }
) -> Result<ArchiveContents, ArchiveFault> {
    do throws(ArchiveFault) {
        return .success(
            try readArchive(MemoryByteSource(bytes), kind: kind, limits: limits, policy: policy, keep: keep))
    } catch {
        return .failure(error)
    }
}

/// Why the bytes were refused, or nil where they were not.
func fault(
    of bytes: [UInt8], _ kind: ArchiveKind, limits: ArchiveLimits = ArchiveLimits(),
    policy: ArchivePolicy = .linksInside
) -> ArchiveFault? {
    guard case .failure(let fault) = outcome(of: bytes, kind, limits: limits, policy: policy) else { return nil }
    return fault
}

/// The text of bytes.
func text(_ bytes: [UInt8]?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
}

/// The bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
