import Formats
import Foundation
import Persistence
import RegistryModel

/// Whether a publish waits, and where: asked inside the commit transaction.
struct StagingRules: Sendable {
    let core: RegistryCore
    let format: any PackageFormat
    let submission: Submission
    let principal: Principal
    /// Name and version, for people.
    let label: String
    /// The staging that was begun for this release and others.
    let bundle: Staging?
    let at: Timestamp

    /// Whether the release is to wait.
    func isWanted(_ project: Project, _ connection: any SQLConnection) throws -> Bool {
        try origin(project, connection) != nil
    }

    /// Starts the staging in which the release waits; nil where it is to be visible at once.
    func begin(_ project: Project, _ connection: any SQLConnection) throws -> Int64? {
        guard let origin = try origin(project, connection) else { return nil }
        let needsSecondPerson = try policy(project, connection) == .secondPerson
        if let bundle {
            if needsSecondPerson { try StagingStore(connection).requireSecondPerson(bundle.id, at: at) }
            return bundle.id
        }
        let staging = Staging(
            id: core.ids.next(), key: UUID().uuidString.lowercased(), ecosystem: format.ecosystem,
            label: (submission.staging?.label ?? label).limited(toScalars: 200), state: .staged, origin: origin,
            needsSecondPerson: needsSecondPerson, creatorID: principal.userID, creator: principal.userName,
            createdAt: at, changedAt: at, expiresAt: at.advanced(bySeconds: core.limits.stagingDays * 86_400),
            report: StagingReport())
        try StagingStore(connection).insert(staging)
        return staging.id
    }

    /// Takes a staging that was begun for releases which follow in this transaction.
    ///
    /// It comes first, so that whoever says meanwhile that the staging is worked on waits for the transaction, instead of
    /// making it begin anew at its end.
    /// - Throws: ``Problem/Code/conflict`` where it has come to an end.
    static func take(_ bundle: Staging, at: Timestamp, _ connection: any SQLConnection) throws {
        guard try StagingStore(connection).take(bundle.id, at: at) else {
            throw Problem(
                .conflict, "The deployment was given up before it was complete. Send it again.",
                diagnostic: "staging \(bundle.key) came to its end while it was worked on")
        }
    }

    /// Adds what the stages found in releases to their staging's report, which is written whole each time.
    static func note(
        _ found: [StagingReport.Release], in id: Int64, at: Timestamp, _ connection: any SQLConnection
    ) throws {
        let store = StagingStore(connection)
        guard !found.isEmpty, let staging = try store.find(id: id) else { return }
        var report = staging.report
        for release in found { report.merge(release) }
        try store.update(
            id, state: staging.state, needsSecondPerson: staging.needsSecondPerson, report: report, at: at)
    }

    /// Why the release waits; nil where it does not.
    private func origin(_ project: Project, _ connection: any SQLConnection) throws -> String? {
        if bundle != nil { return "bundle" }
        if submission.staging != nil { return "request" }
        if principal.alwaysStages { return "token" }
        return try policy(project, connection) == .direct ? nil : "policy"
    }

    /// Refuses a file of somebody else where a second person has to release: they would release their own with it.
    func checkJoining(_ id: Int64, _ project: Project, _ connection: any SQLConnection) throws {
        guard let staging = try StagingStore(connection).head(id: id), staging.creatorID != principal.userID else {
            return
        }
        let isSecondPerson = try policy(project, connection) == .secondPerson
        guard staging.needsSecondPerson || isSecondPerson else { return }
        throw Problem(
            .conflict,
            "\(label) is staged by \(staging.creator), and policy asks for a second person to release it. Only "
                + "\(staging.creator) may add to it.")
    }

    private func policy(_ project: Project, _ connection: any SQLConnection) throws -> StagingPolicy {
        try Self.policy(project, core, connection)
    }

    /// The strictest of what the project and the namespaces it lies in ask for.
    static func policy(
        _ project: Project, _ core: RegistryCore, _ connection: any SQLConnection
    ) throws -> StagingPolicy {
        let namespaces = try Roles(core: core, connection: connection).namespaces(of: project)
        let own = try ProjectStore(connection).stagingPolicy(project.id) ?? .direct
        return namespaces.reduce(own) { $0.stricter($1.stagingPolicy) }
    }
}
