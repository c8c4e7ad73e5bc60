/// A role on a project or a namespace.
package enum Role: String, Sendable, CaseIterable {
    /// People and settings, and everything a maintainer may.
    case owner
    /// Publish and yank.
    case maintainer
}

/// What a principal wants to do with a project.
package enum Action: String, Sendable, CaseIterable {
    case read, publish, yank, manage
}

/// One scope of a token: `ACTION[+ACTION][:ECOSYSTEM[:PATTERN]]`.
///
/// Without an ecosystem it holds everywhere; the pattern is a project's name with `*` for any run of characters.
package struct TokenScope: Hashable, Sendable, CustomStringConvertible {
    /// What it allows; never empty.
    package let actions: Set<Action>
    /// Where it allows it; nil for every ecosystem.
    package let ecosystem: EcosystemID?
    /// For which projects; nil for all.
    package let pattern: String?

    /// Collects a scope's parts.
    package init(actions: Set<Action>, ecosystem: EcosystemID? = nil, pattern: String? = nil) {
        self.actions = actions
        self.ecosystem = ecosystem
        self.pattern = pattern
    }

    /// Reads the text form, or returns nil where an action is unknown, a part is empty, or a character is a space or control.
    ///
    /// Scopes are stored separated by spaces, so one with a space in it would come back as two.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        var actions: Set<Action> = []
        for name in parts[0].split(separator: "+", omittingEmptySubsequences: false) {
            guard let action = Action(rawValue: String(name)) else { return nil }
            actions.insert(action)
        }
        guard parts.dropFirst().allSatisfy({ !$0.isEmpty }) else { return nil }
        let place = parts.count > 1 && parts[1] != "*" ? EcosystemID(rawValue: parts[1]) : nil
        guard place?.isWellFormed ?? true else { return nil }
        self.init(actions: actions, ecosystem: place, pattern: parts.count > 2 ? parts[2] : nil)
    }

    package var description: String {
        let names = Action.allCases.filter(actions.contains).map(\.rawValue).joined(separator: "+")
        let place = ecosystem.map { ":\($0)" } ?? (pattern == nil ? "" : ":*")
        return names + place + (pattern.map { ":\($0)" } ?? "")
    }

    /// Whether it allows `action` on the project with that key in that ecosystem.
    ///
    /// A nil project asks about the ecosystem as a whole, which a scope with a pattern does not allow.
    package func allows(_ action: Action, ecosystem: EcosystemID, nameKey: String?) -> Bool {
        guard actions.contains(action) else { return false }
        if let own = self.ecosystem, own != ecosystem { return false }
        guard let pattern else { return true }
        guard let nameKey else { return false }
        return Self.matches(Array(pattern.utf8), Array(nameKey.utf8))
    }

    /// Glob matching with `*` only, in time linear in the product of both lengths at worst.
    private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var patternIndex = 0
        var textIndex = 0
        var star: Int?
        var mark = 0
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
                star = patternIndex
                mark = textIndex
                patternIndex += 1
            } else if patternIndex < pattern.count, pattern[patternIndex] == text[textIndex] {
                patternIndex += 1
                textIndex += 1
            } else if let star {
                patternIndex = star + 1
                mark += 1
                textIndex = mark
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// Who acts, once a credential has been checked.
package struct Principal: Hashable, Sendable {
    /// What kind of credential it was.
    package enum Kind: String, Sendable {
        /// A token the user made.
        case token
        /// A token that the operator made on the command line.
        case operatorToken = "operator-token"
        /// The operator's own command line on the data directory.
        case commandLine = "command-line"
        /// Somebody who is signed in to the pages.
        case session
        /// A short-lived token that a trusted publisher was given.
        case trustedPublisher = "trusted-publisher"
    }

    /// The user's row id.
    package let userID: Int64
    /// The user's name.
    package let userName: String
    /// Whether the user administers the instance.
    package let isAdministrator: Bool
    /// The kind of credential.
    package let kind: Kind
    /// The token's row id, where there is one.
    package let tokenID: Int64?
    /// What the credential is limited to; empty means everything the user may do.
    package let scopes: [TokenScope]
    /// Whether all that is published with the credential waits for somebody to release it, which it may not do itself.
    package let alwaysStages: Bool

    /// Whether the user handles reports and holds.
    package let isModerator: Bool
    /// Whether the user may read what administrators may.
    package let isAuditor: Bool
    /// What was proven when the session was signed in, or the token made.
    package let factors: Factors
    /// Which of the trusted publishers that the token was given to acts, once the project is known.
    package let trustedPublisherID: Int64?
    /// What the trusted publisher's identity token said: repository, workflow, ref, commit, run.
    package var publisherClaims: JSONValue?
    /// Whether the token is good for one publish.
    package var isSingleUse = false
    /// Whether changes need a factor that is proven along with the request.
    package var asksFactor = false
    /// What was proven along with this very request, such as a code of npm's `--otp`.
    package var freshFactors = Factors([])

    /// Collects what authentication found out.
    package init(
        userID: Int64, userName: String, isAdministrator: Bool, kind: Kind, tokenID: Int64?, scopes: [TokenScope],
        alwaysStages: Bool = false, isModerator: Bool = false, isAuditor: Bool = false,
        factors: Factors = Factors([]), trustedPublisherID: Int64? = nil
    ) {
        self.userID = userID
        self.userName = userName
        self.isAdministrator = isAdministrator
        self.kind = kind
        self.tokenID = tokenID
        self.scopes = scopes
        self.alwaysStages = alwaysStages
        self.isModerator = isModerator
        self.isAuditor = isAuditor
        self.factors = factors
        self.trustedPublisherID = trustedPublisherID
    }

    /// The same where another account answers for it, and as that one of its trusted publishers.
    package func answered(by userID: Int64, publisherID: Int64) -> Principal {
        var other = Principal(
            userID: userID, userName: userName, isAdministrator: isAdministrator, kind: kind, tokenID: tokenID,
            scopes: scopes, alwaysStages: alwaysStages, isModerator: isModerator, isAuditor: isAuditor,
            factors: factors,
            trustedPublisherID: publisherID)
        other.publisherClaims = publisherClaims
        other.isSingleUse = isSingleUse
        other.asksFactor = asksFactor
        other.freshFactors = freshFactors
        return other
    }

    /// Whether the principal reads every project, to administer, moderate or audit the instance.
    package var readsEverything: Bool { isAdministrator || isModerator || isAuditor }

    /// Whether the principal handles reports: yanks, quarantines, and says what is critical.
    package var moderates: Bool { isAdministrator || isModerator }

    /// Whether the credential is an account's own: somebody is signed in, or made a token.
    package var isPersonal: Bool { kind == .session || kind == .token }

    /// Whether the credential may change what belongs to no project: organizations, and what is offered to its user.
    package var managesEverywhere: Bool {
        scopes.isEmpty
            || scopes.contains { $0.actions.contains(.manage) && $0.ecosystem == nil && $0.pattern == nil }
    }

    /// Whether the credential's scopes allow `action` there.
    ///
    /// Roles are another question.
    package func mayUse(_ action: Action, ecosystem: EcosystemID, nameKey: String?) -> Bool {
        scopes.isEmpty || scopes.contains { $0.allows(action, ecosystem: ecosystem, nameKey: nameKey) }
    }

    /// Whether the credential's scopes allow `action` with any name of the ecosystem.
    package func mayUseSomewhere(_ action: Action, ecosystem: EcosystemID) -> Bool {
        scopes.isEmpty
            || scopes.contains { $0.actions.contains(action) && ($0.ecosystem == nil || $0.ecosystem == ecosystem) }
    }
}
