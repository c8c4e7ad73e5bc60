import Blobs
package import RegistryModel

/// A file on its way in: hashed and written to disk as it arrives, gone unless it is published.
package struct UploadSpool: Sendable {
    private let writer: SpoolWriter

    init(_ writer: SpoolWriter) {
        self.writer = writer
    }

    /// Appends bytes.
    ///
    /// Throws ``Problem/Code/tooLarge`` past the grant's limit, and ``Problem/Code/unavailable`` when the disk is full.
    package func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        do {
            try await writer.write(bytes)
        } catch let fault as DiskFault {
            throw Problem(fault)
        }
    }

    /// Ends the file and gives it a name.
    package func finish(name: String) async throws -> ReceivedFile {
        do {
            let content = try await writer.finish()
            return ReceivedFile(name: name, digests: content.digests, content: content)
        } catch let fault as DiskFault {
            throw Problem(fault)
        }
    }

    /// How many bytes have arrived.
    package var count: Int {
        get async { await writer.count }
    }
}
