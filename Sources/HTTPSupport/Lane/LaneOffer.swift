import RegistryModel

/// What a handler says of its answer so that the lane may give it again: why it is the same for everybody, and until when.
///
/// Offered through ``RequestRecord/offer(toLane:)`` by the few who know, ``IndexResponder`` and ``FileResponder``.
struct LaneOffer: Sendable {
    /// What the answer shows.
    enum Content: Sendable {
        /// A document that the response cache keeps, as found or put in with this generation.
        case document(ResponseCache.Key, ResponseCache.Generation)
        /// A package file.
        case file(LaneFileOffer)
    }

    let content: Content
    /// The project whose change ends it; nil for any project's.
    let tag: ProjectCoordinates?
    /// The strong entity tag, with its quotes.
    let etag: String

    /// Whether it keeps a file open.
    var holdsFile: Bool {
        if case .file(let file) = content { file.source != nil } else { false }
    }
}
