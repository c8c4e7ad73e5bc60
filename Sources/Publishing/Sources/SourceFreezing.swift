import Accounts
import Persistence
import RegistryModel

/// Keeps a project from taking releases until its repository is confirmed, and tells its owners.
struct SourceFreezing {
    let core: RegistryCore
    let connection: any SQLConnection
    let project: Project
    let at: Timestamp

    /// Freezes a project that a release named another repository for.
    func freeze(_ held: HeldSource, named: SourcePin, by principal: Principal) throws {
        try SourcePinStore(connection).freeze(project.id, at: at)
        try record([("source", .string(held.pin.address)), ("named", .string(named.address))], by: principal)
        try tell(["source": held.pin.address, "named": named.address, "by": principal.userName])
    }

    /// Freezes a project behind whose address another repository was found.
    func freeze(_ held: HeldSource, found: String, by principal: Principal) throws {
        try SourcePinStore(connection).freeze(project.id, found: found, at: at)
        let known = held.repositoryID ?? ""
        try record(
            [
                ("source", .string(held.pin.address)), ("repository_id", .string(known)),
                ("found_repository_id", .string(found)),
            ], by: principal)
        try tell(["source": held.pin.address, "repository": known, "found": found])
    }

    /// Writes the event of a repository's number that was learned.
    func recordIdentity(_ pin: SourcePin, _ id: String, by principal: Principal) throws {
        try ProjectChange(core: core, connection: connection, at: at).record(
            "project.source-identified", project, by: principal,
            [("source", .string(pin.address)), ("repository_id", .string(id))])
    }

    private func record(_ details: [(String, JSONValue)], by principal: Principal) throws {
        try ProjectChange(core: core, connection: connection, at: at)
            .record("project.frozen", project, by: principal, details)
    }

    private func tell(_ details: [String: String]) throws {
        let notice = Notice(
            .sourceChanged,
            details.merging(["project": "\(project.ecosystem) \(project.name.display)"]) { first, _ in first })
        for member in try ProjectStore(connection).members(project.id) where member.role == .owner {
            try core.notices.post(notice, to: member.userID, on: connection)
        }
    }
}
