/// One request that publishes something, ready to be sent.
struct PreparedUpload: Sendable {
    /// What became of it.
    struct Outcome: Sendable {
        /// What the registry wants its publisher to know.
        var notes: [String] = []
        /// The staging in which the release waits.
        var stagingKey: String?
    }

    /// The files that it publishes.
    let files: [LocalFile]
    let call: HTTPCall
    /// Reads the answer; may go on asking where the protocol publishes in the background.
    let finish: @Sendable (HTTPAnswer, RegistryClient) async throws -> Outcome

    init(
        _ files: [LocalFile], _ call: HTTPCall,
        finish: @escaping @Sendable (HTTPAnswer, RegistryClient) async throws -> Outcome = { _, _ in Outcome() }
    ) {
        self.files = files
        self.call = call
        self.finish = finish
    }
}

/// A release whose archives are made, ready to be sent.
struct PreparedRelease: Sendable {
    let ecosystem: PublishEcosystem
    let name: String
    let version: String
    let uploads: [PreparedUpload]
    /// What a person should know before.
    var notes: [String] = []
    /// Holds what was made for this publish; it goes with this value.
    var work: WorkFolder?
}
