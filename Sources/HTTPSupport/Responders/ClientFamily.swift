/// Which program downloads, as far as statistics tell them apart.
package enum ClientFamily: String, Sendable, CaseIterable {
    case pip, uv, poetry, pdm, cargo, npm, yarn, pnpm, bun, swift, composer, maven, gradle, curl, browser, other

    /// Reads a `User-Agent`.
    ///
    /// Order matters: pnpm and yarn name npm too, poetry and pdm name the library they share, every browser says Mozilla.
    package init(userAgent: String?) {
        guard let text = userAgent?.prefix(256).lowercased(), !text.isEmpty else {
            self = .other
            return
        }
        self = Self.marks.first { text.contains($0.mark) }?.family ?? .other
    }

    private static let marks: [(mark: String, family: ClientFamily)] = [
        ("poetry", .poetry), ("pdm/", .pdm), ("uv/", .uv), ("pip/", .pip), ("cargo", .cargo), ("pnpm/", .pnpm),
        ("yarn/", .yarn), ("bun/", .bun), ("npm/", .npm), ("swiftpackagemanager", .swift), ("swiftpm", .swift),
        ("composer/", .composer), ("gradle/", .gradle), ("maven/", .maven), ("curl/", .curl), ("mozilla/", .browser),
    ]
}
