import RegistryModel

/// A kind of service that issues identity tokens to workflows, as a value: what a publisher of it consists of, and a table
/// that says of every claim what is asked of it.
package struct TrustedProvider: Sendable {
    /// What rows and requests call it.
    package let id: String
    /// What people call it.
    package let name: String
    /// The issuers that it always has; others of its kind are added by an administrator.
    package let issuers: [String]
    /// What a publisher's owner says.
    package let fields: [ProviderField]
    /// The claims that are known; any other is ignored.
    let claims: [String: ClaimRule]
    /// Whether environments are compared without regard to case.
    package let foldsEnvironment: Bool
    /// The claims that are kept with a release: no personal data.
    let recorded: [String]
    /// What publishers are looked up by, from what their owner said.
    let settingsLookup: @Sendable (_ settings: [String: String]) -> String
    /// The same from an identity token; nil where a claim is missing.
    let claimsLookup: @Sendable (_ claims: IdentityClaims) -> String?
    /// What is wrong with a publisher's settings beyond its fields; nil where nothing is.
    package let objection: @Sendable (_ settings: [String: String]) -> String?

    init(
        id: String, name: String, issuers: [String], fields: [ProviderField], claims: [String: ClaimRule],
        foldsEnvironment: Bool = false, recorded: [String],
        settingsLookup: @escaping @Sendable ([String: String]) -> String,
        claimsLookup: @escaping @Sendable (IdentityClaims) -> String?,
        objection: @escaping @Sendable ([String: String]) -> String? = { _ in nil }
    ) {
        self.id = id
        self.name = name
        self.issuers = issuers
        self.fields = fields
        self.claims = claims
        self.foldsEnvironment = foldsEnvironment
        self.recorded = recorded
        self.settingsLookup = settingsLookup
        self.claimsLookup = claimsLookup
        self.objection = objection
    }

    /// Those that Hallmark knows.
    package static let known: [TrustedProvider] = [.github, .gitlab, .google, .activeState]

    /// Whether its publishers may be limited to an environment.
    package var hasEnvironments: Bool { claims[Self.environmentClaim] != nil }

    static let environmentClaim = "environment"
}

/// One thing that a publisher's owner says.
package struct ProviderField: Hashable, Sendable {
    /// What settings call it.
    package let name: String
    /// What people call it.
    package let label: String
    /// An example, or what it is for.
    package let hint: String
    package let isRequired: Bool
    /// The values there are; empty where any text may be.
    package let choices: [String]
    let check: @Sendable (String) -> Bool

    init(
        _ name: String, _ label: String, hint: String, isRequired: Bool = true, choices: [String] = [],
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.name = name
        self.label = label
        self.hint = hint
        self.isRequired = isRequired
        self.choices = choices
        self.check = check
    }

    package static func == (left: ProviderField, right: ProviderField) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What is asked of one claim.
enum ClaimRule: Sendable {
    /// It is there, and the check holds.
    case matches(@Sendable (ClaimInQuestion) -> Bool)
    /// It is there.
    case exists
    /// Where it is there or the publisher asks for it, the check holds; it is told of a missing one as an empty text.
    case optional(@Sendable (ClaimInQuestion) -> Bool)
    /// An immutable id: what the owner gave, or else what the first identity token said.
    case pinned
    /// The same where the issuer has it.
    case pinnedIfPresent
    /// It is there and none of these.
    case noneOf(Set<String>)
    /// Compared when the publisher is chosen.
    case environment
    /// Known and not looked at.
    case ignored

    /// Whether every token of the provider has the claim.
    var isRequired: Bool {
        switch self {
        case .matches, .exists, .pinned, .noneOf: true
        case .optional, .pinnedIfPresent, .environment, .ignored: false
        }
    }
}

/// A claim that is held against a publisher.
struct ClaimInQuestion: Sendable {
    /// The claim as a text: numbers and truth values as JSON writes them.
    let value: String
    let settings: [String: String]
    let issuer: String
    let claims: IdentityClaims

    /// What the publisher's owner said; empty where nothing.
    func setting(_ name: String) -> String { settings[name] ?? "" }

    /// Whether it is the setting of that name, letter for letter.
    func equals(_ name: String) -> Bool { !setting(name).isEmpty && value == setting(name) }
}

extension IdentityClaims {
    /// A claim as a text; nil for one that is missing, empty, null, a list or an object.
    func scalar(_ name: String) -> String? {
        switch self[name] {
        case .string(let text) where !text.isEmpty: text
        case .integer(let number): String(number)
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
