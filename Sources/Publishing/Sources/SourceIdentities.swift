import Accounts
import Formats
import Persistence
package import RegistryModel

/// Holds projects to the very repository that they named first, not only to its address (PACKAGIST-2).
///
/// Whoever gets hold of a name that was given up on a code host has its address, but not its number there. Where the number
/// behind a project's address changes, the project takes no releases until an owner or the operator has confirmed it.
package struct SourceIdentities: ReleaseVerifier {
    private let core: RegistryCore
    private let hosts: [CodeHostAPI]
    private let pages: any PageFetcher

    /// How long an answer is good enough for a release.
    private static let fresh: Int64 = 600
    /// After how many seconds it is looked at again: an answer, and where there was none.
    private static let interval: Int64 = 7 * 86_400
    private static let retry: Int64 = 86_400
    /// For how long a node has a project that it looks at for itself.
    private static let lease: Int64 = 3600

    /// Asks `hosts` through `pages`.
    package init(core: RegistryCore, hosts: [CodeHostAPI], pages: any PageFetcher) {
        self.core = core
        self.hosts = hosts
        self.pages = pages
    }

    /// Looks at a release's repository again before it is taken; no answer is no refusal, as the schedule asks again.
    package func verify(
        _ submission: Submission, manifest: Manifest, by principal: Principal
    ) async throws -> [String] {
        let format = try core.format(submission.ecosystem)
        guard let named = format.sourcePin(of: manifest), let api = api(of: named) else { return [] }
        let coordinates = ProjectCoordinates(ecosystem: submission.ecosystem, nameKey: manifest.name.key)
        let now = core.clock.now()
        let held = try await core.driver.read { connection -> HeldSource? in
            try ProjectStore(connection).find(coordinates).flatMap { try SourcePinStore(connection).find($0.id) }
        }
        guard let held, !held.isFrozen, held.pin.key == named.key, let known = held.repositoryID else { return [] }
        if let last = held.checkedAt, now < last.advanced(bySeconds: Self.fresh) { return [] }
        let identity = try await ask(api, held.pin)
        if case .found(let id) = identity, id != known {
            if !submission.isDryRun { try await note(identity, held, by: principal) }
            throw Self.mismatch(manifest.name.display, held.pin, known: known, found: id)
        }
        if !submission.isDryRun { try await note(identity, held, by: principal) }
        return []
    }

    /// Looks at every project whose time has come.
    /// - Returns: How many were looked at, and how many of them take no releases from now on.
    package func checkDue() async throws -> (looked: Int, frozen: Int) {
        var looked = 0
        var frozen = 0
        while !Task.isCancelled {
            let at = core.clock.now()
            let due = try await core.driver.write { connection in
                let store = SourcePinStore(connection)
                let due = try store.due(at: at, limit: 20)
                for held in due { try store.postpone(held.projectID, until: at.advanced(bySeconds: Self.lease)) }
                return due
            }
            guard !due.isEmpty else { break }
            for held in due {
                let identity = try await api(of: held.pin).asyncMap { try await ask($0, held.pin) }
                if try await note(identity ?? .unknown("no host"), held, by: Self.keeper) { frozen += 1 }
                looked += 1
            }
        }
        return (looked, frozen)
    }

    static func mismatch(_ name: String, _ pin: SourcePin, known: String, found: String) -> Problem {
        Problem(
            .sourceMismatch,
            "The repository at \(Problem.excerpt(pin.address)) is another one than '\(name)' came from: its host calls it "
                + "\(Problem.excerpt(found)), and called it \(Problem.excerpt(known)) before. The project takes no "
                + "releases until an owner has confirmed the repository.")
    }

    private static let keeper = Principal(
        userID: 0, userName: "hallmark", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    private func api(of pin: SourcePin) -> CodeHostAPI? {
        hosts.first { $0.address(of: pin) != nil }
    }

    private func ask(_ api: CodeHostAPI, _ pin: SourcePin) async throws -> RepositoryIdentity {
        guard let address = api.address(of: pin) else { return .unknown("no repository has that path") }
        do {
            return api.read(try await pages.fetch(address, limit: CodeHostAPI.limit))
        } catch FetchFault.refused(let reason), FetchFault.unreachable(let reason) {
            return .unknown(reason)
        } catch let problem as Problem where problem.code == .overloaded {
            return .unknown("too much waits")
        }
    }

    /// Writes down what was found.
    /// - Returns: Whether the project takes no releases from now on.
    @discardableResult
    private func note(
        _ identity: RepositoryIdentity, _ seen: HeldSource, by principal: Principal
    ) async throws -> Bool {
        let at = core.clock.now()
        return try await core.driver.write { [core] connection in
            let store = SourcePinStore(connection)
            // Somebody may have confirmed another meanwhile.
            guard let held = try store.find(seen.projectID), held.pin.key == seen.pin.key, !held.isFrozen,
                held.repositoryID == seen.repositoryID,
                let project = try ProjectStore(connection).find(id: seen.projectID)
            else { return false }
            let freezing = SourceFreezing(core: core, connection: connection, project: project, at: at)
            switch identity {
            case .found(let id):
                if let known = held.repositoryID, known != id {
                    try freezing.freeze(held, found: id, by: principal)
                    return true
                }
                try store.identify(project.id, as: id, at: at, next: at.advanced(bySeconds: Self.interval))
                if held.repositoryID == nil { try freezing.recordIdentity(held.pin, id, by: principal) }
            case .absent, .unknown:
                let isAsked = self.api(of: held.pin) != nil
                let next = at.advanced(bySeconds: isAsked ? Self.retry : Self.interval)
                try store.miss(project.id, at: at, next: next)
            }
            return false
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async throws -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}
