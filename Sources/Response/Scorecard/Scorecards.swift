package import Persistence
package import RegistryModel

/// The last assessment of this instance, and what only its database can tell about it.
package struct Scorecards: Sendable {
    private let driver: any SQLDriver
    private let clock: any WallClock

    /// The row of `settings` that holds the last assessment.
    private static let place = "scorecard"

    /// Works on that database.
    package init(driver: any SQLDriver, clock: any WallClock) {
        self.driver = driver
        self.clock = clock
    }

    /// The last assessment, where there was one.
    package func last() async throws -> Scorecard? {
        let bytes = try await driver.read { try SettingStore($0).find(Self.place) }
        guard let bytes, let value = try? JSONValue.parse(bytes) else { return nil }
        return Scorecard(stored: value)
    }

    /// Keeps an assessment as the last one, and tells other nodes that pages have changed.
    package func keep(_ scorecard: Scorecard) async throws {
        let bytes = scorecard.stored.bytes()
        try await driver.write { connection in
            try SettingStore(connection).put(Self.place, bytes)
            try ChangeAnnouncement(connection).announceEverything()
        }
    }

    /// How many operator tokens could be used now.
    package func liveOperatorTokens() async throws -> Int64 {
        let now = clock.now()
        return try await driver.read { try TokenStore($0).countLive(kind: .operatorToken, now: now) }
    }
}
