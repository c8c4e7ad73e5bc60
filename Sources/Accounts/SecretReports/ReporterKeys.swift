import Logging
import Persistence
import RegistryModel

/// The keys of reporters: given, or fetched and kept for a day.
///
/// A key that is not known is looked for again at most once a minute on all nodes together, so that nobody can make this
/// registry ask a reporter again and again. When fetching fails, the old keys stay.
struct ReporterKeys: Sendable {
    static let keptSeconds: Int64 = 86_400
    static let pauseSeconds: Int64 = 60
    private static let maximumKeys = 100

    let core: AccountCore
    let fetcher: any ServiceFetcher

    /// A reporter's current key with that id.
    func key(_ id: String, of reporter: SecretReporter) async throws -> SecretReporter.Key? {
        let now = core.clock.now()
        let known = reporter.keys.first { $0.id == id }
        guard let url = reporter.keysURL else { return known.flatMap { $0.isCurrent ? $0 : nil } }
        let age = reporter.fetchedAt.map { now.seconds - $0.seconds } ?? .max
        let isStale = age >= Self.keptSeconds
        guard isStale || known == nil && age >= Self.pauseSeconds else {
            return known.flatMap { $0.isCurrent ? $0 : nil }
        }
        let fetched = await fetch(url)
        let keys = fetched ?? reporter.keys
        // Also a failure counts, or else every report would try again.
        try await core.driver.write { try SecretReporterStore($0).setKeys(keys, of: reporter.id, at: now) }
        return keys.first { $0.id == id && $0.isCurrent }
    }

    /// What the address gives, or nil where it gives no list of keys.
    func fetch(_ url: String) async -> [SecretReporter.Key]? {
        do {
            let answer = try await fetcher.send(ServiceRequest(address: url, fields: ["Accept": "application/json"]))
            guard answer.status == 200, let value = try? JSONValue.parse(answer.body, maximumDepth: 8) else {
                return nil
            }
            let keys = (value["public_keys"]?.arrayValue ?? []).prefix(Self.maximumKeys).compactMap { entry in
                Self.key(entry)
            }
            return keys.isEmpty ? nil : keys
        } catch {
            Logger(label: "hallmark.secrets").warning("The keys of '\(url)' cannot be fetched: \(error)")
            return nil
        }
    }

    private static func key(_ entry: JSONValue) -> SecretReporter.Key? {
        guard let id = entry["key_identifier"]?.stringValue, let pem = entry["key"]?.stringValue,
            ReportSignature.isKey(pem)
        else { return nil }
        return SecretReporter.Key(id: id, pem: pem, isCurrent: entry["is_current"]?.boolValue ?? false)
    }
}
