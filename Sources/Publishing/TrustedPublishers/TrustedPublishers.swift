package import Accounts
import Formats
import Persistence
package import RegistryModel

/// Who may publish a project without a long-lived token, managed by its owners: PYPI-1.
package struct TrustedPublishers: Sendable {
    /// How many publishers a project may have.
    static let maximumPerProject = 20
    /// How many a user may have pending, and for how long.
    static let maximumPending = 20
    package static let pendingSeconds: Int64 = 30 * 86_400

    private let lifecycle: Lifecycle
    private let trust: TrustedPublishing

    /// Manages the publishers that `trust` gives tokens to.
    package init(lifecycle: Lifecycle, trust: TrustedPublishing) {
        self.lifecycle = lifecycle
        self.trust = trust
    }

    private var core: RegistryCore { lifecycle.core }

    /// A project's publishers, for its owners.
    package func list(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> [TrustedPublisher] {
        try await lifecycle.authorize(ecosystem, name: name, .manage, by: principal)
        let coordinates = try core.coordinates(ecosystem, name)
        return try await core.driver.read { connection in
            guard let project = try ProjectStore(connection).find(coordinates) else { return [] }
            return try TrustedPublisherStore(connection).list(projectID: project.id)
        }
    }

    /// Adds a publisher to a project.
    /// - Throws: ``Problem/Code/notOwner``, ``Problem/Code/badRequest``, ``Problem/Code/conflict``,
    ///   ``Problem/Code/publisherLimit``.
    package func add(
        _ ecosystem: EcosystemID, name: String, _ wish: TrustedPublisherWish, by principal: Principal,
        origin: NoticeOrigin? = nil
    ) async throws -> TrustedPublisher {
        try await lifecycle.authorize(ecosystem, name: name, .manage, by: principal)
        let draft = try await draft(ecosystem, name, wish, by: principal)
        let notices = trust.core.notices
        let id = core.ids.next()
        try await lifecycle.change(ecosystem, name, action: .manage, by: principal) { scope in
            let store = TrustedPublisherStore(scope.connection)
            guard try store.mayUse(issuer: draft.issuer, forProject: scope.project.id) else { throw Self.bound(draft) }
            let others = try store.list(projectID: scope.project.id)
            guard !others.contains(where: { $0.isSame(as: draft) }) else { throw Self.twice(draft) }
            guard others.count < Self.maximumPerProject else {
                throw Problem(
                    .publisherLimit,
                    "'\(scope.project.name.display)' has \(Self.maximumPerProject) trusted publishers, which is all it may."
                )
            }
            try store.insert(draft.numbered(id, project: scope.project))
            try scope.finish("trusted-publisher.added", draft.details)
            try scope.tellOwners(.trustedPublisherAdded, draft, notices, origin)
        }
        return draft.numbered(id, project: nil)
    }

    /// Removes a publisher; the tokens that it was given end at once.
    /// - Throws: ``Problem/Code/notOwner``, ``Problem/Code/notFound``.
    package func remove(
        _ ecosystem: EcosystemID, name: String, id: Int64, by principal: Principal, origin: NoticeOrigin? = nil
    ) async throws {
        let notices = trust.core.notices
        try await lifecycle.change(ecosystem, name, action: .manage, by: principal) { scope in
            let store = TrustedPublisherStore(scope.connection)
            guard let publisher = try store.find(id), publisher.projectID == scope.project.id,
                try store.remove(id, at: scope.at)
            else { throw Self.unknown }
            try scope.finish("trusted-publisher.removed", publisher.details)
            try scope.tellOwners(.trustedPublisherRemoved, publisher, notices, origin)
        }
    }

    /// A publisher as it is wished for, checked.
    private func draft(
        _ ecosystem: EcosystemID, _ name: String, _ wish: TrustedPublisherWish, by principal: Principal
    ) async throws -> TrustedPublisher {
        guard principal.kind != .trustedPublisher else {
            throw Problem(.forbidden, "A trusted publisher publishes, and changes no settings.")
        }
        let project = try core.format(ecosystem).projectName(name)
        let (provider, issuer) = try await trust.choose(wish.provider, issuer: wish.issuer)
        var settings = try wish.checked(by: provider)
        settings = try await trust.withOwnerID(settings, provider: provider)
        return TrustedPublisher(
            id: 0, ecosystem: ecosystem, name: project.display, nameKey: project.key, projectID: nil,
            provider: provider.id, issuer: issuer, lookup: provider.lookup(settings),
            environment: try wish.checkedEnvironment(of: provider), settings: settings, createdBy: principal.userID,
            creator: principal.userName, createdAt: core.clock.now())
    }

    static let unknown = Problem(.notFound, "There is no such trusted publisher.")

    private static func bound(_ publisher: TrustedPublisher) -> Problem {
        Problem(
            .forbidden,
            "The issuer '\(publisher.issuer)' speaks for the projects of one organization, and '\(publisher.name)' is none of "
                + "them.")
    }

    private static func twice(_ publisher: TrustedPublisher) -> Problem {
        Problem(.conflict, "'\(publisher.name)' has this trusted publisher already.")
    }
}

extension TrustedPublishers {
    /// Somebody's pending publishers.
    package func pending(by principal: Principal) async throws -> [TrustedPublisher] {
        let now = core.clock.now()
        return try await core.driver.read { try TrustedPublisherStore($0).pending(userID: principal.userID) }
            .filter { $0.expiresAt.map { $0 > now } ?? true }
    }

    /// Adds a publisher for a project that does not exist: its first publish creates it, for the principal as its owner.
    ///
    /// It reserves nothing: whoever publishes the name first has it. It holds for 30 days.
    /// - Throws: ``Problem/Code/conflict`` where there is such a project, ``Problem/Code/publisherLimit``,
    ///   ``Problem/Code/badRequest``, ``Problem/Code/nameInvalid``.
    package func addPending(
        _ ecosystem: EcosystemID, name: String, _ wish: TrustedPublisherWish, by principal: Principal,
        origin: NoticeOrigin? = nil
    ) async throws -> TrustedPublisher {
        guard principal.kind == .session || principal.kind == .token else {
            throw Problem(.forbidden, "A pending publisher belongs to somebody who acts for themselves.")
        }
        let format = try core.format(ecosystem)
        let project = try format.projectName(name)
        guard principal.mayUse(.manage, ecosystem: ecosystem, nameKey: project.key) else {
            throw Problem(.insufficientScope, "This token of \(principal.userName) does not cover 'manage' here.")
        }
        var draft = try await draft(ecosystem, name, wish, by: principal)
        draft.expiresAt = draft.createdAt.advanced(bySeconds: Self.pendingSeconds)
        let publisher = draft.numbered(core.ids.next(), project: nil)
        let rules = PublishRules(core: core, format: format, principal: principal, name: project)
        let notices = trust.core.notices
        try await core.driver.write { connection in
            guard try rules.existingProject(connection) == nil else {
                throw Problem(.conflict, "'\(name)' exists already; its owners add trusted publishers to it.")
            }
            try rules.checkNewProject(connection)
            let store = TrustedPublisherStore(connection)
            guard try store.mayUse(issuer: publisher.issuer, forProject: nil) else { throw Self.bound(publisher) }
            let others = try store.pending(userID: principal.userID).filter {
                $0.expiresAt.map { $0 > publisher.createdAt } ?? true
            }
            guard !others.contains(where: { $0.isSame(as: publisher) }) else { throw Self.twice(publisher) }
            guard others.count < Self.maximumPending else {
                throw Problem(
                    .publisherLimit, "You have \(Self.maximumPending) pending publishers, which is all you may.")
            }
            try store.insert(publisher)
            try EventStore(connection).insert(publisher.event("trusted-publisher.pending", by: principal, core))
            try notices.post(
                Notice(.trustedPublisherAdded, publisher.words, origin: origin), to: principal.userID, on: connection)
        }
        return publisher
    }

    /// Removes a pending publisher of the principal's.
    /// - Throws: ``Problem/Code/notFound``.
    package func removePending(id: Int64, by principal: Principal) async throws {
        let now = core.clock.now()
        try await core.driver.write { [core] connection in
            let store = TrustedPublisherStore(connection)
            guard let publisher = try store.find(id), publisher.isPending, publisher.createdBy == principal.userID,
                principal.kind != .trustedPublisher,
                principal.mayUse(.manage, ecosystem: publisher.ecosystem, nameKey: publisher.nameKey),
                try store.remove(id, at: now)
            else { throw Self.unknown }
            try EventStore(connection).insert(publisher.event("trusted-publisher.removed", by: principal, core))
        }
    }
}

extension TrustedPublisher {
    /// Whether another one says the same.
    fileprivate func isSame(as other: TrustedPublisher) -> Bool {
        nameKey == other.nameKey && ecosystem == other.ecosystem && provider == other.provider && issuer == other.issuer
            && environment == other.environment && settings == other.settings
    }

    fileprivate func numbered(_ id: Int64, project: Project?) -> TrustedPublisher {
        TrustedPublisher(
            id: id, ecosystem: ecosystem, name: project?.name.display ?? name, nameKey: project?.name.key ?? nameKey,
            projectID: project?.id, provider: provider, issuer: issuer, lookup: lookup, environment: environment,
            settings: settings, createdBy: createdBy, creator: creator, createdAt: createdAt, expiresAt: expiresAt)
    }

    /// What events say of it: nothing that names a person.
    fileprivate var details: [(String, JSONValue)] {
        let shown = settings.filter { $0.key != "email" && $0.key != "actor_id" }
        return [
            ("provider", .string(provider)), ("issuer", .string(issuer)), ("environment", .string(environment)),
            ("settings", .texts(shown)),
        ]
    }

    /// What notices say of it.
    fileprivate var words: [String: String] {
        [
            "project": name, "ecosystem": ecosystem.rawValue, "provider": provider, "publisher": lookup,
            "environment": environment,
        ]
    }

    fileprivate func event(_ kind: String, by principal: Principal, _ core: RegistryCore) -> Event {
        Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: principal.userName, via: principal.kind,
            projectID: nil, visibility: .private,
            details: [("ecosystem", .string(ecosystem.rawValue)), ("project", .string(name))] + details)
    }
}

extension ChangeScope {
    /// Tells all owners of the project.
    fileprivate func tellOwners(
        _ kind: Notice.Kind, _ publisher: TrustedPublisher, _ notices: Notices, _ origin: NoticeOrigin?
    ) throws {
        var words = publisher.words
        words["by"] = principal.userName
        for owner in try Roles(core: core, connection: connection).ownerIDs(project) {
            let origin = owner == principal.userID ? origin : nil
            try notices.post(Notice(kind, words, origin: origin), to: owner, on: connection)
        }
    }
}
