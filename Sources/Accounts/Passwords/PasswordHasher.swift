import CArgon2
package import RegistryModel

/// Argon2id hashes of passwords ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)) in PHC form, computed on a bounded pool.
package struct PasswordHasher: Sendable {
    private let cost: Cost
    private let random: any RandomSource
    private let pool: any WorkPool

    /// What a hash costs.
    private struct Cost: Sendable {
        let kibibytes: UInt32
        let passes: UInt32
        let lanes: UInt32
    }

    /// Hashes with the policy's parameters.
    package init(policy: AccountPolicy, random: any RandomSource, pool: any WorkPool) {
        cost = Cost(kibibytes: policy.argonKibibytes, passes: policy.argonPasses, lanes: policy.argonLanes)
        self.random = random
        self.pool = pool
    }

    /// The hash of a password with a salt of its own.
    package func hash(_ password: [UInt8]) async throws -> String {
        let salt = random.bytes(16)
        let cost = cost
        return try await pool.run { try Self.hash(password, salt: salt, cost: cost) }
    }

    /// Whether a password is the one of a hash.
    ///
    /// Without a hash, one is computed all the same: who has no account waits as long as who has one.
    package func verify(_ password: [UInt8], against hash: String?) async throws -> Bool {
        let encoded = hash ?? dummy
        let isRight = try await pool.run {
            password.withUnsafeBytes { argon2id_verify(encoded, $0.baseAddress, $0.count) == ARGON2_OK.rawValue }
        }
        return isRight && hash != nil
    }

    /// Whether a hash costs less than the policy asks for by now.
    package func isOutdated(_ hash: String) -> Bool {
        let parts = hash.split(separator: "$")
        guard parts.count == 5, parts[0] == "argon2id", parts[1] == "v=19" else { return true }
        var found: [Substring: UInt32] = [:]
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=")
            if sides.count == 2 { found[sides[0]] = UInt32(sides[1]) }
        }
        guard let memory = found["m"], let passes = found["t"], let lanes = found["p"] else { return true }
        return memory < cost.kibibytes || passes < cost.passes || lanes < cost.lanes
    }

    /// A hash of the policy's cost that no password has: all of it is zero.
    private var dummy: String {
        let salt = String(repeating: "A", count: 22)
        let tag = String(repeating: "A", count: 43)
        return "$argon2id$v=19$m=\(cost.kibibytes),t=\(cost.passes),p=\(cost.lanes)$\(salt)$\(tag)"
    }

    private static func hash(_ password: [UInt8], salt: [UInt8], cost: Cost) throws -> String {
        let length = argon2_encodedlen(cost.passes, cost.kibibytes, cost.lanes, 16, 32, Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let outcome = password.withUnsafeBytes { password in
            salt.withUnsafeBytes { salt in
                argon2id_hash_encoded(
                    cost.passes, cost.kibibytes, cost.lanes, password.baseAddress, password.count, salt.baseAddress,
                    salt.count, 32, &encoded, length)
            }
        }
        guard outcome == ARGON2_OK.rawValue else {
            throw Problem(
                .internalError, "The password cannot be kept now. Try again later.",
                diagnostic: "argon2: \(String(cString: argon2_error_message(outcome)))")
        }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
