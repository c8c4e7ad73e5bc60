import Persistence
package import RegistryModel

/// A forgotten password: a mailed link, and a second factor or recovery code where the account has one (AUTHN-1.2).
package struct PasswordReset: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let proofs: FactorProofs
    let limits: AttemptLimits

    private var links: Links { Links(core: core) }

    /// What a link asks for.
    package struct Question: Hashable, Sendable {
        package let userName: String
        /// Empty where the account has no second factor.
        package let factors: Set<Factor>
    }

    /// Mails a link to every confirmed address whose domain somebody keeps; the answer is the same where there is none.
    package func request(name: String, visitor: Visitor) async throws {
        let key = SignIn.key(name)
        try await limits.check(.recovery, account: key, visitor: visitor)
        try await core.driver.write { connection in
            guard let found = try AccountStore(connection).signIn(key), found.isActive else { return }
            let expiresAt = links.end(.resetPassword)
            try AccountLinkStore(connection).end(purpose: .resetPassword, userID: found.userID, at: core.clock.now())
            for address in try AddressStore(connection).recoverable(userID: found.userID) {
                let link = try links.make(
                    .resetPassword, userID: found.userID, subject: "", expiresAt: expiresAt, on: connection)
                try core.notices.send(
                    LinkMail(
                        .resetPassword, link: link, expiresAt: expiresAt, userName: found.userName,
                        origin: visitor.origin), to: address.address, userID: found.userID, on: connection)
            }
        }
    }

    /// A link to set the first password of an account that was made on the command line, for the operator to hand over.
    ///
    /// Throws ``Problem/Code/recoveryRefused`` where the account has a password or any factor: nobody gets around those.
    package func firstLink(name: String, by principal: Principal) async throws -> String {
        try principal.requireAdministrator()
        return try await core.driver.write { connection in
            guard let found = try AccountStore(connection).signIn(UserName.key(name)) else {
                throw Accounts.unknown(name)
            }
            let standing = try AccountStore(connection).standing(userID: found.userID)
            guard found.isActive, found.passwordHash == nil, !standing.hasSecondFactor else {
                throw Problem(
                    .recoveryRefused, "This account has a password or a factor, so its owner signs in or recovers it.")
            }
            let now = core.clock.now()
            try AccountLinkStore(connection).end(purpose: .resetPassword, userID: found.userID, at: now)
            return try links.make(
                .resetPassword, userID: found.userID, subject: "", expiresAt: now.advanced(bySeconds: 86_400),
                on: connection)
        }
    }

    /// What the link asks for.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func question(link secret: String) async throws -> Question {
        try await core.driver.read { connection in
            let (_, found) = try account(secret, on: connection)
            return Question(
                userName: found.userName, factors: try FactorProofs.kinds(userID: found.userID, on: connection))
        }
    }

    /// The options for a security key, where one is asked for.
    package func securityKeyOptions(link secret: String) async throws -> JSONValue {
        let (link, keys) = try await core.driver.read { connection in
            let (link, found) = try account(secret, on: connection)
            return (link, try SecurityKeyStore(connection).list(userID: found.userID))
        }
        guard !keys.isEmpty else { throw Problem(.notFound, "The account has no security key.") }
        return proofs.securityKeys.requestOptions(.reset(link: link.id), allowing: keys)
    }

    /// Sets the new password and signs in.
    ///
    /// All sessions end, and all devices are forgotten.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/secondFactorRequired``, ``Problem/Code/codeInvalid``,
    /// ``Problem/Code/credentialInvalid``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func complete(
        link secret: String, new: String, proof: FactorProof?, visitor: Visitor
    ) async throws -> StartedSession {
        let (link, found, kinds) = try await core.driver.read { connection in
            let (link, found) = try account(secret, on: connection)
            return (link, found, try FactorProofs.kinds(userID: found.userID, on: connection))
        }
        let hash = try await rules.newHash(new, userName: found.userName)
        var prepared: FactorProofs.Prepared?
        if !kinds.isEmpty {
            guard let proof else {
                throw Problem(.secondFactorRequired, "Show your second factor or a recovery code too.")
            }
            try await limits.check(.secondFactor, account: String(found.userID), visitor: visitor)
            prepared = try await proofs.prepare(proof, userID: found.userID, purpose: .reset(link: link.id))
        }
        let proven = prepared
        let outcome = try await core.driver.write { connection -> Result<StartedSession, Problem> in
            try finish(secret, hash: hash, proof: proven, visitor: visitor, on: connection)
        }
        let started = try outcome.get()
        if proven != nil { try await limits.succeeded(.secondFactor, account: String(found.userID), visitor: visitor) }
        return started
    }

    private func finish(
        _ secret: String, hash: String, proof: FactorProofs.Prepared?, visitor: Visitor,
        on connection: any SQLConnection
    ) throws -> Result<StartedSession, Problem> {
        // Asked again here, as a factor may have been added meanwhile.
        let (link, found) = try account(secret, on: connection)
        let userID = found.userID
        var factors: Set<Factor> = [.password]
        if let proof {
            switch try proofs.use(proof, userID: userID, visitor: visitor, on: connection) {
            case .refused(let problem): return .failure(problem)
            case .proven(let factor): factors.insert(factor)
            }
        } else if try AccountStore(connection).standing(userID: userID).hasSecondFactor {
            throw Problem(.secondFactorRequired, "Show your second factor or a recovery code too.")
        }
        try links.use(link, on: connection)
        let now = core.clock.now()
        try AccountLinkStore(connection).end(purpose: .resetPassword, userID: userID, at: now)
        try AccountStore(connection).setPassword(hash, userID: userID, at: now)
        try SessionStore(connection).endAll(userID: userID, but: nil)
        try SessionStore(connection).forgetDevices(userID: userID, but: nil)
        try core.notices.post(
            Notice(.passwordChanged, ["change": "reset"], origin: visitor.origin), to: userID, on: connection)
        return .success(
            try sessions.begin(
                userID: userID, factors: Factors(factors), visitor: visitor, previous: nil, on: connection))
    }

    private func account(_ secret: String, on connection: any SQLConnection) throws -> (AccountLink, SignInRow) {
        let link = try links.find(secret, [.resetPassword], on: connection)
        guard let userID = link.userID, let found = try AccountStore(connection).signIn(userID: userID), found.isActive
        else { throw Links.invalid }
        return (link, found)
    }
}
