package import RegistryModel

/// A digest that rows refer to.
package struct BlobReference: Hashable, Sendable {
    package let digest: SHA256Digest
    package let size: Int64
}

/// Which blobs are needed.
///
/// A blob is needed while a file refers to it whose release can still be had: one that was not removed, or not before
/// `removedBefore`. Tombstones keep the digest of what they were, and lose the bytes. And it is needed while a deployment
/// that is not published yet has it.
package struct BlobReferenceStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Those of the digests that are needed.
    package func needed(_ digests: [SHA256Digest], removedBefore: Timestamp) throws -> Set<SHA256Digest> {
        let rows = try connection.query(
            """
            SELECT DISTINCT f.sha256 FROM files f JOIN releases r ON r.id = f.release_id
            WHERE f.sha256 IN \(values: digests) AND \(sql: Self.isNeeded(removedBefore))
            """)
        let deployed = try connection.query(
            "SELECT DISTINCT sha256 FROM deployment_files WHERE sha256 IN \(values: digests)")
        return Set(try (rows + deployed).map { try $0.sha256("sha256") })
    }

    /// Blobs that releases need, in the order of their digests, after `digest`.
    package func list(
        after digest: SHA256Digest?, removedBefore: Timestamp, limit: Int
    ) throws -> [BlobReference] {
        let start: SQL = digest.map { "AND f.sha256 > \($0)" } ?? ""
        return try connection.query(
            """
            SELECT f.sha256, MAX(f.size) AS size FROM files f JOIN releases r ON r.id = f.release_id
            WHERE \(sql: Self.isNeeded(removedBefore)) \(sql: start)
            GROUP BY f.sha256 ORDER BY f.sha256 LIMIT \(limit)
            """
        ).map { BlobReference(digest: try $0.sha256("sha256"), size: try $0.int("size")) }
    }

    /// Forgets that blobs are stored, unless they are needed.
    ///
    /// A publish of the same content writes the same row: of the two transactions one sees what the other did.
    /// - Returns: Those that are needed.
    package func forget(_ digests: [SHA256Digest], removedBefore: Timestamp) throws -> Set<SHA256Digest> {
        let needed = try needed(digests, removedBefore: removedBefore)
        let gone = digests.filter { !needed.contains($0) }
        if !gone.isEmpty { try connection.execute("DELETE FROM blobs WHERE sha256 IN \(values: gone)") }
        return needed
    }

    static func isNeeded(_ removedBefore: Timestamp) -> SQL {
        """
        (r.state NOT IN \(values: [ReleaseState.removed, .dropped]) OR r.state_changed_at >= \(removedBefore))
        """
    }
}
