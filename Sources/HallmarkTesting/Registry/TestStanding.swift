import Accounts
import Foundation
package import Persistence
package import RegistryModel

/// Makes accounts that look as if their owners had signed up and set up their factors.
package enum TestStanding {
    /// Gives an account a confirmed address, and the second factors among those named.
    package static func enrol(
        _ userID: Int64, _ factors: Set<Factor>, isConfirmed: Bool = true, at now: Timestamp,
        on connection: any SQLConnection
    ) throws {
        func id() -> Int64 { Int64.random(in: 1 << 40...1 << 50) }
        if isConfirmed {
            let address = "u\(userID)@example.org"
            try AddressStore(connection).insert(
                AddressRecord(
                    id: id(), userID: userID, address: address, domain: "example.org", isPrimary: true, createdAt: now,
                    verifiedAt: now), key: address)
        }
        if factors.contains(.totp) {
            let generator = id()
            try FactorStore(connection).insert(
                TOTPRecord(
                    id: generator, userID: userID, name: "phone", createdAt: now, confirmedAt: nil, lastUsedAt: nil),
                sealedSeed: [1])
            _ = try FactorStore(connection).confirm(generator: generator, at: now)
        }
        guard !factors.isDisjoint(with: [.webauthn, .passkey]) else { return }
        let key = id()
        try SecurityKeyStore(connection).insert(
            SecurityKeyRecord(
                id: key, userID: userID, name: "key", credentialID: Array(String(key).utf8), publicKey: [1],
                algorithm: -7, signCount: 0, isDiscoverable: true, isBackupEligible: false, isBackedUp: false,
                aaguid: [UInt8](repeating: 0, count: 16), transports: ["usb"], createdAt: now, lastUsedAt: nil))
    }

    /// Makes a token as its owner would, in a session with those factors, and gives its text.
    package static func token(
        of userID: Int64, kind: Principal.Kind = .token, scopes: [String] = [],
        factors: Set<Factor> = [.password, .totp],
        at now: Timestamp, on connection: any SQLConnection
    ) throws -> String {
        let text = TokenText.make(random: SystemRandomSource())
        var token = TokenRecord(
            id: Int64.random(in: 1 << 40...1 << 50), userID: userID, hash: TokenText.hash(text),
            prefix: String(text.prefix(9)), kind: kind, scopes: scopes.compactMap(TokenScope.init), createdAt: now,
            expiresAt: now.advanced(bySeconds: 3600))
        token.factors = Factors(factors)
        try TokenStore(connection).insert(token)
        return text
    }

    /// Lets the token of a trusted publisher, and every other one of its account, publish a project.
    package static func trust(
        _ tokenID: Int64, of userID: Int64, toPublish project: Project, at now: Timestamp,
        on connection: any SQLConnection
    ) throws {
        let publisher = TrustedPublisher(
            id: Int64.random(in: 1 << 40...1 << 50), ecosystem: project.ecosystem, name: project.name.display,
            nameKey: project.name.key, projectID: project.id, provider: "github",
            issuer: "https://token.actions.githubusercontent.com", lookup: "octo-org/octo-repo", environment: "",
            settings: ["owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml"], createdBy: userID,
            creator: "", createdAt: now)
        try TrustedPublisherStore(connection).insert(publisher)
        try TrustedPublisherStore(connection).bind(tokenID: tokenID, to: [publisher.id])
    }
}

extension ServerProcess {
    /// Makes an account with a confirmed address and those second factors, and gives a token that it made itself.
    package func ownPerson(
        _ name: String, _ factors: Set<Factor> = [.password, .totp], scopes: [String] = []
    ) async throws -> String {
        try await createUser(name)
        return try await withDatabase { driver in
            try await driver.write { connection in
                guard let user = try UserStore(connection).find(nameKey: UserName.key(name)) else { return "" }
                let now = SystemTime.now
                try TestStanding.enrol(user.id, factors, at: now, on: connection)
                return try TestStanding.token(of: user.id, scopes: scopes, factors: factors, at: now, on: connection)
            }
        }
    }

    /// Opens the server's database beside it.
    package func withDatabase<Value>(_ body: (any SQLDriver) async throws -> Value) async throws -> Value {
        let driver = try SQLiteDriver(path: data.appending(path: "hallmark.sqlite").path(percentEncoded: false))
        do {
            let value = try await body(driver)
            await driver.shutdown()
            return value
        } catch {
            await driver.shutdown()
            throw error
        }
    }
}

/// The time now, for rows that a server reads.
package enum SystemTime {
    package static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
