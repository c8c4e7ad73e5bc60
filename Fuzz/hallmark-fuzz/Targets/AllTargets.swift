/// Every parser that reads what a stranger sends.
///
/// - Throws: Where a target cannot be prepared.
func allTargets() throws -> [FuzzTarget] {
    try versionTargets() + nameTargets() + textTargets() + headerTargets() + bodyTargets() + archiveTargets()
        + packageTargets() + pageTargets() + mavenTargets() + bundleTargets() + streamTargets()
}
