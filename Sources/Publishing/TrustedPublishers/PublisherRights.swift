import Formats
import Persistence
import RegistryModel

/// What the token of a trusted publisher may publish: the projects of the publishers that it was given to, and the new ones
/// of those that are pending.
///
/// The publishers are read anew each time, so that one that was removed publishes nothing more.
struct PublisherRights {
    let connection: any SQLConnection
    let principal: Principal
    let now: Timestamp

    /// The publisher of a project; nil where the token has none of it.
    func publisher(of project: Project) throws -> TrustedPublisher? {
        try publishers().first { $0.projectID == project.id }
    }

    /// The pending publisher of a name.
    func pending(_ name: ProjectName, _ ecosystem: EcosystemID) throws -> TrustedPublisher? {
        try publishers().first {
            $0.isPending && $0.ecosystem == ecosystem && $0.nameKey == name.key && $0.expiresAt.map { $0 > now } ?? true
        }
    }

    private func publishers() throws -> [TrustedPublisher] {
        guard principal.kind == .trustedPublisher, let tokenID = principal.tokenID else { return [] }
        return try TrustedPublisherStore(connection).publishers(tokenID: tokenID)
    }

    /// Refuses to create a project for which the token has no pending publisher.
    func requirePending(_ name: ProjectName, _ ecosystem: EcosystemID) throws {
        guard principal.kind == .trustedPublisher, try pending(name, ecosystem) == nil else { return }
        throw Problem(
            .publisherUnknown,
            "This trusted publisher may not create '\(name.display)': it is not pending for that name.")
    }

    /// The principal as its publisher of that name: with the account that added the publisher, which answers for what it
    /// creates.
    func acting(on name: ProjectName, _ ecosystem: EcosystemID) throws -> Principal {
        guard principal.kind == .trustedPublisher else { return principal }
        let coordinates = ProjectCoordinates(ecosystem: ecosystem, nameKey: name.key)
        let project = try ProjectStore(connection).find(coordinates)
        let own = try project.map(publisher(of:)) ?? pending(name, ecosystem)
        return own.map { principal.answered(by: $0.createdBy, publisherID: $0.id) } ?? principal
    }
}

extension Principal {
    /// Refuses a change with a token that asks for a factor each time, where none came along with the request.
    /// - Throws: ``Problem/Code/reauthenticationRequired``.
    func requireFreshFactor() throws(Problem) {
        guard !asksFactor || freshFactors.isMultiple else {
            throw Problem(
                .reauthenticationRequired,
                "This token of \(userName) needs a second factor for each change: a one-time password along with the "
                    + "request, or npm's own dialogue.")
        }
    }
}
