import Persistence
package import RegistryModel

/// Hand-offs of a client to a browser ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)): the client shows a code, somebody
/// who is signed in allows it, and the client gets a token of theirs.
///
/// npm's web login and the factor that it asks for at a publish are the same with other words.
package struct DeviceGrants: Sendable {
    /// How long a code waits.
    package static let seconds: Int64 = 600
    /// How long npm's proof of a factor waits and holds.
    package static let challengeSeconds: Int64 = 300
    /// How many seconds a client waits between two questions, and how many more after it asked too soon (section 3.5).
    package static let intervalSeconds: Int64 = 5
    /// How many hand-offs a network may begin in an hour.
    static let maximumPerHour: Int64 = 60

    let core: AccountCore
    let tokens: PersonalTokens
    let limits: AttemptLimits
    let proofs: FactorProofs

    /// Gives out tokens as `people.tokens` would.
    package init(tokens: PersonalTokens, people: AccountUseCases) {
        core = tokens.core
        self.tokens = tokens
        limits = people.limits
        proofs = FactorProofs(core: tokens.core, securityKeys: people.securityKeys)
    }

    /// What a client gets when it begins.
    package struct Started: Sendable {
        /// The client's secret.
        package let deviceCode: String
        package let grant: DeviceGrant
    }

    /// Begins a hand-off for a client that wants a token.
    ///
    /// `scopes` are as people write them.
    /// - Throws: ``Problem/Code/tooManyAttempts``, ``Problem/Code/badRequest``.
    package func begin(
        _ kind: DeviceGrant.Kind, client: String, scopes: [String], visitor: Visitor
    ) async throws -> Started {
        let wish = TokenWish(name: client, scopes: scopes)
        return try await begin(
            kind, client: try tokens.name(client.limited(toScalars: 100)), scopes: try tokens.scopes(wish), userID: nil,
            details: [:], seconds: Self.seconds, visitor: visitor)
    }

    /// Whether a page could ask the person for a security key.
    package func hasSecurityKey(_ principal: Principal) async throws -> Bool {
        try await core.driver.read { try AccountStore($0).standing(userID: principal.userID).securityKeys > 0 }
    }

    /// Begins a proof of a factor for a request of somebody's token.
    ///
    /// `details` say what the person is to allow: `command`, `project`.
    package func challenge(
        _ principal: Principal, client: String, details: [String: String], visitor: Visitor
    ) async throws -> Started {
        guard let tokenID = principal.tokenID else {
            throw Problem(.forbidden, "There is no token to prove a factor for.")
        }
        var details = details.mapValues { $0.limited(toScalars: 300) }
        details["token"] = String(tokenID)
        return try await begin(
            .npmChallenge, client: client, scopes: [], userID: principal.userID, details: details,
            seconds: Self.challengeSeconds, visitor: visitor)
    }

    private func begin(
        _ kind: DeviceGrant.Kind, client: String, scopes: [TokenScope], userID: Int64?, details: [String: String],
        seconds: Int64, visitor: Visitor
    ) async throws -> Started {
        let now = core.clock.now()
        let secret = Secrets.make(random: core.random)
        let grant = DeviceGrant(
            id: core.ids.next(), userCodeKey: UserCode.make(random: core.random), kind: kind, client: client,
            scopes: scopes, network: Network.shown(visitor.address), state: .waiting, userID: userID,
            factors: Factors([]), details: details, createdAt: now, expiresAt: now.advanced(bySeconds: seconds),
            polledAt: nil, intervalSeconds: Self.intervalSeconds)
        try await core.driver.write { connection in
            let store = DeviceGrantStore(connection)
            let since = now.advanced(bySeconds: -3600)
            guard try store.count(network: grant.network, since: since) < Self.maximumPerHour else {
                throw Problem(
                    .tooManyAttempts, "Too many sign-ins were begun from your network. Try again later.",
                    retryAfterSeconds: 600)
            }
            try store.insert(grant, deviceHash: Secrets.hash(secret))
        }
        return Started(deviceCode: secret, grant: grant)
    }

    /// Removes grants whose time has been over for an hour.
    package func expire() async throws -> Int {
        let time = core.clock.now().advanced(bySeconds: -3600)
        return try await core.driver.write { try DeviceGrantStore($0).expire(before: time) }
    }
}

/// Codes that people type: eight consonants, so that no words come about and no letter is taken for a digit.
package enum UserCode {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)

    /// A new code of 34 random bits, which holds for minutes and only for somebody who is signed in.
    static func make(random: any RandomSource) -> String {
        var code: [UInt8] = []
        while code.count < 8 {
            for byte in random.bytes(16) where byte < 240 && code.count < 8 { code.append(alphabet[Int(byte) % 20]) }
        }
        return String(decoding: code, as: UTF8.self)
    }

    /// The form under which spellings are the same: case, spaces and dashes do not matter.
    package static func key(_ text: String) -> String {
        let kept = text.uppercased().utf8.prefix(64).filter { alphabet.contains($0) }
        return String(decoding: kept, as: UTF8.self)
    }
}
