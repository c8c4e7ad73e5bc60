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
    static let maximumVendors = 400
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
            patterns.formUnion(
                Self.patterns(
                    ofVendors: Set(hidden.map { ComposerNames.vendor($0.key) }), atMost: Self.maximumVendors))
        }
        return patterns.isEmpty ? [Self.nothing] : patterns.sorted()
    }

    /// The patterns of everybody, found again after a project has changed.
    private func publicPatterns() async throws -> [String] {
        let generation = services.cache.generation(of: nil)
        if let found = known.withLock({ $0 }), found.generation == generation, services.cache.isTrusted {
            return found.patterns
        }
        let patterns = try await Self.patterns { [services] after in
            try await services.catalog.names(Composer.ecosystem, after: after, limit: 1).first?.key
        }
        known.withLock { $0 = Known(generation: generation, patterns: patterns) }
        return patterns
    }

    /// The patterns of all names there are, of which `name` finds the first behind a text: one look into an index.
    ///
    /// It is asked once for each vendor, or once for each beginning where there are too many vendors.
    static func patterns(
        atMost limit: Int = maximumVendors, name: (_ after: String?) async throws -> String?
    ) async throws -> [String] {
        var vendors: [String] = []
        // "0" follows "/": behind every name of the vendor.
        while vendors.count <= limit, let name = try await name(vendors.last.map { $0 + "0" }) {
            vendors.append(ComposerNames.vendor(name))
        }
        guard vendors.count > limit else { return patterns(ofVendors: vendors, atMost: limit) }
        var beginnings: [String] = []
        // Behind every name that begins so.
        while let name = try await name(beginnings.last.map { $0 + "\u{7F}" }) {
            beginnings.append(String(ComposerNames.vendor(name).prefix(prefixLength)))
        }
        return beginnings.map { $0 + "*" }
    }

    private static func patterns(ofVendors vendors: some Collection<String>, atMost limit: Int) -> [String] {
        guard vendors.count > limit else { return vendors.map { "\($0)/*" } }
        return Set(vendors.map { "\($0.prefix(prefixLength))*" }).sorted()
    }
}
