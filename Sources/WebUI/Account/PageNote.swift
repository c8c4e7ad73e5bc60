/// What happened with the last form: told once on the next page.
///
/// The cookie names one of these; nothing is stored, and no text of a stranger's can be shown.
enum PageNote: String, CaseIterable {
    case accountClosed = "account-closed"
    case addressAdded = "address-added"
    case addressConfirmed = "address-confirmed"
    case addressRemoved = "address-removed"
    case changed
    case codesMade = "codes-made"
    case deviceAllowed = "device-allowed"
    case deviceRefused = "device-refused"
    case factorAdded = "factor-added"
    case factorRemoved = "factor-removed"
    case invited
    case joined
    case left
    case linkSent = "link-sent"
    case passwordChanged = "password-changed"
    case recoveryBegun = "recovery-begun"
    case recoveryStopped = "recovery-stopped"
    case removed
    case sessionsEnded = "sessions-ended"
    case signedOut = "signed-out"
    case tokenRevoked = "token-revoked"
    case welcome

    /// The words.
    var text: String {
        switch self {
        case .accountClosed: "Your account is closed. Thank you for what you published."
        case .addressAdded: "The address was added. Follow the link in the mail to confirm it."
        case .addressConfirmed: "The address is confirmed."
        case .addressRemoved: "The address was removed."
        case .changed: "Your change was saved."
        case .codesMade: "You have new recovery codes; the old ones do not work any more."
        case .deviceAllowed: "Allowed. You can close this page and go back to your terminal."
        case .deviceRefused: "Refused. Nothing was given to the program that asked."
        case .factorAdded: "It was added. From now on you can sign in with it."
        case .factorRemoved: "It was removed and does not work any more."
        case .invited: "The invitation was sent; nothing changes until it is accepted."
        case .joined: "You have accepted."
        case .left: "The role was taken away."
        case .linkSent: "If there is something to send, a mail with a link is on its way."
        case .passwordChanged: "Your password is changed, and all other sessions have ended."
        case .recoveryBegun: "The recovery has begun. Every address of the account was told."
        case .recoveryStopped: "The recovery was stopped."
        case .removed: "It was removed."
        case .sessionsEnded: "Signed out there."
        case .signedOut: "You are signed out."
        case .tokenRevoked: "The token was revoked and does not work any more."
        case .welcome: "Welcome. Your account is ready."
        }
    }
}
