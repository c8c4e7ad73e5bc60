import HTTPSupport
import Logging
import Persistence
import RegistryModel

/// Keeps a node's cache in step with changes that other processes commit.
///
/// PostgreSQL announces each changed project inside the transaction that changes it; while the listening connection is
/// down the cache is not trusted. SQLite's other processes (the command line) only move the database's data version,
/// which is polled; then everything goes.
struct ChangeFollower: Sendable {
    let driver: any SQLDriver
    let databaseURL: String
    let cache: ResponseCache
    let logger: Logger

    /// How often SQLite's data version is looked at.
    private static let interval = Duration.milliseconds(250)

    /// Follows until the task is cancelled.
    func run() async throws {
        if let sqlite = driver as? SQLiteDriver {
            try await poll(sqlite)
        } else {
            try await listen()
        }
    }

    private func poll(_ driver: SQLiteDriver) async throws {
        var known = try await driver.dataVersion()
        var isFollowing = true
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            do {
                let current = try await driver.dataVersion()
                if current != known || !isFollowing { cache.setTrusted(true) }
                known = current
                isFollowing = true
            } catch {
                if isFollowing { logger.warning("The database's data version cannot be read: \(error)") }
                isFollowing = false
                cache.setTrusted(false)
            }
        }
    }

    private func listen() async throws {
        cache.setTrusted(false)
        let listener = try PostgresListener(url: databaseURL) { [cache, logger] event in
            switch event {
            case .notification(let payload):
                if let coordinates = ChangeAnnouncement.coordinates(payload) {
                    cache.invalidate(coordinates)
                } else {
                    cache.removeAll()
                }
            case .lost:
                logger.warning("The connection that announces changes is lost; the cache is off until it is back.")
                cache.setTrusted(false)
            case .restored: cache.setTrusted(true)
            }
        }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        await listener.shutdown()
    }
}
