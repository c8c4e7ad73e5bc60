import Accounts
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// Releases that wait: what was found in them, and whether they go out.
struct StagingPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/stagings"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.page(Self.place + "/:key", show)
        pages.form(Self.place + "/:key/release", for: .fresh, back: Self.place, show: show) { visit, _ in
            let key = try visit.parameter("key")
            try await web.services.stagings.release(key, by: try visit.person())
            return visit.done("\(Self.place)/\(key)", .changed)
        }
        pages.form(Self.place + "/:key/drop", back: Self.place, show: show) { visit, _ in
            try await web.services.stagings.drop(try visit.parameter("key"), by: try visit.person())
            return visit.done(Self.place, .removed)
        }
    }

    private func list(_ visit: Visit) async throws -> AccountPage {
        let stagings = try await web.services.stagings.list(by: try visit.person())
        let rows = stagings.map { staging in
            PageTable.Row([
                .text(staging.label, href: "\(Self.place)/\(staging.key)"), .text(web.name(of: staging.ecosystem)),
                Self.state(staging), .text(staging.creator), .date(DateView(staging.createdAt)),
            ])
        }
        return visit.page(
            "Stagings", at: .stagings, lead: "Releases that wait until somebody releases or drops them.",
            [
                PageBlock(
                    table: PageTable(["Name", "Ecosystem", "State", "From", "Since"], rows),
                    empty:
                        "Nothing waits. A publish waits where the client, its token or the project's policy asks for it."
                )
            ])
    }

    private static func state(_ staging: Staging) -> PageTable.Cell {
        switch staging.state {
        case .staged: .state("warn", "◌", words(staging))
        case .released: .state("good", "✓", words(staging))
        case .failed: .state("stop", "✕", words(staging))
        default: .state("quiet", "•", words(staging))
        }
    }

    private static func words(_ staging: Staging) -> String {
        switch staging.state {
        case .staged: "waits"
        case .failed: "refused"
        default: staging.state.rawValue
        }
    }

    private func show(_ visit: Visit) async throws -> AccountPage {
        let staging = try await web.services.stagings.find(try visit.parameter("key"), by: try visit.person())
        var blocks = [
            PageBlock(facts: [
                .init("State", Self.words(staging)), .init("Ecosystem", web.name(of: staging.ecosystem)),
                .init("From", staging.creator), .init("Since", DateView(staging.createdAt).exact),
                .init("Dropped by itself on", DateView(staging.expiresAt).exact),
                .init("Needs a second person", staging.needsSecondPerson ? "yes" : "no"),
            ])
        ]
        for (index, release) in staging.report.releases.enumerated() {
            let found = release.holds.map { "Would be held: \($0)" } + release.warnings + release.notes
            blocks.append(
                PageBlock(
                    "\(release.project) \(release.version)", anchor: "b-release-\(index)", found,
                    table: PageTable(
                        ["File", "Size", "SHA-256"],
                        release.files.map {
                            PageTable.Row([
                                .code($0.name), .text(Quantity.size($0.size).replacing(" ", with: "\u{a0}")),
                                .code($0.sha256),
                            ])
                        })))
        }
        for (subject, messages) in staging.report.errors.sorted(by: { $0.key < $1.key }) {
            blocks.append(PageBlock("Refused: \(subject)", anchor: "b-refused-\(blocks.count)", messages))
        }
        if !staging.state.isFinal {
            blocks.append(
                PageBlock(
                    "Decide",
                    forms: [
                        visit.form(
                            "\(Self.place)/\(staging.key)/release", id: "release", submit: "Release",
                            effect: "Everybody sees it at once, and its version numbers are used for good."),
                        visit.form(
                            "\(Self.place)/\(staging.key)/drop", id: "drop", submit: "Drop",
                            effect: "The files are deleted, and the version numbers are free again.", isDanger: true),
                    ]))
        }
        return visit.page(staging.label, at: .stagings, blocks)
    }
}
