import Accounts
import Formats
import Publishing
import RegistryModel

/// Finds the parents of a project description among what is published, for a child has what its parents say.
struct MavenParents {
    let completion: MavenCompletion
    /// Descriptions that are published together with the child, by their coordinates.
    var siblings: [String: POM] = [:]

    /// How many generations are looked at.
    private static let limit = 8

    /// The parents that can be read, the nearest first; it ends where one is not published here.
    func of(_ pom: POM) async throws -> [POM] {
        var found: [POM] = []
        var next = pom.parent
        while let reference = next, found.count < Self.limit {
            guard let parent = try await read(reference) else { break }
            found.append(parent)
            next = parent.parent
        }
        return found
    }

    private func read(_ reference: POM.Reference) async throws -> POM? {
        guard
            let coordinates = MavenCoordinates(
                groupID: reference.groupID, artifactID: reference.artifactID, version: reference.version)
        else { return nil }
        if let sibling = siblings[coordinates.description] { return sibling }
        do {
            let name = "\(reference.artifactID)-\(reference.version).pom"
            let found = try await completion.catalog.file(
                Maven.ecosystem, name: coordinates.name, file: name, for: .anonymous)
            guard found.file.size <= Int64(POM.maximumBytes) else { return nil }
            let source = try await completion.catalog.open(found.file.digests.sha256, size: found.file.size)
            return try POM.parse(try source.read(at: 0, count: source.length))
        } catch let problem as Problem {
            // A parent that cannot be read at this moment is not one that is missing.
            guard !problem.isTemporary else { throw problem }
            return nil
        } catch is POMFault {
            return nil
        }
    }
}
