import NIOCore
import Publishing
import RegistryModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A package file that is kept open for sending, on one event loop.
final class LaneFile {
    /// Sent in pieces of this size: how often progress is seen, and whether the file is still what it was.
    static let pieceBytes = 2 << 20
    /// Files up to this size are kept in memory: one write then sends head and content.
    static let smallBytes = 32 << 10

    let size: Int
    private var content: ByteBuffer?
    private let handle: NIOFileHandle
    private let offer: LaneFileOffer
    private let source: any FileByteSource

    /// Opens the file once more, so that sending does not depend on who else reads it; nil where that is not possible.
    init?(_ offer: LaneFileOffer) {
        guard let source = offer.source, source.length == offer.size else { return nil }
        let descriptor = fcntl(source.fileDescriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        size = source.length
        self.source = source
        self.offer = offer
    }

    deinit {
        try? handle.close()
    }

    /// Whether it is still what was compared with its digest.
    var isIntact: Bool { source.isIntact }

    /// How much of the lane's room it may take.
    var cost: Int { size <= Self.smallBytes ? size : 0 }

    /// The whole content of a small file; nil for others, and where it cannot be read as what it should be.
    func smallContent() -> ByteBuffer? {
        guard size <= Self.smallBytes, size > 0 else { return nil }
        if let content { return content }
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { room in
            (try? source.read(at: 0, into: UnsafeMutableRawBufferPointer(rebasing: room[..<size]))) ?? 0
        }
        // Looked at after reading, so that what was read is what was compared.
        guard count == size, isIntact else { return nil }
        content = buffer
        return buffer
    }

    /// The piece from `offset` on.
    func piece(from offset: Int) -> FileRegion {
        FileRegion(fileHandle: handle, readerIndex: offset, endIndex: min(size, offset + Self.pieceBytes))
    }

    /// Counts a download.
    func countDownload(by agent: UnsafeRawBufferPointer?) {
        let family = ClientFamily(userAgent: agent.map { String(decoding: $0, as: UTF8.self) })
        offer.downloads.count(file: offer.fileID, project: offer.projectID, family: family.rawValue)
    }
}

extension RegistryContext {
    /// Offers the answer for a file of a public project to the lane.
    ///
    /// The lane takes it only where nobody in particular asked, and only until anything of the project changes.
    /// - Parameters:
    ///   - file: The file.
    ///   - project: Its project.
    ///   - etag: The entity tag of the answer.
    ///   - source: The bytes, for an answer with the whole content; nil for HEAD and 304.
    ///   - downloads: Counts the downloads that the lane answers.
    func offerToLane(
        _ file: PackageFile, of project: Project, etag: String, source: (any ByteSource)?,
        downloads: any DownloadCounting
    ) {
        guard project.visibility == .public else { return }
        let file = LaneFileOffer(
            source: source as? any FileByteSource, size: file.size, fileID: file.id, projectID: project.id,
            downloads: downloads)
        record.offer(toLane: LaneOffer(content: .file(file), tag: project.coordinates, etag: etag))
    }
}
