import RegistryModel

/// Writes the search index anew after a migration that changed its form.
///
/// The migration leaves a mark; the rebuild works in steps that each move the mark on in their own transaction, so that
/// one that was broken off goes on where it stopped. Publishes that happen meanwhile write their own entries.
package struct SearchRebuild: Sendable {
    private static let mark = "search-rebuild"
    private static let step = 500

    private let driver: any SQLDriver

    /// Works on `driver`.
    package init(driver: any SQLDriver) {
        self.driver = driver
    }

    /// Rebuilds if there is a mark, and removes it.
    /// - Returns: Whether there was one.
    @discardableResult
    package func run() async throws -> Bool {
        guard try await driver.read({ try SettingStore($0).find(Self.mark) }) != nil else { return false }
        while try await driver.write({ try Self.advance($0) }) {}
        return true
    }

    /// Writes the next projects' entries; false where there are none left.
    private static func advance(_ connection: any SQLConnection) throws -> Bool {
        let settings = SettingStore(connection)
        guard let text = try settings.find(mark) else { return false }
        let done = Int64(String(decoding: text, as: UTF8.self)) ?? 0
        guard let last = try SearchIndex(connection).rebuild(after: done, limit: step) else {
            try settings.remove(mark)
            return false
        }
        try settings.replace(mark, Array(String(last).utf8))
        return true
    }
}
