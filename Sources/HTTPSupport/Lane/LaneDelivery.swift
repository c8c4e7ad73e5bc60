import NIOCore

/// A file on its way to the client.
struct LaneDelivery {
    let file: LaneFile
    let answer: LaneAnswer
    let requestID: [UInt8]
    let agent: [UInt8]?
    let start: NIODeadline
    var offset = 0
}
