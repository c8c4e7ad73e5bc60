extension BackupTable {
    /// What belongs to accounts beside their names.
    static let accounts = [
        BackupTable(
            "user_emails", since: 4, key: [int("id")],
            [
                int("user_id"), text("address"), text("address_key"), text("domain"), int("is_primary"),
                int("created_at"), int("verified_at"),
            ]),
        BackupTable(
            "email_domains", since: 4, key: [text("domain")],
            [
                text("state"), int("registered_at"), text("registrar"), int("created_at"), int("checked_at"),
                int("next_check_at"), int("failing_since"), text("last_error"),
            ]),
        BackupTable(
            "account_links", since: 4, key: [int("id")],
            [
                bytes("hash"), text("purpose"), int("user_id"), text("subject"), int("created_at"),
                int("expires_at"), int("used_at"),
            ]),
        BackupTable(
            "totp_factors", since: 4, key: [int("id")],
            [
                int("user_id"), text("name"), bytes("sealed_seed"), int("created_at"), int("confirmed_at"),
                int("last_step"), int("last_used_at"),
            ]),
        BackupTable(
            "webauthn_credentials", since: 4, key: [int("id")],
            [
                int("user_id"), text("name"), bytes("credential_id"), bytes("public_key"), int("algorithm"),
                int("sign_count"), int("is_discoverable"), int("is_backup_eligible"), int("is_backed_up"),
                bytes("aaguid"), text("transports"), int("created_at"), int("last_used_at"),
            ]),
        BackupTable(
            "recovery_codes", since: 4, key: [int("id")],
            [
                int("user_id"), bytes("hash"), int("created_at"), int("used_at"),
            ]),
        BackupTable(
            "recoveries", since: 4, key: [int("id")],
            [
                int("user_id"), text("state"), text("reason"), int("created_at"), int("approver_id"),
                int("approved_at"), text("approved_via"), int("second_approver_id"), int("second_approved_at"),
                text("second_approved_via"), int("opens_at"), int("closes_at"), int("ended_at"),
            ]),
        BackupTable(
            "known_devices", since: 4, key: [int("user_id"), bytes("hash")],
            [
                int("first_seen_at"), int("last_seen_at"),
            ]),
        BackupTable(
            "account_history", since: 4, key: [int("id")],
            [
                int("user_id"), text("kind"), int("at"), text("network"), text("agent"), bytes("details"),
            ]),
        BackupTable(
            "mails", since: 4, key: [int("id")],
            [
                int("user_id"), text("recipient"), text("kind"), bytes("sealed_content"), text("state"),
                int("attempts"), int("created_at"), int("available_at"), text("last_error"),
            ]),
        BackupTable(
            "identities", since: 4, key: [text("issuer"), text("subject")],
            [
                int("user_id"), int("created_at"), int("last_used_at"),
            ]),
    ]

    /// Organizations, their teams, and roles that were offered.
    static let organizations = [
        BackupTable(
            "organizations", since: 4, key: [int("id")],
            [
                text("name"), text("name_key"), text("title"), text("state"), int("created_by"), int("created_at"),
            ]),
        BackupTable(
            "organization_members", since: 4, key: [int("organization_id"), int("user_id")],
            [
                text("role"), int("since"),
            ]),
        BackupTable(
            "teams", since: 4, key: [int("id")],
            [
                int("organization_id"), text("name"), text("name_key"), int("created_at"),
            ]),
        BackupTable(
            "team_members", since: 4, key: [int("team_id"), int("user_id")],
            [
                int("since")
            ]),
        BackupTable(
            "project_teams", since: 4, key: [int("project_id"), int("team_id")],
            [
                text("role"), int("since"),
            ]),
        BackupTable(
            "namespace_teams", since: 4, key: [int("namespace_id"), int("team_id")],
            [
                text("role"), int("since"),
            ]),
        BackupTable(
            "invitations", since: 4, key: [int("id")],
            [
                text("subject_kind"), int("subject_id"), int("user_id"), text("role"), int("invited_by"),
                int("created_at"), int("expires_at"),
            ]),
        BackupTable(
            "project_transfers", since: 4, key: [int("project_id")],
            [
                int("from_id"), text("receiver_kind"), int("receiver_id"), int("offered_at"), int("expires_at"),
                int("accepted_by"), int("accepted_at"), int("effective_at"),
            ]),
    ]

    /// Trusted publishers, and who reports leaked secrets.
    static let trust = [
        BackupTable(
            "trusted_issuers", since: 4, key: [int("id")],
            [
                text("name"), text("issuer"), text("provider"), bytes("claims"), int("organization_id"),
                int("created_by"), int("created_at"),
            ]),
        BackupTable(
            "trusted_publishers", since: 4, key: [int("id")],
            [
                text("ecosystem"), text("name"), text("name_key"), int("project_id"), text("provider"),
                text("issuer"), text("lookup"), text("environment"), bytes("settings"), bytes("pinned"),
                int("created_by"), int("created_at"), int("last_used_at"), int("expires_at"), int("removed_at"),
            ]),
        BackupTable("token_publishers", since: 4, key: [int("token_id"), int("publisher_id")], []),
        BackupTable(
            "used_identity_tokens", since: 4, key: [text("issuer"), bytes("hash")],
            [
                int("expires_at")
            ]),
        BackupTable(
            "secret_reporters", since: 4, key: [int("id")],
            [
                text("name"), text("key_id_header"), text("signature_header"), text("keys_url"), bytes("keys"),
                int("fetched_at"), int("created_at"), int("removed_at"),
            ]),
        BackupTable(
            "secret_reports", since: 4, key: [int("id")],
            [
                int("reporter_id"), int("token_id"), text("outcome"), text("source"), text("url"), int("at"),
            ]),
    ]
}
