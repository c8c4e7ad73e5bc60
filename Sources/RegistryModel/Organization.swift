/// A group of people under one name, which it shares with nobody: an owner is named once.
package struct Organization: Hashable, Sendable {
    /// Whether it can own anything.
    package enum State: String, Sendable, CaseIterable {
        case active
        /// Its owners gave it up; the name stays taken.
        case deleted
    }

    /// The row id.
    package let id: Int64
    /// The name as chosen.
    package let name: String
    /// What it calls itself, for people.
    package let title: String
    package let state: State
    package let createdAt: Timestamp

    /// Collects a row.
    package init(id: Int64, name: String, title: String, state: State, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.title = title
        self.state = state
        self.createdAt = createdAt
    }
}

/// A role in an organization.
package enum OrganizationRole: String, Sendable, CaseIterable {
    /// Its people, its teams, and everything that it owns.
    case owner
    /// Can be in its teams; has no right of its own.
    case member
}

/// Somebody in an organization.
package struct OrganizationMember: Hashable, Sendable {
    package let userID: Int64
    package let userName: String
    package let role: OrganizationRole
    package let since: Timestamp

    /// Collects a row.
    package init(userID: Int64, userName: String, role: OrganizationRole, since: Timestamp) {
        self.userID = userID
        self.userName = userName
        self.role = role
        self.since = since
    }
}

/// Some members of an organization, who are given roles together.
package struct Team: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let organizationID: Int64
    /// The organization's name.
    package let organization: String
    package let name: String
    package let createdAt: Timestamp

    /// Collects a row.
    package init(id: Int64, organizationID: Int64, organization: String, name: String, createdAt: Timestamp) {
        self.id = id
        self.organizationID = organizationID
        self.organization = organization
        self.name = name
        self.createdAt = createdAt
    }

    /// `ORGANIZATION:TEAM`, as cargo and npm write it.
    package var label: String { "\(organization):\(name)" }

    /// The two names in `ORGANIZATION:TEAM`, with or without an `@`; nil where it is none.
    package static func parts(_ label: String) -> (organization: String, team: String)? {
        let parts = label.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let organization = parts[0].hasPrefix("@") ? parts[0].dropFirst() : parts[0]
        return organization.isEmpty ? nil : (String(organization), String(parts[1]))
    }
}

/// A team's role on a project or a namespace.
package struct TeamRole: Hashable, Sendable {
    package let team: Team
    package let role: Role

    /// Collects a row.
    package init(team: Team, role: Role) {
        self.team = team
        self.role = role
    }
}

/// What became of a role that was given.
package enum GrantOutcome: Hashable, Sendable {
    /// It was there already.
    case unchanged
    /// It holds.
    case done
    /// It holds when the person accepts it, until then.
    case offered(until: Timestamp)
}
