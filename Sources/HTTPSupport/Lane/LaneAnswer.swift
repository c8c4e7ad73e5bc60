import NIOCore
import NIOHPACK

/// The bytes of one answer, and what is written about it.
final class LaneAnswer {
    /// The head as it was sent, with the date and the request's id of that time.
    let head: [UInt8]
    /// The head without date and request's id; for streams of HTTP/2 only.
    let fields: HPACKHeaders?
    /// Where the 29 bytes of the date are.
    let date: Int
    /// Where the 32 bytes of the request's id are.
    let requestID: Int
    /// The content; shared with the response cache.
    let body: ByteBuffer?
    /// The content, where it is a file.
    let file: LaneFile?
    /// The middle of the log's line, from the method up to the name of the number of bytes.
    let logMembers: [UInt8]
    let requests: MetricCell
    let durations: MetricFastCell
    let route: String

    init(
        head: [UInt8], fields: HPACKHeaders?, date: Int, requestID: Int, body: ByteBuffer?, file: LaneFile?,
        logMembers: [UInt8],
        requests: MetricCell,
        durations: MetricFastCell, route: String
    ) {
        self.head = head
        self.fields = fields
        self.date = date
        self.requestID = requestID
        self.body = body
        self.file = file
        self.logMembers = logMembers
        self.requests = requests
        self.durations = durations
        self.route = route
    }

    /// How many bytes of content it has.
    var contentBytes: Int { file?.size ?? body?.readableBytes ?? 0 }

    /// Without a document, which is the cache's.
    var cost: Int { head.count * (fields == nil ? 1 : 3) + logMembers.count + 192 + (file?.cost ?? 0) }
}
