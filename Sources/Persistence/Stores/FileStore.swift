package import RegistryModel

/// The rows of `files` and `blobs`.
package struct FileStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// All files of a project by release id, in the order in which they were published.
    package func files(projectID: Int64) throws -> [Int64: [PackageFile]] {
        var byRelease: [Int64: [PackageFile]] = [:]
        for row in try connection.query(
            """
            SELECT id, release_id, name, size, sha256, md5, sha1, sha512, blake2b256, kind, document, metadata_sha256,
                published_at, received_at, is_removed
            FROM files WHERE project_id = \(projectID) ORDER BY published_at, id
            """)
        {
            byRelease[try row.int("release_id"), default: []].append(try Self.record(row))
        }
        return byRelease
    }

    /// The files of one release, in the order in which they were published.
    package func files(releaseID: Int64) throws -> [PackageFile] {
        try connection.query("SELECT * FROM files WHERE release_id = \(releaseID) ORDER BY published_at, id")
            .map(Self.record)
    }

    /// The file with that folded name, removed ones included, and the id of its release.
    package func find(_ projectID: Int64, nameKey: String) throws -> (file: PackageFile, releaseID: Int64)? {
        try connection.query("SELECT * FROM files WHERE project_id = \(projectID) AND name_key = \(nameKey)").first
            .map { (try Self.record($0), try $0.int("release_id")) }
    }

    /// The metadata document served beside a file.
    package func metadata(_ fileID: Int64) throws -> [UInt8]? {
        try connection.query("SELECT metadata FROM files WHERE id = \(fileID)").first?.optionalBytes("metadata")
    }

    /// Adds a file.
    /// - Throws: `SQLFault.uniqueViolation` where the folded name is taken in the project.
    package func insert(
        _ file: PackageFile, nameKey: String, metadata: [UInt8]?, origin: String, releaseID: Int64, projectID: Int64
    ) throws {
        let digests = file.digests
        try connection.execute(
            """
            INSERT INTO files (id, project_id, release_id, name, name_key, size, sha256, md5, sha1, sha512, blake2b256,
                kind, document, metadata, metadata_sha256, published_at, received_at, origin, is_removed)
            VALUES (\(file.id), \(projectID), \(releaseID), \(file.name), \(nameKey), \(file.size), \(digests.sha256),
                \(digests.md5), \(digests.sha1), \(digests.sha512), \(digests.blake2b256), \(file.kind),
                \(file.document.bytes()), \(metadata), \(file.metadataDigest), \(file.publishedAt),
                \(file.receivedAt), \(origin), \(file.isRemoved))
            """)
    }

    /// Takes a release's files off offer, or puts them back; names and rows stay for ever.
    package func setRemoved(releaseID: Int64, _ isRemoved: Bool) throws {
        try connection.execute("UPDATE files SET is_removed = \(isRemoved) WHERE release_id = \(releaseID)")
    }

    /// Notes that a blob is stored, and when that was last done.
    ///
    /// It always writes the row, so that a transaction which takes the blob away cannot pass this one unseen.
    package func insertBlob(_ digest: SHA256Digest, size: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO blobs (sha256, size, stored_at) VALUES (\(digest), \(size), \(now))
            ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at
            """)
    }

    private static func record(_ row: SQLRow) throws -> PackageFile {
        guard let sha256 = SHA256Digest(try row.bytes("sha256")) else { throw SQLFault.column("sha256") }
        return PackageFile(
            id: try row.int("id"), name: try row.text("name"), size: try row.int("size"),
            digests: FileDigests(
                sha256: sha256, md5: try row.bytes("md5"), sha1: try row.bytes("sha1"),
                sha512: try row.bytes("sha512"), blake2b256: try row.bytes("blake2b256")),
            publishedAt: try row.timestamp("published_at"), receivedAt: try row.timestamp("received_at"),
            kind: try row.text("kind"), document: try ReleaseStore.json(row.bytes("document")),
            metadataDigest: try row.optionalBytes("metadata_sha256").flatMap { SHA256Digest($0) },
            isRemoved: try row.bool("is_removed"))
    }
}
