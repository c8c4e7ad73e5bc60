import RegistryModel

/// With what somebody calls: AUTHZ-2.1.
///
/// The table in docs/roles.md is this one in words.
enum AccessRole: String, CaseIterable, Sendable {
    case anonymous, stranger
    /// Maintains every project, and has no second factor.
    case unproven
    case maintainer
    /// In a team that maintains every project.
    case teamMember
    /// Owns every project.
    case owner
    /// Owns the organization that owns every project.
    case organizationOwner
    /// A token of the owner's that the operator made.
    case operatorToken
    /// A trusted publisher's token.
    case trustedPublisher
    /// An owner's token that may only read.
    case reading
    case moderator, auditor, administrator

    /// What the role may do; everybody reads what is open.
    var rights: Set<AccessRight> {
        switch self {
        case .anonymous, .stranger: []
        case .unproven, .reading: [.readPrivate]
        case .auditor: [.readPrivate, .seeOffers]
        case .maintainer, .teamMember: [.readPrivate, .upload, .label, .yank]
        case .owner, .operatorToken: [.readPrivate, .upload, .label, .yank, .manage, .seeOffers]
        case .organizationOwner: [.readPrivate, .upload, .label, .yank, .manage, .seeOffers, .giveAway]
        case .trustedPublisher: [.upload, .label]
        case .moderator: [.readPrivate, .yank, .judge]
        case .administrator: [.readPrivate, .label, .yank, .manage, .seeOffers, .giveAway, .judge]
        }
    }

    /// Whether it acts for somebody themselves: founds an organization, takes a role.
    var isPerson: Bool {
        ![.anonymous, .unproven, .operatorToken, .trustedPublisher, .reading].contains(self)
    }

    /// Whether its credential is limited, so that it is refused some of what other credentials may.
    var isLimited: Bool { [.unproven, .trustedPublisher, .reading].contains(self) }
}

/// What somebody may do with a project.
enum AccessRight: Sendable {
    case readPrivate
    /// Publish a release.
    case upload
    /// Set tags and deprecation messages.
    case label
    case yank
    /// People and settings.
    case manage
    /// See to whom it was offered.
    case seeOffers
    /// Offer it to somebody else: an organization's, as all of the fixture are, only its owners.
    case giveAway
    /// Say what is critical.
    case judge
}

extension AccessRow {
    /// What a change needs.
    var right: AccessRight {
        if access == .moderator { return .judge }
        if method == "PUT", route.hasSuffix("/transfer") { return .giveAway }
        if method == "GET", route.hasSuffix("/transfer") { return .seeOffers }
        if isUpload || method == "PUT" && route.hasPrefix("/maven/") { return .upload }
        if route.contains("/dist-tags") || route.hasSuffix("/deprecation") { return .label }
        return route.contains("yank") ? .yank : .manage
    }
}
