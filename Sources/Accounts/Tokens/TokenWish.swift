import Formats
import RegistryModel

/// What somebody wants of a token.
package struct TokenWish: Sendable {
    /// What its owner calls it.
    package var name: String
    /// `ACTION[+ACTION][:ECOSYSTEM[:PATTERN]]`; the pattern is a project's name, or a namespace with `*` at its end.
    package var scopes: [String]
    /// How many days it lives; nil for the usual number.
    package var days: Int?
    /// Addresses and ranges such as `10.0.0.0/8` from which it works; empty for all.
    package var networks: [String] = []
    /// Whether it is good for one publish of one project.
    package var isSingleUse = false
    /// Whether all that is published with it waits for somebody to release it.
    package var alwaysStages = false
    /// Whether changes with it ask for a second factor each time, which npm's client can give.
    package var asksFactor = false

    /// A wish for the usual.
    package init(name: String, scopes: [String], days: Int? = nil) {
        self.name = name
        self.scopes = scopes
        self.days = days
    }
}

extension PersonalTokens {
    private static let maximumScopes = 20
    private static let maximumNetworks = 20

    func name(_ text: String) throws(Problem) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard (1...100).contains(text.unicodeScalars.count), isPlain, text.contains(where: { $0 != " " }) else {
            throw Problem(.badRequest, "Give the token a name of 1 to 100 characters, so that you know it again.")
        }
        return text
    }

    func expiry(_ wish: TokenWish, from now: Timestamp) throws(Problem) -> Timestamp {
        let most = core.policy.tokenMaximumSeconds / 86_400
        let days = wish.days.map(Int64.init) ?? core.policy.tokenSeconds / 86_400
        guard (1...most).contains(days) else { throw Problem(.badRequest, "A token lives for 1 to \(most) days.") }
        return now.advanced(bySeconds: days * 86_400)
    }

    func networks(_ texts: [String]) throws(Problem) -> [AddressBlock] {
        guard texts.count <= Self.maximumNetworks else {
            throw Problem(.badRequest, "A token has at most \(Self.maximumNetworks) networks.")
        }
        var blocks: [AddressBlock] = []
        for text in texts {
            guard let block = AddressBlock(text) else {
                throw Problem(
                    .badRequest,
                    "'\(text.limited(toScalars: 60))' is no address and no range such as 10.0.0.0/8 or fd00::/8.")
            }
            blocks.append(block)
        }
        return blocks
    }

    /// The scopes as they are compared, one for each pattern.
    func scopes(_ wish: TokenWish) throws -> [TokenScope] {
        guard !wish.scopes.isEmpty, wish.scopes.count <= Self.maximumScopes else {
            throw Problem(.badRequest, "Say what the token may do: 1 to \(Self.maximumScopes) scopes.")
        }
        let scopes = try wish.scopes.flatMap { try expanded($0) }
        guard wish.isSingleUse else { return scopes }
        guard scopes.count == 1, let only = scopes.first, only.actions == [.publish], only.ecosystem != nil,
            let pattern = only.pattern, !pattern.contains("*")
        else {
            throw Problem(
                .badRequest,
                "A token for one publish has one scope: publish:ECOSYSTEM:NAME, with a project's whole name.")
        }
        return scopes
    }

    private func expanded(_ text: String) throws -> [TokenScope] {
        guard let scope = TokenScope(text) else {
            throw Problem(
                .badRequest,
                "'\(text.limited(toScalars: 100))' is not a scope such as read, publish+yank:pypi or publish:npm:@scope/*."
            )
        }
        guard let ecosystem = scope.ecosystem else {
            guard scope.pattern == nil else {
                throw Problem(.badRequest, "A scope with a name needs the ecosystem that the name is of.")
            }
            return [scope]
        }
        guard let format = formats[ecosystem] else {
            throw Problem(.badRequest, "This registry does not serve the ecosystem '\(ecosystem)'.")
        }
        guard let pattern = scope.pattern, pattern != "*" else {
            return [TokenScope(actions: scope.actions, ecosystem: ecosystem)]
        }
        return try format.tokenPatterns(pattern).map {
            TokenScope(actions: scope.actions, ecosystem: ecosystem, pattern: $0)
        }
    }
}
