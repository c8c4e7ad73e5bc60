import Accounts
import Persistence
import RegistryModel

/// Gives roles or offers them, and tells those whom it concerns; inside one transaction.
///
/// A role is offered and holds when it is accepted, but where the operator or an administrator gives it: they answer for the
/// instance.
struct RoleOffers {
    /// What a role is on.
    struct Subject {
        let kind: InvitationSubject
        let id: Int64
        /// For people: `npm lamp`, `acme`, `acme:core`.
        let label: String
        /// Who is told of every change beside the person: all owners.
        let owners: [Int64]
    }

    /// How many invitations of one person may wait.
    static let limit: Int64 = 200

    let core: RegistryCore
    let connection: any SQLConnection
    let principal: Principal
    let at: Timestamp

    var store: InvitationStore { InvitationStore(connection) }

    /// Whether what the principal gives holds at once.
    var actsAtOnce: Bool {
        switch principal.kind {
        case .commandLine, .operatorToken: true
        case .session, .token: principal.isAdministrator
        case .trustedPublisher: false
        }
    }

    /// Offers a role, or the same one that is offered already.
    /// - Throws: ``Problem/Code/conflict`` where too many of the principal's invitations wait.
    func offer(_ role: String, on subject: Subject, to person: UserRecord) throws -> (
        outcome: GrantOutcome, isNew: Bool
    ) {
        if let waiting = try store.find(subject.kind, subject.id, userID: person.id), waiting.role == role,
            waiting.expiresAt > at
        {
            return (.offered(until: waiting.expiresAt), false)
        }
        guard try store.count(inviterID: principal.userID, limit: Self.limit) < Self.limit else {
            throw Problem(
                .conflict,
                "\(Self.limit) invitations of \(principal.userName) wait for an answer. Take some of them back.")
        }
        let invitation = Invitation(
            id: core.ids.next(), subject: subject.kind, subjectID: subject.id, label: subject.label,
            userID: person.id, userName: person.name, role: role, inviterID: principal.userID,
            inviter: principal.userName, createdAt: at, expiresAt: at.advanced(bySeconds: core.policy.invitationSeconds)
        )
        try store.put(invitation)
        try tell("offered", role, on: subject, person, .roleOffered)
        return (.offered(until: invitation.expiresAt), true)
    }

    /// Ends what is offered to somebody.
    /// - Returns: What was offered; nil where nothing was.
    func withdraw(_ subject: Subject, from person: UserRecord) throws -> Invitation? {
        guard let waiting = try store.find(subject.kind, subject.id, userID: person.id) else { return nil }
        _ = try store.remove(waiting.id)
        return waiting
    }

    /// Ends what somebody offered, who has no say any more.
    func withdrawAll(by userID: Int64, on subject: Subject) throws {
        for waiting in try store.list(subject.kind, subject.id) where waiting.inviterID == userID {
            _ = try store.remove(waiting.id)
        }
    }

    /// Tells the person and all owners (AUTHN-1.4).
    func tell(
        _ change: String, _ role: String, on subject: Subject, _ person: UserRecord,
        _ kind: Notice.Kind = .roleChanged
    ) throws {
        try tell(change, role, on: subject, userID: person.id, userName: person.name, kind)
    }

    /// The same for somebody whose account is not at hand.
    func tell(
        _ change: String, _ role: String, on subject: Subject, userID: Int64, userName: String,
        _ kind: Notice.Kind = .roleChanged
    ) throws {
        let notice = Notice(
            kind,
            [
                "subject": subject.label, "role": role, "user": userName, "by": principal.userName, "change": change,
            ])
        for id in Set(subject.owners + [userID]).sorted() { try core.notices.post(notice, to: id, on: connection) }
    }
}
