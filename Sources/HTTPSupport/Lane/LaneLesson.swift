/// An offer that waits for its response to pass the lane.
struct LaneLesson: Sendable {
    let offer: LaneOffer
    let stamp: ResponseCache.Stamp
    let route: String

    /// The file that it is about.
    var file: LaneFileOffer? {
        if case .file(let file) = offer.content { file } else { nil }
    }
}
