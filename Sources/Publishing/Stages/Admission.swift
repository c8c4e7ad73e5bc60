import Formats
import Persistence
package import RegistryModel

/// What a request says before its body.
package struct UploadHead: Sendable {
    package let ecosystem: EcosystemID
    /// The project's name, where the path has it.
    package let name: String?
    /// The version, where the path has it.
    package let version: String?
    /// The length that the client announces.
    package let declaredBytes: Int?
    /// Whether the body is an archive of releases rather than one file of one.
    package let isBundle: Bool

    /// Collects what is known.
    package init(
        ecosystem: EcosystemID, name: String? = nil, version: String? = nil, declaredBytes: Int? = nil,
        isBundle: Bool = false
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.declaredBytes = declaredBytes
        self.isBundle = isBundle
    }
}

/// The permission to send a body.
///
/// Only admission makes one, and the spool opens only with one.
package struct UploadGrant: Sendable {
    package let principal: Principal
    package let ecosystem: EcosystemID
    /// How many bytes a file may have.
    package let byteLimit: Int
    /// The name for which everything was checked, where the head had one.
    let name: ProjectName?

    fileprivate init(principal: Principal, ecosystem: EcosystemID, byteLimit: Int, name: ProjectName?) {
        self.principal = principal
        self.ecosystem = ecosystem
        self.byteLimit = byteLimit
        self.name = name
    }
}

/// A submission whose publisher may publish it under that name and version.
struct AdmittedSubmission: Sendable {
    let submission: Submission
    let principal: Principal
    let format: any PackageFormat
    let name: ProjectName
    let version: ReleaseVersion
    let receivedAt: Timestamp

    fileprivate init(
        submission: Submission, principal: Principal, format: any PackageFormat, name: ProjectName,
        version: ReleaseVersion, receivedAt: Timestamp
    ) {
        self.submission = submission
        self.principal = principal
        self.format = format
        self.name = name
        self.version = version
        self.receivedAt = receivedAt
    }
}

/// The first stage: rights, limits and names.
///
/// Its answers come before the body where the path allows it, and again once the body has named the project.
struct Admission: Sendable {
    let core: RegistryCore

    func open(_ head: UploadHead, by principal: Principal) async throws -> UploadGrant {
        let format = try core.format(head.ecosystem)
        let limit = head.isBundle ? core.limits.bundleBytes : core.limits.fileBytes
        if let declared = head.declaredBytes, declared > limit {
            throw Problem(
                .tooLarge,
                "The upload is larger than the limit of \(limit) bytes a \(head.isBundle ? "bundle" : "file").")
        }
        guard principal.mayPublishSomewhere(in: head.ecosystem) else { throw Self.scopeProblem(principal) }
        let name = try head.name.map(format.projectName)
        if let name {
            try await checkProject(name, format: format, principal: principal)
            if let version = head.version { try await checkVersion(name, format.version(version), format) }
        } else if principal.isPersonal {
            // The body says for which project; what is asked of every account is asked before it.
            let now = core.clock.now()
            try await core.driver.read { [core] connection in
                try ActingRules(core, connection, at: now).requirePerson(principal)
            }
        }
        return UploadGrant(principal: principal, ecosystem: head.ecosystem, byteLimit: limit, name: name)
    }

    func admit(_ submission: Submission, with grant: UploadGrant) async throws -> AdmittedSubmission {
        guard submission.ecosystem == grant.ecosystem else {
            throw Problem(.forbidden, "The upload was granted for another ecosystem.")
        }
        let format = try core.format(submission.ecosystem)
        let name = try format.projectName(submission.name)
        let version = try format.version(submission.version)
        // What was answered before the body is not asked again; the answer that counts comes inside the transaction.
        if grant.name != name { try await checkProject(name, format: format, principal: grant.principal) }
        return AdmittedSubmission(
            submission: submission, principal: try await actor(grant.principal, name, format), format: format,
            name: name, version: version,
            receivedAt: core.clock.now())
    }

    /// Who answers for the publish, now that the project is known.
    private func actor(_ principal: Principal, _ name: ProjectName, _ format: any PackageFormat) async throws
        -> Principal
    {
        guard principal.kind == .trustedPublisher else { return principal }
        let now = core.clock.now()
        return try await core.driver.read { connection in
            try PublisherRights(connection: connection, principal: principal, now: now)
                .acting(on: name, format.ecosystem)
        }
    }

    private func checkProject(_ name: ProjectName, format: any PackageFormat, principal: Principal) async throws {
        guard principal.mayUse(.publish, ecosystem: format.ecosystem, nameKey: name.key) else {
            throw Self.scopeProblem(principal)
        }
        let actor = try await actor(principal, name, format)
        let rules = PublishRules(core: core, format: format, principal: actor, name: name)
        try await core.driver.read { connection in
            if let project = try rules.existingProject(connection) {
                try rules.check(project, connection)
            } else {
                try rules.checkNewProject(connection)
            }
        }
    }

    /// A version that is taken is refused before its bytes are sent.
    ///
    /// Whether they would have been the same bytes cannot be known yet; clients that put the version into the path do
    /// not repeat an upload.
    private func checkVersion(_ name: ProjectName, _ version: ReleaseVersion, _ format: any PackageFormat) async throws
    {
        guard format.atom == .release else { return }
        let coordinates = ProjectCoordinates(ecosystem: format.ecosystem, nameKey: name.key)
        let existing = try await core.driver.read { connection -> Release? in
            guard let project = try ProjectStore(connection).find(coordinates) else { return nil }
            return try ReleaseStore(connection).find(project.id, versionKey: version.key)
        }
        if existing != nil { throw Problem(.versionExists, "\(name.display) \(version.display) is already published.") }
    }

    private static func scopeProblem(_ principal: Principal) -> Problem {
        Problem(
            .insufficientScope,
            "This token of \(principal.userName) may not publish this. Use a token whose scope covers it.")
    }
}

extension Principal {
    /// Whether some scope allows publishing something in that ecosystem.
    fileprivate func mayPublishSomewhere(in ecosystem: EcosystemID) -> Bool {
        scopes.isEmpty
            || scopes.contains { $0.actions.contains(.publish) && ($0.ecosystem == nil || $0.ecosystem == ecosystem) }
    }
}
