package import RegistryModel

/// The metadata and keys of issuers, kept in memory for a while.
///
/// Keys are fetched anew after an hour, and where a token names one that is not there, at most once a minute for each
/// issuer; many that ask at once wait for one fetch. What cannot be fetched stays as it was, for a day: then the issuer
/// might have withdrawn a key without us knowing.
package actor IssuerDirectory {
    private struct Entry {
        let metadata: IssuerMetadata
        let keys: [IssuerKey]
        let fetchedAt: Timestamp
    }

    private let fetcher: any ServiceFetcher
    private let clock: any WallClock
    private var entries: [String: Entry] = [:]
    private var attempts: [String: (at: Timestamp, fault: IdentityTokenFault?)] = [:]
    private var running: [String: Task<IdentityTokenFault?, Never>] = [:]

    private static let freshSeconds: Int64 = 3600
    private static let keptSeconds: Int64 = 86_400
    private static let pauseSeconds: Int64 = 60
    /// After a fetch that failed, the next is tried sooner.
    private static let retrySeconds: Int64 = 10
    private static let maximumIssuers = 256
    private static let maximumKeys = 100
    private static let maximumBytes = 256 << 10

    /// Fetches through `fetcher`.
    package init(fetcher: any ServiceFetcher, clock: any WallClock) {
        self.fetcher = fetcher
        self.clock = clock
    }

    /// The key of that name; without a name the only one for that algorithm.
    func key(_ id: String?, algorithm: String, of issuer: String) async throws(IdentityTokenFault) -> IssuerKey {
        if let entry = entries[issuer], age(entry) < Self.freshSeconds,
            let key = Self.key(id, algorithm: algorithm, in: entry.keys)
        {
            return key
        }
        let fault = await refresh(issuer)
        guard let entry = entries[issuer], age(entry) < Self.keptSeconds else {
            throw fault ?? .issuerUnavailable("its keys are too old")
        }
        guard let key = Self.key(id, algorithm: algorithm, in: entry.keys) else { throw fault ?? .unknownKey }
        return key
    }

    /// What the issuer says about itself.
    func metadata(of issuer: String) async throws(IdentityTokenFault) -> IssuerMetadata {
        if let entry = entries[issuer], age(entry) < Self.freshSeconds { return entry.metadata }
        let fault = await refresh(issuer)
        guard let entry = entries[issuer], age(entry) < Self.keptSeconds else {
            throw fault ?? .issuerUnavailable("what it says about itself is too old")
        }
        return entry.metadata
    }

    private static func key(_ id: String?, algorithm: String, in keys: [IssuerKey]) -> IssuerKey? {
        guard let id else {
            let fitting = keys.filter { $0.algorithm == algorithm }
            return fitting.count == 1 ? fitting.first : nil
        }
        return keys.first { $0.id == id }
    }

    private func age(_ entry: Entry) -> Int64 { clock.now().seconds - entry.fetchedAt.seconds }

    /// Fetches unless that was done just before.
    /// - Returns: Why the last fetch failed; nil where it did not.
    private func refresh(_ issuer: String) async -> IdentityTokenFault? {
        if let task = running[issuer] { return await task.value }
        let now = clock.now()
        if let last = attempts[issuer] {
            let pause = last.fault == nil ? Self.pauseSeconds : Self.retrySeconds
            guard now.seconds - last.at.seconds >= pause else { return last.fault }
        }
        attempts[issuer] = (now, nil)
        let task = Task { await self.fetch(issuer, at: now) }
        running[issuer] = task
        let fault = await task.value
        running[issuer] = nil
        attempts[issuer] = (now, fault)
        forgetSome()
        return fault
    }

    private func fetch(_ issuer: String, at now: Timestamp) async -> IdentityTokenFault? {
        do {
            guard let address = IssuerMetadata.address(of: issuer) else {
                return .issuerUnavailable("'\(issuer.prefix(200))' is no address")
            }
            guard let metadata = IssuerMetadata(try await document(address), issuer: issuer) else {
                return .issuerUnavailable("what it says about itself does not fit")
            }
            let keys = try await document(metadata.keysAddress)["keys"]?.arrayValue ?? []
            let usable = keys.prefix(Self.maximumKeys).compactMap(IssuerKey.init)
            guard !usable.isEmpty else { return .issuerUnavailable("it has no key that can be used") }
            entries[issuer] = Entry(metadata: metadata, keys: usable, fetchedAt: now)
            return nil
        } catch {
            return .issuerUnavailable("\(error)")
        }
    }

    private func document(_ address: String) async throws -> JSONValue {
        let answer = try await fetcher.send(
            ServiceRequest(
                address: address, fields: ["Accept": "application/json"], limit: Self.maximumBytes, redirects: 0))
        guard answer.status == 200 else { throw FetchFault.unreachable("'\(address)' answered \(answer.status)") }
        return try JSONValue.parse(answer.body, maximumBytes: Self.maximumBytes, maximumDepth: 16)
    }

    /// Issuers come from a table, so this is only a belt: those that were asked longest ago go.
    private func forgetSome() {
        guard attempts.count > Self.maximumIssuers else { return }
        let old = attempts.sorted { $0.value.at < $1.value.at }.prefix(Self.maximumIssuers / 4)
        for (issuer, _) in old where running[issuer] == nil {
            attempts[issuer] = nil
            entries[issuer] = nil
        }
    }
}
