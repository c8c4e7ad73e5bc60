import RegistryModel

/// An open blob, together with what is known about its content.
final class BlobFile: VerifiableByteSource {
    let length: Int
    let digest: SHA256Digest
    private let descriptor: FileDescriptor
    private let checks: BlobChecks
    /// The file as it was when it was opened.
    private let opened: FileIdentity

    init(_ descriptor: FileDescriptor, _ digest: SHA256Digest, opened: FileIdentity, checks: BlobChecks) {
        self.descriptor = descriptor
        self.digest = digest
        self.opened = opened
        self.checks = checks
        length = Int(opened.size)
    }

    var fileDescriptor: CInt { descriptor.raw }

    var isIntact: Bool { finding == .intact }

    /// What is known of the file as it is now.
    var finding: BlobMemo.Finding? {
        guard let now = try? descriptor.identity() else { return nil }
        return checks.memo.finding(digest, now)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < length else { return 0 }
        let count = min(buffer.count, length - offset)
        return try descriptor.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }

    func verify() async throws -> Bool {
        try await checks.verify(self)
    }

    /// Reports a fault that is found again each time the file is opened.
    func note(_ fault: BlobFault) {
        checks.note(.reported, digest, opened, fault)
    }

    func conclude(_ found: SHA256Digest) -> Bool {
        conclude(found, since: opened)
    }

    /// The file as it is now.
    func identity() throws(DiskFault) -> FileIdentity { try descriptor.identity() }

    /// Takes in the digest of what was read since the file was in that state.
    func conclude(_ found: SHA256Digest, since start: FileIdentity) -> Bool {
        let isGood = found == digest
        // A file that changed while it was read has a content that nobody has seen as a whole.
        if let now = try? descriptor.identity(), now == start {
            checks.note(isGood ? .intact : .damaged, digest, start)
        } else if !isGood {
            checks.note(.reported, digest, start)
        }
        return isGood
    }
}
