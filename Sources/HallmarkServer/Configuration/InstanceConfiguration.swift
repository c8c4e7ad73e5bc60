import Accounts
import Archives
package import Blobs
package import Ecosystems
import HTTPSupport
package import Publishing
package import RegistryModel

/// Where an instance keeps its data, and what it allows; for `serve` and for every `admin` command alike.
package struct InstanceConfiguration: Sendable {
    package let data: DataDirectory
    /// `sqlite:` with an optional path, or `postgres://…`; may hold a password.
    package let databaseURL: String
    /// The file that holds the master key.
    package let masterKeyFile: String
    package let limits: PublishLimits
    /// Who may read new projects.
    package let visibility: Visibility
    package let unpublish: UnpublishPolicy
    /// The address of the pages, without a slash at its end; links in mail begin with it.
    private(set) var publicURL: String
    /// What is asked of Maven releases.
    package let maven: MavenPolicy
    /// How many builds of a branch of a PHP package are kept.
    let composerBuildsKept: Int
    /// Whether operator tokens can be made and used.
    package let operatorTokens: OperatorTokenPolicy

    /// What is asked of people's accounts.
    let accounts: AccountConfiguration
    /// How other servers are asked.
    let outbound: OutboundConfiguration
    /// Through whom messages go.
    let mail: MailConfiguration
    /// Nil where nobody signs in through an issuer.
    let singleSignOn: SignOnSettings?

    /// What becomes of operator tokens.
    package enum OperatorTokenPolicy: String, CaseIterable, Sendable {
        /// They can be made and used.
        case allow
        /// They cannot, and those that exist are refused.
        case refuse
    }

    /// Reads and checks the settings.
    ///
    /// Throws ``Problem/Code/badRequest`` with what is wrong.
    package init(_ settings: Settings) throws {
        data = DataDirectory(path: settings.text("data") ?? "hallmark-data")
        databaseURL = settings.text("database-url") ?? "sqlite:"
        masterKeyFile = settings.text("master-key-file") ?? data.masterKey
        guard databaseURL.hasPrefix("sqlite:") || databaseURL.hasPrefix("postgres") else {
            throw Problem(.badRequest, "'database-url' must begin with 'sqlite:' or 'postgres://'.")
        }
        if let blobs = settings.text("blobs-url"), !blobs.hasPrefix("file:") {
            throw Problem(.badRequest, "'blobs-url' must begin with 'file:'.")
        }
        blobsPath = settings.text("blobs-url").map { String($0.dropFirst("file:".count)) }
        visibility = try settings.choice("default-visibility", default: .public)
        limits = try Self.limits(settings)
        outbound = try OutboundConfiguration(settings)
        maven = try Self.maven(settings)
        composerBuildsKept = try settings.number("composer-branch-builds-kept", default: 10, in: 1...10_000)
        let address = try ServerConfiguration.publicURL(settings)
        publicURL = address.text
        mail = try MailConfiguration(settings, host: address.host)
        singleSignOn = try SignOnConfiguration.read(settings)
        var accounts = try AccountConfiguration(settings)
        try accounts.policy.readPublishing(settings)
        self.accounts = accounts
        operatorTokens = try settings.choice("operator-tokens", default: .allow)
        unpublish = UnpublishPolicy(
            hours: Int64(try settings.number("unpublish-hours", default: 72, in: 0...876_000)),
            downloads: Int64(try settings.number("unpublish-downloads", default: 100, in: 0...Int(Int32.max))))
    }

    /// Takes the address at which this data directory's server serves, where these settings name none.
    ///
    /// For commands beside the server, which make links too: what `hallmark serve --listen` was told, nobody told them.
    package mutating func followServer(_ settings: Settings) throws {
        let named = ["public-url", "listen", "listen-tls", "tls-cert"].contains { settings.text($0) != nil }
        guard !named, try !settings.flag("tls-local") else { return }
        // A server that never ran, or a file that nobody can use, leaves the default.
        guard let address = try? EffectiveSettings.read(from: data).publicURL, let url = PublicURL(address) else {
            return
        }
        publicURL = url.text
    }

    /// Lists of ``MavenPolicy/Demand``; `none` for an empty one.
    private static func maven(_ settings: Settings) throws(Problem) -> MavenPolicy {
        func demands(_ key: String, _ fallback: Set<MavenPolicy.Demand>) throws(Problem) -> Set<MavenPolicy.Demand> {
            let words = settings.list(key)
            guard !words.isEmpty else { return fallback }
            guard words != ["none"] else { return [] }
            var found: Set<MavenPolicy.Demand> = []
            for word in words {
                guard let demand = MavenPolicy.Demand(rawValue: word) else {
                    let names = MavenPolicy.Demand.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem(.badRequest, "'\(key)' must be some of \(names), or none; not '\(word)'.")
                }
                found.insert(demand)
            }
            return found
        }
        let usual = MavenPolicy()
        return MavenPolicy(
            verified: try demands("maven-verified-requires", usual.verified),
            unclaimed: try demands("maven-unclaimed-requires", usual.unclaimed),
            snapshotsKept: try settings.number("maven-snapshots-kept", default: 10, in: 1...10_000))
    }

    private let blobsPath: String?

    /// Where the blobs lie.
    var blobsDirectory: String {
        guard let blobsPath, !blobsPath.isEmpty else { return data.blobs }
        return blobsPath.hasPrefix("//") ? String(blobsPath.dropFirst(2)) : blobsPath
    }

    /// Where the spool lies: beside the blobs, because keeping an upload is a rename.
    var spoolDirectory: String {
        blobsDirectory == data.blobs ? data.spool : blobsDirectory + "/.spool"
    }

    private static func limits(_ settings: Settings) throws(Problem) -> PublishLimits {
        let mebibyte = 1 << 20
        var archive = ArchiveLimits()
        archive.entries = try settings.number("max-archive-entries", default: 100_000, in: 1...10_000_000)
        archive.ratio = try settings.number("max-archive-ratio", default: 100, in: 2...10_000)
        archive.unpackedBytes =
            try settings.number("max-archive-mebibytes", default: 4096, in: 1...1_048_576) * mebibyte
        return PublishLimits(
            fileBytes: try settings.number("max-file-mebibytes", default: 512, in: 1...65_536) * mebibyte,
            bundleBytes: try settings.number("max-bundle-mebibytes", default: 1024, in: 1...65_536) * mebibyte,
            projectBytes: Int64(try settings.number("max-project-mebibytes", default: 10_240, in: 1...16_777_216))
                * Int64(mebibyte),
            projectsPerDay: Int64(try settings.number("max-projects-per-day", default: 20, in: 0...1_000_000)),
            releaseOpenDays: Int64(try settings.number("release-open-days", default: 14, in: 0...36_500)),
            stagingDays: Int64(try settings.number("staging-days", default: 30, in: 1...36_500)),
            unclaimedNamespaces: try settings.choice("unclaimed-namespaces", default: .firstCome), archive: archive)
    }
}
