import Logging
package import RegistryModel

/// What makes a password fit, and whether one is right.
package struct PasswordRules: Sendable {
    private let policy: AccountPolicy
    let hasher: PasswordHasher
    private let leaks: (any LeakedPasswordSource)?
    private let logger = Logger(label: "hallmark.accounts")

    /// `leaks` is nil where leaked passwords are not looked for.
    package init(core: AccountCore, hasher: PasswordHasher, leaks: (any LeakedPasswordSource)?) {
        policy = core.policy
        self.hasher = hasher
        self.leaks = leaks
    }

    /// Checks a new password and hashes it: long enough, without the account's name, and not leaked (AUTHN-2.4).
    ///
    /// There are no rules on composition, and every character but controls is taken.
    /// Throws ``Problem/Code/passwordUnfit`` and ``Problem/Code/passwordLeaked``.
    package func newHash(_ raw: String, userName: String) async throws -> String {
        guard let password = PasswordText(raw) else {
            throw Problem(
                .passwordUnfit,
                "A password has at most \(PasswordText.maximumBytes) bytes and no control characters.")
        }
        guard password.count >= policy.passwordCharacters else {
            throw Problem(
                .passwordUnfit,
                "Choose a password of at least \(policy.passwordCharacters) characters; this one has \(password.count)."
            )
        }
        guard !password.contains(name: userName) else {
            throw Problem(.passwordUnfit, "Choose a password that does not contain your account's name.")
        }
        guard await !isLeaked(password) else {
            throw Problem(
                .passwordLeaked,
                "This password is in a list of leaked ones, so others will try it. Choose one that you use nowhere else."
            )
        }
        return try await hasher.hash(password.bytes)
    }

    /// Whether a password is the one of a hash; takes as long without one.
    package func isRight(_ raw: String, hash: String?) async throws -> Bool {
        guard let password = PasswordText(raw) else {
            // What cannot be a password takes as long as what can.
            _ = try await hasher.verify([0x20], against: nil)
            return false
        }
        return try await hasher.verify(password.bytes, against: hash)
    }

    /// Whether a right password is known to have leaked.
    ///
    /// A list that cannot be asked is logged and locks nobody out.
    package func isLeaked(_ raw: String) async -> Bool {
        guard let password = PasswordText(raw) else { return false }
        return await isLeaked(password)
    }

    /// A newer hash where the old one costs too little, else nil.
    package func renewed(_ raw: String, hash: String) async throws -> String? {
        guard hasher.isOutdated(hash), let password = PasswordText(raw) else { return nil }
        return try await hasher.hash(password.bytes)
    }

    private func isLeaked(_ password: PasswordText) async -> Bool {
        guard let leaks else { return false }
        let digest = password.sha1
        do {
            let answer = try await leaks.range(String(digest.prefix(5)))
            return Self.lists(digest.dropFirst(5), in: answer)
        } catch {
            logger.warning(
                "The list of leaked passwords cannot be asked; passwords are taken unchecked meanwhile.",
                metadata: ["fault": "\(error)"])
            return false
        }
    }

    /// Whether a suffix is among `suffix:count` lines; a count of 0 is padding.
    static func lists(_ suffix: Substring, in answer: String) -> Bool {
        answer.utf8.split { $0 == 0x0A || $0 == 0x0D }.contains { line in
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, Substring(first).uppercased() == suffix else { return false }
            return parts.count < 2 || Int(Substring(parts[1]).filter { $0 != " " }) != 0
        }
    }
}
