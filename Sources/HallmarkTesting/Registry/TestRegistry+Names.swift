import Persistence
import Publishing
package import RegistryModel

extension TestRegistry {
    /// Lists many projects at once, without the releases that lists do not look at.
    package func list(_ names: [ProjectName], in ecosystem: EcosystemID, ownedBy owner: Principal) async throws {
        let now = clock.now()
        let ids = core.ids
        try await driver.write { connection in
            let projects = ProjectStore(connection)
            for name in names {
                let project = Project(
                    id: ids.next(), ecosystem: ecosystem, name: name, visibility: .public, status: .active,
                    statusReason: nil, createdAt: now, updatedAt: now, revision: 1, latestVersion: nil, summary: nil)
                try projects.insert(project, createdBy: owner.userID)
                try projects.setLatest(project.id, version: "1.0", publishedAt: now, summary: nil, keywords: [])
            }
        }
    }
}
