package import Persistence
package import RegistryModel

/// The instance's secret that challenges are made with: 32 bytes, the same on every node, sealed in the database.
package struct AccountKey: Sendable {
    let bytes: [UInt8]

    /// The name of the setting, which is sealed with the master key.
    package static let setting = "account-key"

    /// Wraps bytes that are known; for tests.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the key, or makes it; two nodes that start at once agree.
    package static func load(
        _ driver: any SQLDriver, secrets: any SecretBox, random: any RandomSource
    ) async throws -> AccountKey {
        let fresh = try secrets.seal(random.bytes(32), for: setting)
        let sealed = try await driver.write { try SettingStore($0).establish(setting, fresh) }
        return AccountKey(try secrets.open(sealed, for: setting))
    }
}
