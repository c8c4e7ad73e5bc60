package import RegistryModel

extension AccountStore {
    /// A role that somebody holds, as their own data says it.
    package struct Membership: Hashable, Sendable {
        /// `project` or `namespace`.
        package let kind: String
        /// The ecosystem and the name.
        package let name: String
        package let role: String
        package let since: Timestamp
    }

    /// What somebody holds roles on, by name.
    package func memberships(userID: Int64) throws -> [Membership] {
        let projects = try connection.query(
            """
            SELECT p.ecosystem, p.name, m.role, m.since FROM project_members m JOIN projects p ON p.id = m.project_id
            WHERE m.user_id = \(userID) ORDER BY p.ecosystem, p.name_key
            """
        ).map { try Self.membership($0, kind: "project") }
        let namespaces = try connection.query(
            """
            SELECT n.ecosystem, n.name, m.role, m.since FROM namespace_members m JOIN namespaces n ON n.id = m.namespace_id
            WHERE m.user_id = \(userID) ORDER BY n.ecosystem, n.name_key
            """
        ).map { try Self.membership($0, kind: "namespace") }
        return projects + namespaces
    }

    private static func membership(_ row: SQLRow, kind: String) throws -> Membership {
        Membership(
            kind: kind, name: "\(try row.text("ecosystem")) \(try row.text("name"))", role: try row.text("role"),
            since: try row.timestamp("since"))
    }
}
