import RegistryModel

/// Holds verified claims against publishers.
struct PublisherMatch: Sendable {
    let provider: TrustedProvider
    let claims: IdentityClaims

    /// The first claim that every token of the provider has and this one has not.
    var missingClaim: String? {
        provider.claims.filter { $0.value.isRequired && claims.scalar($0.key) == nil }.keys.min()
    }

    /// The publishers of one project in the order in which they are tried: those of the token's environment, then those
    /// without one.
    func ordered(_ publishers: [TrustedPublisher]) -> [TrustedPublisher] {
        let own = claims.scalar(TrustedProvider.environmentClaim).map(folded)
        let exact = publishers.filter { !$0.environment.isEmpty && folded($0.environment) == own }
        return exact + publishers.filter(\.environment.isEmpty)
    }

    private func folded(_ environment: String) -> String {
        provider.foldsEnvironment ? environment.lowercased() : environment
    }

    /// The ids of a publisher after a token that speaks for it: those it has, and those that this token pins.
    /// - Throws: ``ClaimMismatch`` with the first claim, by name, that is not the publisher's.
    func pins(for publisher: TrustedPublisher) throws(ClaimMismatch) -> [String: String] {
        var pinned = publisher.pinned
        for (name, rule) in provider.claims.sorted(by: { $0.key < $1.key }) {
            let value = claims.scalar(name)
            func question(_ value: String) -> ClaimInQuestion {
                ClaimInQuestion(
                    value: value, settings: publisher.settings, issuer: publisher.issuer, claims: claims)
            }
            switch rule {
            case .matches(let check):
                guard let value, check(question(value)) else { throw ClaimMismatch(claim: name, isPinned: false) }
            case .optional(let check):
                guard check(question(value ?? "")) else { throw ClaimMismatch(claim: name, isPinned: false) }
            case .exists:
                guard value != nil else { throw ClaimMismatch(claim: name, isPinned: false) }
            case .noneOf(let refused):
                guard let value, !refused.contains(value) else { throw ClaimMismatch(claim: name, isPinned: false) }
            case .pinned: pinned[name] = try pin(value, name, publisher)
            case .pinnedIfPresent:
                let known = publisher.settings[name] ?? publisher.pinned[name]
                if value != nil || known != nil { pinned[name] = try pin(value, name, publisher) }
            case .environment, .ignored: break
            }
        }
        return pinned
    }

    private func pin(
        _ value: String?, _ name: String, _ publisher: TrustedPublisher
    ) throws(ClaimMismatch) -> String {
        guard let value else { throw ClaimMismatch(claim: name, isPinned: false) }
        let known = publisher.settings[name] ?? publisher.pinned[name]
        guard known == nil || known == value else { throw ClaimMismatch(claim: name, isPinned: true) }
        return value
    }

    /// What is kept with the token and the release: who spoke, and where it ran.
    func record(_ publisher: TrustedPublisher) -> JSONValue {
        let facts = provider.recorded.compactMap { name in
            claims.scalar(name).map { (name, JSONValue.string(String($0.prefix(512)))) }
        }
        var members: [(String, JSONValue)] = [
            ("provider", .string(provider.id)), ("issuer", .string(publisher.issuer)),
            ("publisher", .string(label(publisher))),
        ]
        if let which = publisher.settings["workflow_claim"] { members.append(("workflow_claim", .string(which))) }
        return .uniqueObject(members + facts)
    }

    /// What events call the publisher: never an address of a person.
    private func label(_ publisher: TrustedPublisher) -> String {
        let name = provider.recorded.first.flatMap { claims.scalar($0) } ?? publisher.lookup
        return "\(provider.id == TrustedProvider.customID ? provider.name : provider.id):\(name)"
    }
}

/// A claim is not what a publisher asks for.
struct ClaimMismatch: Error, Hashable {
    let claim: String
    /// Whether it is an id that was pinned: the name belongs to somebody else now.
    let isPinned: Bool
}
