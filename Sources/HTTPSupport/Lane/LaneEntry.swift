import NIOCore

/// What the lane has learned of one kind of request.
final class LaneEntry {
    /// Exactly the requests whose selection is these bytes.
    let key: [UInt8]
    let etag: [UInt8]
    let stamp: ResponseCache.Stamp
    /// Where the cache keeps the document; nil for a file.
    let document: ResponseCache.Key?
    /// Asked of the framework again afterwards, whatever happens: for representations that change with the hour.
    let expires: NIODeadline
    /// Whether it was used since the last sweep.
    var isUsed = true
    private(set) var cost: Int
    private var whole: LaneAnswer?
    private var head: LaneAnswer?
    private var unchanged: LaneAnswer?
    private var unchangedHead: LaneAnswer?

    init(key: [UInt8], lesson: LaneLesson, expires: NIODeadline) {
        self.key = key
        etag = Array(lesson.offer.etag.utf8)
        stamp = lesson.stamp
        self.expires = expires
        switch lesson.offer.content {
        case .document(let document, _): self.document = document
        case .file: document = nil
        }
        cost = key.count + etag.count + 256
    }

    /// Whether it is about a file, and not a document.
    var isFile: Bool { document == nil }

    /// Whether it keeps a file open.
    var holdsFile: Bool { whole?.file != nil }

    /// The answer to such a request; nil where none was learned.
    @inline(__always)
    func answer(isHead: Bool, isUnchanged: Bool) -> LaneAnswer? {
        isUnchanged ? isHead ? unchangedHead : unchanged : isHead ? head : whole
    }

    func set(_ answer: LaneAnswer, isHead: Bool, isUnchanged: Bool) {
        let old = self.answer(isHead: isHead, isUnchanged: isUnchanged)
        cost += answer.cost - (old?.cost ?? 0)
        switch (isHead, isUnchanged) {
        case (false, false): whole = answer
        case (true, false): head = answer
        case (false, true): unchanged = answer
        case (true, true): unchangedHead = answer
        }
    }
}
