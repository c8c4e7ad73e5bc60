import Ecosystems
import RegistryModel

/// The first tab of a project: how to install it, what it says about itself, and the facts about one version.
package struct ReadmePage: PageContent {
    package static let template = "project-readme"

    /// A line to copy.
    package struct Command: Equatable, Sendable {
        let number: Int
        let client: String
        let command: String
    }

    /// An address from the manifest; without `href` it is shown, but is no link.
    package struct Link: Equatable, Sendable {
        let label: String
        let text: String
        let href: String?
        let host: String?
    }

    /// A keyword and the search for it.
    package struct Keyword: Equatable, Sendable {
        let word: String
        let href: String
    }

    /// Somebody with a role.
    package struct Member: Equatable, Sendable {
        let name: String
        let role: String
    }

    package let frame: PageFrame
    let head: ProjectHead
    /// False for a project in quarantine: nobody should be helped to install it.
    let canInstall: Bool
    let install: [Command]
    let needsSetup: Bool
    let setupText: String
    let setupHref: String
    let hooks: String?
    let license: String?
    let date: DateView
    let publisher: String
    let publisherNote: String?
    /// What a trusted publisher's job was, where one published it.
    let built: String?
    let hasBuildFacts: Bool
    let buildFacts: [PublisherFacts.Fact]
    let origin: String?
    let sizeText: String
    let hasTags: Bool
    let tags: [String]
    let hasLinks: Bool
    let links: [Link]
    let hasAuthors: Bool
    let authors: String
    let hasKeywords: Bool
    let keywords: [Keyword]
    let members: [Member]
    let downloads: DownloadChart
    let hasReadme: Bool
    let readmeHTML: String?
    let readmeText: String?
    let readmeNote: String?
    let readmeAdvice: String
    let summary: String?

    /// Describes the page.
    /// - Parameters:
    ///   - subject: The project and the version.
    ///   - details: What the version's manifest says.
    ///   - readme: Its readme, rendered.
    ///   - downloads: The project's downloads.
    package init(
        _ subject: ProjectSubject, details: ReleaseFacts, readme: ReadmeView?, downloads: DownloadChart
    ) {
        let release = subject.release
        head = ProjectHead(subject, summary: details.summary)
        summary = details.summary.flatMap { $0.isEmpty ? nil : $0 }
        frame = subject.frame(
            subject.isPinned ? "\(subject.name) \(subject.version)" : subject.name, summary: details.summary)
        let lines = subject.presentation.installLines(
            subject.name, subject.isPinned || subject.presentation.namesVersion ? subject.version : nil,
            subject.publicURL)
        canInstall = subject.project.status != .quarantined
        install = lines.enumerated().map { Command(number: $0 + 1, client: $1.client, command: $1.command) }
        let unready = lines.filter(\.needsSetup).map(\.client)
        needsSetup = !unready.isEmpty
        setupText = "The line for \(unready.joined(separator: " and ")) needs one step before."
        setupHref = "/help#\(subject.presentation.id.rawValue)"
        hooks = details.installHooks.isEmpty ? nil : details.installHooks.joined(separator: ", ")
        license = details.license.flatMap { $0.isEmpty ? nil : $0 }
        date = DateView(release.publishedAt)
        publisher = release.publisher
        publisherNote = release.publisherNote
        let facts = release.publisherClaims.map { PublisherFacts($0) }
        built = facts?.sentence
        buildFacts = facts?.facts ?? []
        hasBuildFacts = !buildFacts.isEmpty
        origin = release.origin == "upload" ? nil : release.origin
        let total = release.files.reduce(Int64(0)) { $0 &+ max(0, $1.size) }
        sizeText =
            release.files.count == 1
            ? Quantity.size(total)
            : "\(Quantity.size(total)) in \(Quantity.count(Int64(release.files.count), "file", "files"))"
        tags = subject.history.tags.filter { $0.value == subject.version }.keys.sorted()
        hasTags = !tags.isEmpty
        links = Self.links(details)
        hasLinks = !links.isEmpty
        authors = details.authors.joined(separator: ", ")
        hasAuthors = !details.authors.isEmpty
        keywords = details.keywords.prefix(30).map {
            Keyword(word: $0, href: ProjectPath.search($0, ecosystem: subject.project.ecosystem))
        }
        hasKeywords = !keywords.isEmpty
        members = subject.history.members.map { Member(name: $0.userName, role: $0.role.rawValue) }
        self.downloads = downloads
        hasReadme = readme != nil
        readmeHTML = readme?.html
        readmeText = readme?.text
        readmeNote = readme?.note
        readmeAdvice = subject.presentation.readmeAdvice
    }

    private static func links(_ details: ReleaseFacts) -> [Link] {
        let all = [
            ("Homepage", details.homepage), ("Repository", details.repository),
            ("Documentation", details.documentation),
        ]
        return all.compactMap { label, address in
            guard let address, !address.isEmpty else { return nil }
            let href = LinkPolicy.web(address)
            return Link(label: label, text: address, href: href, host: href.map(LinkPolicy.host))
        }
    }
}
