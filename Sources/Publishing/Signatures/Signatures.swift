import Blobs
package import Formats
import Persistence
package import RegistryModel

/// OpenPGP signatures of files, and the public keys that publishers registered to have them checked.
package struct Signatures: Sendable {
    let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// The longest public key.
    package static let maximumKeyBytes = OpenPGP.maximumKeyBytes

    /// The most keys that one user may have registered.
    package static let maximumKeys = 20
    private static let kind = "openpgp"

    /// Checks signatures, each beside its file, against the keys of their publisher; the verdicts are in the same order.
    package func verify(
        _ pairs: [(file: ReceivedFile, signature: ReceivedFile)], by principal: Principal
    ) async throws -> [OpenPGPVerdict] {
        let keys = try await keys(of: principal.userID).map(\.bytes)
        return try await core.inspectionPool.run {
            try pairs.map { file, signature in
                guard signature.content.length <= OpenPGP.maximumSignatureBytes else { return .unreadable }
                let bytes = try signature.content.read(at: 0, count: signature.content.length)
                return OpenPGP.verify(bytes, of: file.content, keys: keys)
            }
        }
    }

    /// A user's keys.
    package func keys(of userID: Int64) async throws -> [SigningKey] {
        try await core.driver.read { try SigningKeyStore($0).list(userID: userID, kind: Self.kind) }
    }

    /// Registers a public key, binary or armored.
    /// - Returns: Its fingerprint.
    /// - Throws: `Problem` with ``Problem/Code/badRequest``.
    package func register(_ bytes: [UInt8], for user: UserRecord) async throws -> String {
        let fingerprint: String
        do throws(OpenPGP.KeyFault) {
            fingerprint = try OpenPGP.fingerprint(ofKey: bytes)
        } catch {
            throw Problem(error)
        }
        let key = SigningKey(
            id: core.ids.next(), userID: user.id, kind: Self.kind, fingerprint: fingerprint, bytes: bytes,
            createdAt: core.clock.now())
        let event = event("signing-key.added", user, fingerprint)
        try await core.driver.write { connection in
            let store = SigningKeyStore(connection)
            let others = try store.list(userID: user.id, kind: Self.kind).filter { $0.fingerprint != fingerprint }
            guard others.count < Self.maximumKeys else {
                throw Problem(.quotaExceeded, "A user has at most \(Self.maximumKeys) signing keys.")
            }
            try store.put(key)
            try EventStore(connection).insert(event)
        }
        return fingerprint
    }

    /// Forgets a key; what was published with it stays.
    /// - Throws: `Problem` with ``Problem/Code/notFound``.
    package func remove(_ fingerprint: String, of user: UserRecord) async throws {
        let event = event("signing-key.removed", user, fingerprint)
        try await core.driver.write { connection in
            let isRevoked = try SigningKeyStore(connection).revoke(
                userID: user.id, kind: Self.kind, fingerprint: fingerprint.uppercased(), at: event.at)
            guard isRevoked else {
                throw Problem(.notFound, "\(user.name) has no signing key \(fingerprint.prefix(64)).")
            }
            try EventStore(connection).insert(event)
        }
    }

    private func event(_ kind: String, _ user: UserRecord, _ fingerprint: String) -> Event {
        Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: "operator", via: .commandLine,
            projectID: nil, visibility: .private,
            details: [("user", .string(user.name)), ("fingerprint", .string(fingerprint))])
    }
}

extension Problem {
    /// Explains why a public key is not taken.
    fileprivate init(_ fault: OpenPGP.KeyFault) {
        switch fault {
        case .tooLarge: self.init(.badRequest, "A public key has at most \(OpenPGP.maximumKeyBytes) bytes.")
        case .unreadable: self.init(.badRequest, "This is no OpenPGP public key. Export it with 'gpg --export KEY'.")
        case .severalKeys: self.init(.badRequest, "These are several keys. Register each with a command of its own.")
        case .secret:
            self.init(
                .badRequest, "This is a secret key, which nobody but you should have. Export the public one.")
        }
    }
}
