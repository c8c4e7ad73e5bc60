/// One declared dependency of a Maven project.
package struct POMDependency: Hashable, Sendable {
    /// Dependencies of the dependency that are left out; `*` stands for all.
    package struct Exclusion: Hashable, Sendable {
        package let groupID: String
        package let artifactID: String
    }

    package let groupID: String
    package let artifactID: String
    /// Nil where `dependencyManagement`, here or in a parent, gives it.
    package let version: String?
    /// `jar` where nothing is written.
    package let type: String
    package let classifier: String?
    /// `compile`, `provided`, `runtime`, `test`, `system` or `import`; nil where nothing is written.
    package let scope: String?
    package let isOptional: Bool
    package let exclusions: [Exclusion]
}
