import Accounts
import Blobs
import Foundation
import HallmarkTesting
import Logging
import Persistence
import RegistryModel

/// Accounts with confirmed addresses, and what notices need.
struct MailDesk: Sendable {
    let core: AccountCore
    let clock: ManualClock
    let driver: any SQLDriver

    /// Adds an account with confirmed addresses.
    @discardableResult
    func account(_ name: String, addresses: [String] = []) async throws -> Int64 {
        let id = core.ids.next()
        let user = UserRecord(
            id: id, name: name, email: "\(name)@example.org", isAdministrator: false, createdAt: clock.now())
        let now = clock.now()
        let ids = core.ids
        try await driver.write { connection in
            try UserStore(connection).insert(user, nameKey: name.lowercased())
            for address in addresses {
                try connection.execute(
                    """
                    INSERT INTO user_emails (id, user_id, address, address_key, domain, is_primary, created_at, verified_at)
                    VALUES (\(ids.next()), \(id), \(address), \(address.lowercased()),
                        \(MailAddress.domain(of: address) ?? ""), \(address == addresses[0]), \(now), \(now))
                    """)
            }
        }
        return id
    }

    /// Tells an account of something.
    func post(_ notice: Notice, to userID: Int64) async throws {
        let notices = core.notices
        try await driver.write { try notices.post(notice, to: userID, on: $0) }
    }

    func queue(_ mailer: (any Mailer)?) -> MailQueue {
        MailQueue(core: core, mailer: mailer, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Runs `body` with a fresh database.
func withMailDesk(
    _ backend: TestBackend, _ body: @Sendable (MailDesk) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let random = SystemRandomSource()
    let key = try MasterKey.load(path: folder.appending(path: "key").path(percentEncoded: false), random: random)
    try await withDatabase(backend, migrations: Migration.all) { driver in
        let clock = ManualClock()
        let core = AccountCore(
            driver: driver, clock: clock, random: random, ids: RowIDs(clock: clock), secrets: key,
            policy: AccountPolicy(), publicURL: "https://registry.example")
        try await body(MailDesk(core: core, clock: clock, driver: driver))
    }
}
