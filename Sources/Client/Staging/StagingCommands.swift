import HTTPTypes
package import RegistryModel

/// What can be done with stagings over the registry's API.
package struct StagingCommands: Sendable {
    private let client: RegistryClient

    /// Asks that registry.
    package init(_ client: RegistryClient) {
        self.client = client
    }

    /// The stagings that concern whoever asks, newest first: each as the API describes it.
    package func list() async throws -> [JSONValue] {
        let answer = try await client.demand(HTTPCall(.get, "/api/v1/stagings"))
        guard let list = answer.json?["stagings"]?.arrayValue else { throw Self.unexpected }
        return list
    }

    /// One of them.
    package func show(_ key: String) async throws -> JSONValue {
        let answer = try await client.demand(HTTPCall(.get, path(key)))
        guard let staging = answer.json, staging["key"] != nil else { throw Self.unexpected }
        return staging
    }

    /// Makes its releases what everybody sees.
    package func release(_ key: String) async throws {
        _ = try await client.demand(HTTPCall(.post, path(key) + "/release"))
    }

    /// Lets its releases go; their coordinates are free again.
    package func drop(_ key: String) async throws {
        _ = try await client.demand(HTTPCall(.delete, path(key)))
    }

    private func path(_ key: String) -> String { "/api/v1/stagings/\(HTTPCall.encode(key))" }

    private static let unexpected = ClientFault("The registry's answer is not what its API promises. Is it a Hallmark?")
}
