import RegistryModel

/// The places of somebody's own, in the order of the menu beside them.
enum AccountSection: CaseIterable {
    case home, factors, addresses, sessions, tokens, publishers, projects, organizations, invitations, namespaces, keys
    case stagings, history, data, administration

    var label: String {
        switch self {
        case .home: "Overview"
        case .factors: "Signing in"
        case .addresses: "Addresses"
        case .sessions: "Sessions"
        case .tokens: "Tokens"
        case .publishers: "Trusted publishers"
        case .projects: "Projects"
        case .organizations: "Organizations"
        case .invitations: "Invitations"
        case .namespaces: "Namespaces"
        case .keys: "Signing keys"
        case .stagings: "Stagings"
        case .history: "Security history"
        case .data: "Your data"
        case .administration: "Administration"
        }
    }

    var path: String {
        switch self {
        case .home: "/account"
        case .factors: "/account/factors"
        case .addresses: "/account/addresses"
        case .sessions: "/account/sessions"
        case .tokens: "/account/tokens"
        case .publishers: "/account/publishers"
        case .projects: "/account/projects"
        case .organizations: "/account/organizations"
        case .invitations: "/account/invitations"
        case .namespaces: "/account/namespaces"
        case .keys: "/account/keys"
        case .stagings: "/account/stagings"
        case .history: "/account/history"
        case .data: "/account/data"
        case .administration: "/administration"
        }
    }

    /// The menu for somebody at one of the places.
    static func menu(for principal: Principal, at current: AccountSection?) -> [AccountPage.Entry] {
        let seesAdministration = principal.isAdministrator || principal.isModerator || principal.isAuditor
        return allCases.filter { $0 != .administration || seesAdministration }.map {
            AccountPage.Entry(label: $0.label, href: $0.path, isCurrent: $0 == current)
        }
    }
}
