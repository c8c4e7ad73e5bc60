import RegistryModel

/// The words of a notice: a pure function of what happened.
struct NoticeText {
    /// Names of details as people read them; others are shown as they are.
    private static let names = [
        "address": "Address", "agent": "Program", "by": "By", "change": "Change", "domain": "Domain",
        "ecosystem": "Ecosystem", "effective": "Takes effect",
        "enforced": "Enforced from",
        "environment": "Environment", "expires": "Expires", "factor": "Factor", "from": "From", "issuer": "Issuer",
        "name": "Name",
        "namespace": "Namespace", "network": "Network", "opens": "Opens", "organization": "Organization",
        "project": "Project", "publisher": "Publisher", "reason": "Reason", "role": "Role", "scopes": "Scopes",
        "source": "Found at", "subject": "For", "team": "Team", "to": "To", "token": "Token", "until": "Until",
        "url": "Found at", "user": "User",
    ]

    /// Where its reader finds what it is about, below the address of the pages.
    private static func page(_ kind: Notice.Kind) -> String {
        switch kind {
        case .tokenCreated, .tokenRevoked, .tokenExpires, .tokenLeaked: "/account/tokens"
        case .addressAdded, .addressConfirmed, .addressRemoved, .primaryAddressChanged, .addressAbandoned:
            "/account/addresses"
        case .factorAdded, .factorRemoved, .recoveryCodesMade, .recoveryCodeUsed: "/account/factors"
        case .passwordChanged, .passwordLeaked: "/account/password"
        case .signedInFromNewDevice, .sessionsEnded: "/account/sessions"
        case .trustedPublisherAdded, .trustedPublisherRemoved, .trustedPublisherUnbound: "/account/publishers"
        case .roleOffered, .transferOffered: "/account/invitations"
        case .signingKeyAdded, .signingKeyRevoked: "/account/keys"
        default: "/account"
        }
    }

    /// Writes a notice to an account.
    ///
    /// `house` is the address of the pages, without a slash at its end.
    static func text(_ notice: Notice, userName: String, house: String, at time: Timestamp) -> MailText {
        var details = notice.details.sorted { $0.key < $1.key }.map { (names[$0.key] ?? $0.key, $0.value) }
        details.append(("When", time.readable))
        details += notice.origin?.lines ?? []
        let kind = notice.kind
        let body = MailBody(
            userName: userName, paragraphs: [kind.sentence], details: details.map { (name: $0.0, value: $0.1) },
            link: (name: "Your account", address: house + page(kind)),
            closing: [kind.advice, "Messages about the security of your account cannot be turned off."])
        return body.text(subject: kind.subject, house: house)
    }
}

extension Timestamp {
    /// A time as people read it in a message, such as `2026-01-02 03:04:05 UTC`.
    var readable: String {
        rfc3339(.seconds).replacing("T", with: " ").replacing("Z", with: " UTC")
    }
}

extension NoticeOrigin {
    /// The lines about where something came from.
    var lines: [(String, String)] {
        [("Network", network), ("Program", agent)].filter { !$0.1.isEmpty }
    }
}
