/// A project on its way to another owner.
package struct ProjectTransfer: Hashable, Sendable {
    /// Who receives it.
    package enum Receiver: Hashable, Sendable {
        case user(Int64)
        case organization(Int64)

        /// The word under which rows keep it.
        package var kind: String {
            switch self {
            case .user: "user"
            case .organization: "organization"
            }
        }

        /// The row id.
        package var id: Int64 {
            switch self {
            case .user(let id), .organization(let id): id
            }
        }
    }

    package let projectID: Int64
    package let ecosystem: EcosystemID
    /// The project's name.
    package let project: String
    /// Who offered it.
    package let fromID: Int64
    package let from: String
    package let receiver: Receiver
    /// The receiver's name.
    package let to: String
    package let offeredAt: Timestamp
    /// When an offer that nobody accepted goes by itself.
    package let expiresAt: Timestamp
    /// Who accepted it, and when.
    package var acceptedBy: Int64?
    package var acceptedAt: Timestamp?
    /// When it changes hands, where it was accepted and waits; until then both sides can end it.
    package var effectiveAt: Timestamp?

    /// Collects a row.
    package init(
        projectID: Int64, ecosystem: EcosystemID, project: String, fromID: Int64, from: String, receiver: Receiver,
        to: String, offeredAt: Timestamp, expiresAt: Timestamp, acceptedBy: Int64? = nil, acceptedAt: Timestamp? = nil,
        effectiveAt: Timestamp? = nil
    ) {
        self.projectID = projectID
        self.ecosystem = ecosystem
        self.project = project
        self.fromID = fromID
        self.from = from
        self.receiver = receiver
        self.to = to
        self.offeredAt = offeredAt
        self.expiresAt = expiresAt
        self.acceptedBy = acceptedBy
        self.acceptedAt = acceptedAt
        self.effectiveAt = effectiveAt
    }

    /// What it is about, for people: `npm lamp`.
    package var label: String { "\(ecosystem) \(project)" }
}
