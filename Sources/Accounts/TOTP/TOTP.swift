import Persistence
package import RegistryModel

/// Code generators as a second factor: RFC 6238 with SHA-1, six digits and 30 seconds, one step of tolerance (AUTHN-1.3).
package struct TOTP: Sendable {
    private let core: AccountCore
    private let sessions: Sessions

    /// Works on the core's database.
    package init(core: AccountCore) {
        self.core = core
        sessions = Sessions(core: core)
    }

    /// How many an account may have.
    package static let maximum = 5

    /// What is shown once while a generator is set up.
    package struct Enrolment: Sendable {
        package let id: Int64
        /// `otpauth://totp/…`.
        package let address: String
        /// The seed in base32, in groups of four.
        package let text: String
        /// The address as a QR code: an `svg` element.
        package let picture: String
    }

    /// The account's confirmed generators.
    package func list(of principal: Principal) async throws -> [TOTPRecord] {
        try await core.driver.read { try FactorStore($0).generators(userID: principal.userID) }
            .map(\.record).filter { $0.confirmedAt != nil }
    }

    /// Makes a seed of 160 bits; it counts once its first code was shown.
    ///
    /// Needs a fresh proof.
    package func begin(name: String, session: Session) async throws -> Enrolment {
        let principal = try sessions.requireFresh(session)
        let name = try FactorName.checked(name)
        let seed = core.random.bytes(20)
        let record = TOTPRecord(
            id: core.ids.next(), userID: principal.userID, name: name, createdAt: core.clock.now(), confirmedAt: nil,
            lastUsedAt: nil)
        let sealed = try core.secrets.seal(seed, for: Self.place(record.id))
        try await core.driver.write { connection in
            let store = FactorStore(connection)
            try store.removeUnconfirmed(userID: principal.userID)
            guard try store.generators(userID: principal.userID).count < Self.maximum else {
                throw Problem(.conflict, "An account has at most \(Self.maximum) code generators. Remove one first.")
            }
            try store.insert(record, sealedSeed: sealed)
        }
        return try enrolment(record.id, seed: seed, userName: principal.userName)
    }

    /// Shows an enrolment again that was not confirmed yet.
    package func enrolment(_ id: Int64, session: Session) async throws -> Enrolment {
        let principal = try sessions.requireFresh(session)
        let all = try await core.driver.read { try FactorStore($0).generators(userID: principal.userID) }
        guard let found = all.first(where: { $0.record.id == id && $0.record.confirmedAt == nil }) else {
            throw Self.unknown
        }
        let seed = try core.secrets.open(found.sealedSeed, for: Self.place(id))
        return try enrolment(id, seed: seed, userName: principal.userName)
    }

    /// Confirms a generator by a code, which proves it: the session's secret is rotated.
    ///
    /// Throws ``Problem/Code/codeInvalid``.
    package func confirm(
        _ id: Int64, code: String, session: Session, visitor: Visitor
    ) async throws -> StartedSession {
        let principal = try sessions.requireFresh(session)
        let now = core.clock.now()
        return try await core.driver.write { connection in
            let store = FactorStore(connection)
            let all = try store.generators(userID: principal.userID)
            guard let found = all.first(where: { $0.record.id == id && $0.record.confirmedAt == nil }) else {
                throw Self.unknown
            }
            guard let digits = TOTPCode.digits(code),
                let step = TOTPCode.match(digits, seed: try seed(of: found), at: now),
                try store.use(generator: id, step: step, at: now), try store.confirm(generator: id, at: now)
            else { throw FactorProofs.wrongCode }
            try core.notices.post(
                Notice(.factorAdded, ["factor": "totp", "name": found.record.name], origin: visitor.origin),
                to: principal.userID, on: connection)
            return try sessions.rotate(session, adding: .totp, visitor: visitor, on: connection)
        }
    }

    /// Removes a generator.
    ///
    /// Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/conflict`` for the last second factor where the policy requires one.
    package func remove(_ id: Int64, session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            let store = FactorStore(connection)
            let found = try store.generators(userID: principal.userID).first { $0.record.id == id }
            guard let found, try store.remove(generator: id, userID: principal.userID) else { throw Self.unknown }
            try FactorRules(core: core).requireRest(userID: principal.userID, on: connection)
            try core.notices.post(
                Notice(.factorRemoved, ["factor": "totp", "name": found.record.name], origin: visitor.origin),
                to: principal.userID, on: connection)
        }
    }

    /// Uses a code up inside a transaction.
    ///
    /// The step moves in the database, and only forward: a code works once, in whatever spelling, on whatever node.
    /// - Returns: Whether it was good.
    func use(_ code: String, userID: Int64, on connection: any SQLConnection) throws -> Bool {
        guard let digits = TOTPCode.digits(code) else { return false }
        let now = core.clock.now()
        let store = FactorStore(connection)
        for found in try store.generators(userID: userID) where found.record.confirmedAt != nil {
            // A seed that another master key sealed is lost with that key; the other factors still work.
            guard let seed = try? seed(of: found), let step = TOTPCode.match(digits, seed: seed, at: now) else {
                continue
            }
            if try store.use(generator: found.record.id, step: step, at: now) { return true }
        }
        return false
    }

    private func seed(of found: (record: TOTPRecord, sealedSeed: [UInt8])) throws -> [UInt8] {
        try core.secrets.open(found.sealedSeed, for: Self.place(found.record.id))
    }

    private func enrolment(_ id: Int64, seed: [UInt8], userName: String) throws -> Enrolment {
        let text = Base32.encode(seed)
        let host = Origin(core.publicURL).relyingParty
        let address =
            "otpauth://totp/\(host):\(userName)?secret=\(text)&issuer=\(host)&algorithm=SHA1&digits=6&period=30"
        guard let picture = QRCode.svg(address) else {
            throw Problem(.internalError, "The QR code cannot be drawn.", diagnostic: "qrencode")
        }
        let groups = stride(from: 0, to: text.count, by: 4).map { String(text.dropFirst($0).prefix(4)) }
        return Enrolment(id: id, address: address, text: groups.joined(separator: " "), picture: picture)
    }

    /// Where a seed is sealed for.
    static func place(_ id: Int64) -> String { "totp:\(id)" }

    private static let unknown = Problem(.notFound, "You have no such code generator.")
}
