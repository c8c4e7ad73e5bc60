import RegistryModel

/// The words of a message with a link: a pure function of what the link is for.
struct LinkMailText {
    /// Writes a message.
    ///
    /// `house` is the address of the pages, without a slash at its end.
    static func text(_ mail: LinkMail, house: String) -> MailText {
        var details: [(name: String, value: String)] = []
        if let by = mail.by { details.append((name: "By", value: by)) }
        if mail.purpose != .accountExists {
            details.append((name: "The link works until", value: mail.expiresAt.readable))
        }
        details += (mail.origin?.lines ?? []).map { (name: $0.0, value: $0.1) }
        let purpose = mail.purpose
        let body = MailBody(
            userName: mail.userName, paragraphs: [purpose.sentence], details: details,
            link: (name: purpose.linkName, address: mail.link), closing: [purpose.advice])
        return body.text(subject: purpose.subject, house: house)
    }
}

extension LinkMail.Purpose {
    /// The subject of the message; it holds nothing that anybody but us has chosen.
    fileprivate var subject: String {
        switch self {
        case .invitation: "You are invited to a package registry"
        case .signUp: "Finish signing up"
        case .accountExists: "You have an account already"
        case .confirmAddress: "Confirm your email address"
        case .resetPassword: "Set a new password"
        case .beginRecovery: "Begin the recovery of your account"
        case .stopRecovery: "Stop the recovery of your account if it was not you"
        case .completeRecovery: "Finish the recovery of your account"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .invitation: "You are invited to make an account at this package registry."
        case .signUp: "Somebody, probably you, wants to make an account with this email address."
        case .accountExists:
            "Somebody, probably you, wants to make an account with this email address. There is one with it already."
        case .confirmAddress: "Somebody, probably you, wants to have this email address in their account."
        case .resetPassword: "Somebody, probably you, wants to set a new password for your account."
        case .beginRecovery:
            "Somebody, probably you, has lost every way into your account. With the link below its recovery begins: two "
                + "people look at it, and a waiting period follows."
        case .stopRecovery:
            "The recovery of your account has begun, because somebody followed a link that was sent to you."
        case .completeRecovery:
            "The recovery of your account is open. With the link below you set a new password; every factor, session and "
                + "token of before ends."
        }
    }

    fileprivate var linkName: String {
        switch self {
        case .invitation, .signUp: "Make the account"
        case .accountExists: "Sign in"
        case .confirmAddress: "Confirm the address"
        case .resetPassword, .completeRecovery: "Set a new password"
        case .beginRecovery: "Begin the recovery"
        case .stopRecovery: "Stop the recovery"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .invitation: "If you do not know what this is about, do nothing: no account is made."
        case .signUp, .accountExists, .confirmAddress:
            "If it was not you, do nothing: without the link nothing happens. Never give the link to anybody."
        case .resetPassword, .beginRecovery:
            "If it was not you, do nothing: without the link nothing happens. Never give the link to anybody; nobody of this "
                + "registry will ask you for it."
        case .stopRecovery: "If it was you, do nothing."
        case .completeRecovery: "If it was not you, tell an administrator at once. Never give the link to anybody."
        }
    }
}
