import RegistryModel

/// A state as a sign and a word, so that it is never told by colour alone.
package struct StateMark: Equatable, Sendable {
    /// What the stylesheet calls it: `good`, `quiet`, `warn`, `stop`, `limited`.
    package let kind: String
    /// A sign of one character.
    package let icon: String
    /// The word.
    package let label: String
    /// Why, in somebody's own words.
    package let reason: String?

    init(kind: String, icon: String, label: String, reason: String? = nil) {
        self.kind = kind
        self.icon = icon
        self.label = label
        self.reason = reason
    }

    /// The mark of a project that is not plainly active.
    init?(_ status: ProjectStatus) {
        switch status {
        case .active: return nil
        case .archived: self.init(kind: "quiet", icon: "▣", label: "archived")
        case .deprecated: self.init(kind: "warn", icon: "⚠", label: "deprecated")
        case .quarantined: self.init(kind: "stop", icon: "⛔", label: "quarantined")
        }
    }

    /// The mark of a project that not everybody may read.
    init?(_ visibility: Visibility) {
        switch visibility {
        case .public: return nil
        case .internal: self.init(kind: "limited", icon: "◐", label: "internal: only for people who are signed in")
        case .private: self.init(kind: "limited", icon: "●", label: "private: only for people with a role on it")
        }
    }

    /// The mark of a project on which much depends.
    init(_ critical: Criticality) {
        let why =
            switch critical.reason {
            case .downloads: "It is among the most downloaded here"
            case .dependents: "Many projects depend on it"
            case .marked: "A moderator marked it"
            }
        self.init(
            kind: "good", icon: "◆", label: "critical project",
            reason:
                "\(why). From \(DateView(critical.enforcedAt).text) on, publishing it needs a security key, a passkey or a "
                + "trusted publisher.")
    }

    /// The mark of the namespace that a project's name lies in.
    ///
    /// Nil where it lies in none; `namespace` is nil where nobody has proven anything that says something of the project.
    /// `transfer` is the accepted offer of it, which takes effect later: whoever depends on it should hear before.
    init?(_ namespace: Namespace?, transfer: NamespaceOffer? = nil, hasNamespace: Bool) {
        guard let namespace else {
            guard hasNamespace else { return nil }
            self.init(
                kind: "quiet", icon: "○", label: "namespace not verified",
                reason: "Nobody has proven that the name before this one is theirs; it went to whoever came first.")
            return
        }
        let proof = namespace.target.map { " by \($0)" } ?? ""
        if let transfer, let date = transfer.effectiveAt {
            self.init(
                kind: "warn", icon: "⇄",
                label: "namespace \(namespace.name) goes to \(transfer.to) on \(DateView(date).text)",
                reason: "It belongs to \(namespace.owner) until then, \(namespace.state.rawValue)\(proof).")
        } else if let since = namespace.failingSince {
            self.init(
                kind: "warn", icon: "⚠",
                label: "proof of namespace \(namespace.name) missing since \(DateView(since).text)",
                reason: "It belongs to \(namespace.owner), verified\(proof).")
        } else if namespace.state == .assigned {
            self.init(
                kind: "good", icon: "✓", label: "namespace \(namespace.name) assigned",
                reason: "The operator vouches that it belongs to \(namespace.owner).")
        } else {
            self.init(
                kind: "good", icon: "✓", label: "namespace \(namespace.name) verified",
                reason: "It belongs to \(namespace.owner), verified\(proof).")
        }
    }

    /// The marks of a release, worst first; at least one.
    static func marks(of release: Release, isPrerelease: Bool) -> [StateMark] {
        var out: [StateMark] = []
        switch release.state {
        case .yanked: out.append(StateMark(kind: "stop", icon: "✕", label: "yanked", reason: release.stateReason))
        case .quarantined:
            out.append(StateMark(kind: "stop", icon: "⛔", label: "quarantined", reason: release.stateReason))
        case .staged, .held, .removed, .dropped:
            out.append(
                StateMark(kind: "quiet", icon: "◌", label: release.state.rawValue, reason: release.stateReason))
        case .live: break
        }
        if let message = release.deprecation {
            out.append(
                StateMark(kind: "warn", icon: "⚠", label: "deprecated", reason: message.isEmpty ? nil : message))
        }
        if isPrerelease { out.append(StateMark(kind: "quiet", icon: "◇", label: "pre-release")) }
        if out.isEmpty { out.append(StateMark(kind: "good", icon: "✓", label: "available")) }
        return out
    }
}
