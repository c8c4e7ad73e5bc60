package import RegistryModel

extension ProjectStore {
    /// Whether there is any project in a range of names.
    package func exists(in range: NameRange, of ecosystem: EcosystemID) throws -> Bool {
        try !connection.query(
            """
            SELECT id AS first FROM projects
            WHERE ecosystem = \(ecosystem) AND name_key >= \(range.lower) AND name_key < \(range.upper) LIMIT 1
            """
        ).isEmpty
    }

    /// Whether a user owns any project in a range of names.
    ///
    /// It begins with the user's projects, which are few, as ``list(ecosystem:withRoleOf:limit:)`` does.
    package func owns(_ userID: Int64, in range: NameRange, of ecosystem: EcosystemID) throws -> Bool {
        try !connection.query(
            """
            SELECT p.id AS own FROM project_members m JOIN projects p ON p.id = m.project_id
            WHERE m.user_id = \(userID) AND m.role || '' = \(Role.owner) AND p.ecosystem || '' = \(ecosystem)
                AND p.name_key >= \(range.lower) AND p.name_key < \(range.upper) LIMIT 1
            """
        ).isEmpty
    }

    /// A project in a range of names that a user does not own.
    package func foreign(to userID: Int64, in range: NameRange, of ecosystem: EcosystemID) throws -> String? {
        try connection.query(
            """
            SELECT p.name AS other FROM projects p
            WHERE p.ecosystem = \(ecosystem) AND p.name_key >= \(range.lower) AND p.name_key < \(range.upper)
                AND NOT EXISTS (SELECT 1 FROM project_members m
                    WHERE m.project_id = p.id AND m.user_id = \(userID) AND m.role = \(Role.owner))
            LIMIT 1
            """
        ).first?.text("other")
    }
}
