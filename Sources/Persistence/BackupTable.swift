/// A table as a backup carries it.
///
/// The list of tables is the neutral form of the schema: a backup of one database can be restored into the other, and one
/// of an older schema is loaded into that schema and then migrated. A test holds the list against the schema, so that a
/// migration that adds a table or a column adds it here too. What a later migration removes stays in the list as long as
/// backups that have it are to be read.
package struct BackupTable: Sendable {
    /// What a column holds.
    package enum Kind: String, Sendable {
        /// A 64-bit integer.
        case int
        /// A text without U+0000.
        case text
        /// Bytes.
        case bytes
    }

    /// A column.
    package struct Column: Sendable {
        let statement: StaticString
        package let kind: Kind
        /// Its name.
        package var name: String { statement.description }

        fileprivate init(_ name: StaticString, _ kind: Kind) {
            statement = name
            self.kind = kind
        }
    }

    let statement: StaticString
    /// Its name.
    package var name: String { statement.description }
    package let columns: [Column]
    /// How many of the first columns are the primary key.
    package let keyCount: Int
    /// The migration that added it.
    package let since: Int

    init(
        _ name: StaticString, since: Int = 1, key: [Column], _ columns: [Column]
    ) {
        statement = name
        self.since = since
        self.columns = key + columns
        keyCount = key.count
    }

    static func int(_ name: StaticString) -> Column { Column(name, .int) }
    static func text(_ name: StaticString) -> Column { Column(name, .text) }
    static func bytes(_ name: StaticString) -> Column { Column(name, .bytes) }

    /// Every table that holds what cannot be made anew, in an order in which rows only name rows before them.
    package static let all: [BackupTable] =
        people + packages + waiting + names + accounts + organizations + trust + activity

    private static let people = [
        BackupTable("settings", key: [text("name")], [bytes("value")]),
        BackupTable(
            "users", key: [int("id")],
            [
                text("name"), text("name_key"), text("email"), int("is_administrator"), int("created_at"),
                text("state"), int("is_moderator"), int("is_auditor"), text("password_hash"),
                int("password_changed_at"), int("must_change_password"), bytes("webauthn_handle"),
            ]),
        BackupTable(
            "tokens", key: [int("id")],
            [
                int("user_id"), bytes("hash"), text("prefix"), text("kind"), text("scopes"), int("created_at"),
                int("expires_at"), int("last_used_at"), int("revoked_at"), int("always_stages"), text("name"),
                text("networks"), int("is_single_use"), int("used_up_at"), text("last_used_network"),
                int("expiry_noted_at"), text("revoked_reason"), text("factors"), int("asks_factor"),
                bytes("claims"),
            ]),
    ]

    private static let packages = [
        BackupTable(
            "projects", key: [int("id")],
            [
                text("ecosystem"), text("name"), text("name_key"), text("name_confusable"), text("visibility"),
                text("status"), text("status_reason"), int("created_by"), int("created_at"), int("updated_at"),
                int("revision"), text("latest_version"), int("latest_published_at"), text("summary"), text("keywords"),
                int("stored_bytes"), text("staging_policy"), int("organization_id"), int("critical_since"),
                text("critical_reason"), int("critical_enforced_at"), text("token_policy"),
            ]),
        BackupTable(
            "project_members", key: [int("project_id"), int("user_id")], [text("role"), int("since")]),
        BackupTable(
            "releases", key: [int("id")],
            [
                int("project_id"), text("version"), text("version_key"), text("state"), text("state_reason"),
                int("state_changed_at"), text("previous_state"), text("deprecation"), int("published_at"),
                int("received_at"), text("origin"), int("publisher_id"), text("publisher_kind"), bytes("document"),
                bytes("publisher_claims"), bytes("details"), text("readme_type"), text("readme"), int("staging_id"),
            ]),
        BackupTable(
            "files", key: [int("id")],
            [
                int("project_id"), int("release_id"), text("name"), text("name_key"), int("size"), bytes("sha256"),
                bytes("md5"), bytes("sha1"), bytes("sha512"), bytes("blake2b256"), text("kind"), bytes("document"),
                bytes("metadata"), bytes("metadata_sha256"), int("published_at"), int("received_at"), text("origin"),
                int("is_removed"),
            ]),
        BackupTable(
            "dependencies", key: [int("release_id"), int("position")],
            [
                int("project_id"), text("ecosystem"), text("name"), text("name_key"), text("requirement"),
                text("kind"), int("is_optional"),
            ]),
        BackupTable("tags", key: [int("project_id"), text("tag")], [int("release_id")]),
    ]

    private static let waiting = [
        BackupTable(
            "stagings", since: 3, key: [int("id")],
            [
                text("staging_key"), text("ecosystem"), text("label"), text("state"), text("origin"),
                int("needs_second_person"), int("created_by"), int("created_at"), int("changed_at"), int("expires_at"),
                bytes("report"), int("worked_until"),
            ]),
        BackupTable(
            "deployments", since: 3, key: [int("id")],
            [
                int("user_id"), text("principal_kind"), int("token_id"), text("ecosystem"), text("name"),
                text("name_key"), text("version"), text("version_key"), text("state"), int("created_at"),
                int("updated_at"), bytes("details"),
            ]),
        BackupTable(
            "deployment_files", since: 3, key: [int("deployment_id"), text("path")],
            [
                int("size"), bytes("sha256"), bytes("md5"), bytes("sha1"), bytes("sha512"), bytes("blake2b256"),
                int("received_at"),
            ]),
    ]

    private static let names = [
        BackupTable(
            "namespaces", since: 3, key: [int("id")],
            [
                text("ecosystem"), text("name"), text("name_key"), int("owner_id"), text("state"), text("challenge"),
                text("method"), text("target"), text("dnssec"), text("staging_policy"), int("created_at"),
                int("verified_at"), int("checked_at"), int("next_check_at"), int("failing_since"), text("last_error"),
                int("organization_id"),
            ]),
        BackupTable(
            "namespace_members", since: 3, key: [int("namespace_id"), int("user_id")], [text("role"), int("since")]),
        BackupTable(
            "namespace_offers", since: 3, key: [int("namespace_id")],
            [
                int("from_id"), int("to_id"), int("offered_at"), int("expires_at"), int("accepted_at"),
                int("effective_at"),
            ]),
        BackupTable(
            "project_repositories", since: 3, key: [int("project_id"), text("url_key")],
            [
                text("url"), text("state"), text("host"), text("repository_id"), int("noted_at"), int("checked_at"),
                int("next_check_at"), text("found_id"),
            ]),
        BackupTable(
            "signing_keys", since: 3, key: [int("id")],
            [
                int("user_id"), text("kind"), text("fingerprint"), bytes("body"), int("created_at"), int("revoked_at"),
            ]),
    ]

    private static let activity = [
        BackupTable(
            "events", key: [int("id")],
            [
                text("kind"), int("at"), int("project_id"), text("visibility"), int("schema_version"), bytes("body"),
            ]),
        BackupTable(
            "outbox", key: [int("id")],
            [
                text("topic"), int("event_id"), text("state"), int("attempts"), int("available_at"),
                text("last_error"),
            ]),
        BackupTable(
            "downloads", key: [int("file_id"), int("day"), text("family")], [int("project_id"), int("count")]),
        BackupTable("project_downloads", since: 2, key: [int("project_id"), int("day")], [int("count")]),
        BackupTable("blobs", key: [bytes("sha256")], [int("size"), int("stored_at")]),
    ]

    /// Tables that a backup leaves out, because they are made anew or belong to one database.
    package static let leftOut: [String: String] = [
        "schema_migrations": "written by the migrator", "search_words": "search is built anew",
        "search_trigrams": "search is built anew", "search_documents": "search is built anew",
        "search_grams": "search is built anew", "sessions": "a restored registry signs nobody in",
        "webauthn_challenges": "they live for minutes", "attempt_counters": "they live for hours",
        "device_grants": "they live for minutes",
    ]
}
