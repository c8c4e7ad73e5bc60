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
    /// - Returns: How many projects were looked at.
    @discardableResult
    package func run() async throws -> Int {
        guard try await driver.read({ try SettingStore($0).find(Self.mark) }) != nil else { return 0 }
        var count = 0
        while let done = try await driver.write({ try Self.advance($0) }) { count += done }
        return count
    }

    /// Writes the next projects' entries; nil where there are none left.
    private static func advance(_ connection: any SQLConnection) throws -> Int? {
        let settings = SettingStore(connection)
        guard let text = try settings.find(mark) else { return nil }
        let last = Int64(String(decoding: text, as: UTF8.self)) ?? 0
        let rows = try connection.query("SELECT * FROM projects WHERE id > \(last) ORDER BY id LIMIT \(step)")
        guard let newest = rows.last else {
            try settings.remove(mark)
            return nil
        }
        for row in rows {
            let project = try ProjectStore.record(row)
            guard project.latestVersion != nil, project.status != .quarantined else { continue }
            let members = project.visibility == .public ? [] : try ProjectStore(connection).members(project.id)
            try SearchIndex(connection).put(
                SearchEntry(
                    projectID: project.id, name: project.name.display, nameKey: project.name.key,
                    summary: project.summary ?? "",
                    keywords: try row.text("keywords").split(separator: "\n").map(String.init),
                    ecosystem: project.ecosystem, visibility: project.visibility, members: members.map(\.userID)))
        }
        try settings.replace(mark, Array(String(try newest.int("id")).utf8))
        return rows.count
    }
}
