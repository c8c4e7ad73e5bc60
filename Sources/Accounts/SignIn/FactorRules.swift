import Persistence
import RegistryModel

/// What must remain when a factor goes.
struct FactorRules {
    let core: AccountCore

    /// Asks that an account still can sign in, and has a second factor where the policy requires one (AUTHN-3.2).
    ///
    /// Runs after the removal, inside its transaction. Throws ``Problem/Code/conflict``.
    func requireRest(userID: Int64, on connection: any SQLConnection) throws {
        let accounts = AccountStore(connection)
        let standing = try accounts.standing(userID: userID)
        guard standing.hasSecondFactor || core.policy.secondFactor == .optional else {
            throw Problem(
                .conflict, "This is your last second factor, and this registry asks for one. Add another first.")
        }
        let hasPasskey = try SecurityKeyStore(connection).list(userID: userID).contains(where: \.isDiscoverable)
        let hasPassword = try accounts.signIn(userID: userID)?.passwordHash != nil
        guard try hasPassword || hasPasskey || accounts.hasIdentity(userID: userID) else {
            throw Problem(
                .conflict, "Without this you could not sign in any more. Set a password or add a passkey first.")
        }
    }
}

/// What people call their factors.
enum FactorName {
    /// A name in one line of at most 64 characters.
    ///
    /// Throws ``Problem/Code/badRequest``.
    static func checked(_ raw: String) throws(Problem) -> String {
        let words = raw.split { $0.isWhitespace }.joined(separator: " ")
        let isPlain = words.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...64).contains(words.count), words.utf8.count <= 256, isPlain else {
            throw Problem(.badRequest, "Give it a name of 1 to 64 characters, such as 'Phone' or 'Blue key'.")
        }
        return words
    }
}
