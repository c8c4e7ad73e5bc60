import RegistryModel

extension Notice.Kind {
    /// The subject of the message; it holds nothing that anybody but us has chosen.
    var subject: String {
        switch self {
        case .signedInFromNewDevice: "Your account was signed in from a new device"
        case .addressAdded: "An email address was added to your account"
        case .addressConfirmed: "An email address of your account was confirmed"
        case .addressRemoved: "An email address was removed from your account"
        case .primaryAddressChanged: "The primary email address of your account was changed"
        case .addressAbandoned: "An email address of your account counts no longer"
        case .passwordChanged: "Your password was changed"
        case .passwordLeaked: "Your password has leaked"
        case .factorAdded: "A second factor was added to your account"
        case .factorRemoved: "A second factor was removed from your account"
        case .factorSuspicious: "A security key of yours may have been copied"
        case .recoveryCodesMade: "New recovery codes were made"
        case .recoveryCodeUsed: "A recovery code was used"
        case .recoveryStarted: "Somebody asks to recover your account"
        case .recoveryApproved: "The recovery of your account was approved"
        case .recoveryEnded: "The recovery of your account has ended"
        case .sessionsEnded: "Sessions of your account were ended"
        case .tokenCreated: "A token was made for your account"
        case .tokenRevoked: "A token of your account was revoked"
        case .tokenExpires: "A token of your account is about to expire"
        case .tokenLeaked: "A token of your account was found in public and revoked"
        case .trustedPublisherAdded: "A trusted publisher was added"
        case .trustedPublisherRemoved: "A trusted publisher was removed"
        case .trustedPublisherUnbound: "A trusted publisher can be bound more tightly"
        case .roleChanged: "A role was changed"
        case .roleOffered: "A role was offered"
        case .transferOffered: "A project or namespace was offered"
        case .transferAccepted: "A transfer was accepted"
        case .transferCompleted: "A transfer is complete"
        case .transferEnded: "A transfer has ended"
        case .sourceChanged: "A project of yours has another source"
        case .signingKeyAdded: "A signing key was added"
        case .signingKeyRevoked: "A signing key was revoked"
        case .projectCritical: "A project of yours is critical now"
        case .identityLinked: "A single sign-on was linked to your account"
        case .accountClosed: "Your account was closed"
        case .deviceAllowed: "A program was let into your account"
        }
    }

    /// What happened, in a sentence or two.
    var sentence: String {
        switch self {
        case .signedInFromNewDevice: "Somebody signed in to your account from a browser that was not used before."
        case .addressAdded: "An email address was added to your account. It counts once it has been confirmed."
        case .addressConfirmed: "An email address of your account was confirmed. Notices like this one go there too."
        case .addressRemoved: "An email address was removed from your account."
        case .primaryAddressChanged: "Another email address of your account is the primary one now."
        case .addressAbandoned:
            "The domain of one of your email addresses seems to be abandoned, or to have a new owner. Whoever holds it could "
                + "read mail that is meant for you, so the address is no longer confirmed and recovers nothing."
        case .passwordChanged: "The password of your account was changed."
        case .passwordLeaked:
            "Your password is in a public list of leaked passwords. You will be asked for a new one when you sign in."
        case .factorAdded: "A second factor was added to your account."
        case .factorSuspicious:
            "A security key answered with a counter that did not grow. A copy of the key may exist, so it was not accepted: "
                + "remove it from your account, and sign in with another factor."
        case .factorRemoved: "A second factor was removed from your account."
        case .recoveryCodesMade: "New recovery codes were made for your account. The old ones no longer work."
        case .recoveryCodeUsed: "A recovery code was used in place of a second factor. It does not work again."
        case .recoveryStarted: "Somebody says that they have lost every way into your account, and asks to recover it."
        case .recoveryApproved: "The recovery of your account was approved. It opens after a waiting period."
        case .recoveryEnded: "The recovery of your account has ended."
        case .sessionsEnded: "Sessions of your account were ended. Whoever used them has to sign in again."
        case .tokenCreated: "A token was made that acts for your account."
        case .tokenRevoked: "A token that acted for your account was revoked and no longer works."
        case .tokenExpires: "A token that acts for your account will soon stop working. Make a new one in time."
        case .tokenLeaked:
            "A token that acted for your account was found in a public place. It was revoked at once. Look whether anything "
                + "was published with it that you did not publish."
        case .trustedPublisherAdded: "A workflow may publish a project of yours from now on, without a token."
        case .trustedPublisherRemoved: "A workflow may no longer publish a project of yours."
        case .trustedPublisherUnbound:
            "A workflow published from an environment, but the trusted publisher does not name one. Name it, and no other "
                + "job of that repository can publish."
        case .roleChanged: "A role that you have, or on what you own, was changed."
        case .roleOffered:
            "The person named below was offered a role. It is theirs only once they accept."
        case .transferOffered: "Somebody offers to hand something over to you. Nothing happens unless you accept."
        case .transferAccepted: "Both sides have agreed to a transfer."
        case .transferCompleted: "A transfer is complete: what it was about has its new owner."
        case .transferEnded: "A transfer was declined, taken back, or ran out. Everything stays as it was."
        case .sourceChanged: "A release of a project of yours came from another repository than the ones before."
        case .signingKeyAdded: "A key was added whose signatures are accepted as yours."
        case .signingKeyRevoked: "A signing key was revoked. Signatures made with it from now on are not accepted."
        case .projectCritical:
            "Much depends on a project of yours, so it counts as critical. Whoever publishes it needs a security key or a "
                + "passkey, or a trusted publisher, once the time of grace is over."
        case .identityLinked: "An account at a single sign-on can be used to sign in to your account from now on."
        case .accountClosed: "Your account was closed. Its sessions and tokens have ended, and its name stays taken."
        case .deviceAllowed: "A program on another device was given access to your account."
        }
    }

    /// What to do if it was somebody else.
    var advice: String {
        switch self {
        case .addressAbandoned:
            "Confirm an address of a domain that you keep, or the same one again if the domain is yours."
        case .passwordLeaked: "If you use that password anywhere else, change it there too."
        case .recoveryStarted, .recoveryApproved:
            "If it was not you, stop it: sign in and use the page below, or the link of the message that came with this one. "
                + "If you can do neither, tell an administrator at once."
        case .tokenExpires, .trustedPublisherUnbound, .projectCritical: "You find what you need on the page below."
        case .roleOffered, .transferOffered: "If you do not know whoever offers it, do nothing: the offer runs out."
        case .accountClosed: "If it was not you, tell an administrator at once."
        case .tokenLeaked: "You can make a new token on the page below. Keep it out of repositories, logs and images."
        default:
            "If it was not you, somebody else may be using your account: change your password, end all sessions, and look "
                + "through your factors, tokens and addresses on the page below."
        }
    }
}
