import Accounts
import HTTPSupport
import Publishing
import RegistryModel
import Synchronization

/// Which names may be found here, as patterns: clients ask for no others.
///
/// A client that is told so sends the names of its other dependencies nowhere, and looks here for nothing that somebody
/// else could register. Only vendors of which the reader may see something are named.
final class ComposerVendors: Sendable {
    /// Up to how many vendors are named one by one; beyond that, what the vendors' names begin with.
    private static let maximumVendors = 400
    /// How many letters of the vendors' names are given then; there are less than 1,500 beginnings of two.
    private static let prefixLength = 2
    /// How many names that are not public are looked at for one reader.
    private static let maximumHidden = 10_000
    /// Matches no name: an empty list would mean that everything may be here.
    private static let nothing = "-/-"

    private struct Known {
        let generation: ResponseCache.Generation
        let patterns: [String]
    }

    private let services: RegistryServices
    private let known = Mutex<Known?>(nil)

    init(services: RegistryServices) {
        self.services = services
    }

    /// The patterns for a reader.
    func patterns(for reader: Reader) async throws -> [String] {
        var patterns = Set(try await publicPatterns())
        if case .principal(let principal) = reader {
            let hidden = try await services.catalog.hiddenNames(
                Composer.ecosystem, for: principal, limit: Self.maximumHidden)
            patterns.formUnion(Self.patterns(ofVendors: Set(hidden.map { ComposerNames.vendor($0.key) })))
        }
        return patterns.isEmpty ? [Self.nothing] : patterns.sorted()
    }

    private static func patterns(ofVendors vendors: some Collection<String>) -> [String] {
        guard vendors.count > maximumVendors else { return vendors.map { "\($0)/*" } }
        return Set(vendors.map { "\($0.prefix(prefixLength))*" }).sorted()
    }

    /// The patterns of everybody, found again after a project has changed.
    private func publicPatterns() async throws -> [String] {
        let generation = services.cache.generation(of: nil)
        if let found = known.withLock({ $0 }), found.generation == generation { return found.patterns }
        var vendors: [String] = []
        // "0" follows "/": behind every name of the vendor.
        while vendors.count <= Self.maximumVendors, let vendor = try await vendor(after: vendors.last.map { $0 + "0" })
        {
            vendors.append(vendor)
        }
        var patterns = Self.patterns(ofVendors: vendors)
        if vendors.count > Self.maximumVendors {
            patterns = []
            var last: String?
            while let vendor = try await vendor(after: last) {
                let prefix = String(vendor.prefix(Self.prefixLength))
                patterns.append(prefix + "*")
                // Behind every name that begins so.
                last = prefix + "\u{7F}"
            }
        }
        known.withLock { [patterns] in $0 = Known(generation: generation, patterns: patterns) }
        return patterns
    }

    /// The vendor of the first public name behind a text: one look into an index.
    private func vendor(after text: String?) async throws -> String? {
        let names = try await services.catalog.names(Composer.ecosystem, after: text, limit: 1)
        return names.first.map { ComposerNames.vendor($0.key) }
    }
}
