import Logging
package import RegistryModel

extension TrustedPublishing {
    /// The provider and the issuer that somebody means.
    ///
    /// A custom provider is named by its issuer.
    /// - Throws: ``Problem/Code/badRequest``.
    package func choose(
        _ provider: String, issuer: String?
    ) async throws -> (provider: TrustedProvider, issuer: String) {
        for (candidate, issuers) in try await providers() where candidate.id == provider {
            guard let own = issuer ?? (candidate.id == TrustedProvider.customID ? nil : issuers.first) else { continue }
            if issuers.contains(own) { return (candidate, own) }
        }
        let names = try await providers().map { "\($0.provider.id) (\($0.issuers.joined(separator: ", ")))" }
        throw Problem(.badRequest, "There is no such provider here. There are: \(names.joined(separator: "; ")).")
    }

    /// A GitHub owner's id, asked of GitHub when a publisher is added, so that not even the first use can be somebody
    /// else's.
    ///
    /// Where GitHub cannot be asked, the first use pins it.
    /// - Throws: ``Problem/Code/badRequest`` where there is no such owner.
    package func withOwnerID(
        _ settings: [String: String], provider: TrustedProvider
    ) async throws -> [String: String] {
        guard provider.id == TrustedProvider.github.id, settings["repository_owner_id"] == nil,
            let owner = settings["owner"],
            let owners
        else { return settings }
        do {
            let answer = try await owners.fetcher.send(
                ServiceRequest(address: "\(owners.address)/users/\(owner)", fields: ["Accept": "application/json"]))
            if answer.status == 404 { throw Problem(.badRequest, "GitHub knows no owner '\(owner)'.") }
            guard answer.status == 200, let value = try? JSONValue.parse(answer.body, maximumDepth: 16),
                let id = value["id"]?.integerValue, value["login"]?.stringValue?.lowercased() == owner.lowercased()
            else { return settings }
            return settings.merging(["repository_owner_id": String(id)]) { first, _ in first }
        } catch let problem as Problem where problem.code == .badRequest {
            throw problem
        } catch {
            Logger(label: "hallmark.trusted-publishing").notice("GitHub could not be asked for an owner's id: \(error)")
            return settings
        }
    }
}

/// Where owners of GitHub are looked up.
package struct OwnerLookup: Sendable {
    let fetcher: any ServiceFetcher
    /// The address of GitHub's REST API, without a slash at its end.
    let address: String

    /// Asks the API at `address`.
    package init(fetcher: any ServiceFetcher, address: String) {
        self.fetcher = fetcher
        self.address = address
    }
}

extension TrustedProvider {
    /// What publishers with these settings are looked up by.
    package func lookup(_ settings: [String: String]) -> String { settingsLookup(settings) }
}

extension ProviderField {
    /// Whether the field may have that value.
    package func accepts(_ value: String) -> Bool {
        value.utf8.count <= 1000 && (choices.isEmpty || choices.contains(value)) && check(value)
    }
}
