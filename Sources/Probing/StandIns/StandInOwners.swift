import RegistryModel

/// Owners of repositories, as the REST API of GitHub tells of them: whoever is asked for is there, under one id.
struct StandInOwners: Sendable {
    /// The id of everybody.
    static let id: Int64 = 4711

    /// Answers `/users/NAME`; nil for other paths.
    func answer(_ request: StandInRequest) -> StandInAnswer? {
        let prefix = "/users/"
        guard request.path.hasPrefix(prefix) else { return nil }
        let name = String(request.path.dropFirst(prefix.count))
        return StandInAnswer(body: (["login": .string(name), "id": .integer(Self.id)] as JSONValue).bytes())
    }
}
