/// What a role is offered on.
package enum InvitationSubject: String, Sendable, CaseIterable {
    case organization, team, project, namespace
}

/// A role that was offered to somebody, who has not taken it yet.
package struct Invitation: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let subject: InvitationSubject
    package let subjectID: Int64
    /// What the role is on, for people: `npm lamp`, `acme`, `acme:core`.
    package let label: String
    /// Who is invited.
    package let userID: Int64
    package let userName: String
    /// `owner`, `maintainer` or `member`.
    package let role: String
    /// Who invited.
    package let inviterID: Int64
    package let inviter: String
    package let createdAt: Timestamp
    /// When it goes by itself.
    package let expiresAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, subject: InvitationSubject, subjectID: Int64, label: String, userID: Int64, userName: String,
        role: String, inviterID: Int64, inviter: String, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.subject = subject
        self.subjectID = subjectID
        self.label = label
        self.userID = userID
        self.userName = userName
        self.role = role
        self.inviterID = inviterID
        self.inviter = inviter
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
