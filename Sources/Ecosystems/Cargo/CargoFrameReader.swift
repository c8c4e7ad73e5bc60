/// Why a publish frame is refused.
package enum CargoFrameFault: Error, Hashable {
    /// It ends before its crate does.
    case truncated
    /// Bytes behind the crate.
    case trailingBytes
    /// The two lengths do not add up to the length of the request.
    case lengthMismatch
    case claimTooLarge(limit: Int)
    case crateTooLarge(limit: Int)
}

/// Reads the body of a publish as it arrives
/// ([web API, publish](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#publish)): the length of the JSON in
/// four bytes, the JSON, the length of the crate in four bytes, the crate, and nothing after it.
package struct CargoFrameReader {
    /// How large the JSON may be; crates.io's limit.
    static let maximumClaimBytes = 1 << 20
    /// How many bytes a frame has beside the JSON and the crate.
    static let overhead = 8

    private enum State {
        case claimLength
        case claim(length: Int)
        case crateLength
        case crate(remaining: Int)
    }

    private let crateLimit: Int
    private let requestLength: Int?
    private var state = State.claimLength
    private var pending: [UInt8] = []
    /// The JSON, once it is complete.
    package private(set) var claim: [UInt8]?

    /// Starts at the beginning of a body whose length the client may have announced.
    package init(crateLimit: Int, requestLength: Int?) {
        self.crateLimit = crateLimit
        self.requestLength = requestLength
    }

    /// Follows the next bytes.
    /// - Returns: Those of them that belong to the crate.
    package mutating func feed<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) throws(CargoFrameFault)
        -> Bytes.SubSequence
    {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .claimLength:
                guard let length = collect(4, from: &rest) else { break }
                try startClaim(Self.integer(length))
            case .claim(let length):
                guard let json = collect(length, from: &rest) else { break }
                claim = json
                state = .crateLength
            case .crateLength:
                guard let length = collect(4, from: &rest) else { break }
                try startCrate(Self.integer(length))
            case .crate(let remaining):
                guard rest.count <= remaining else { throw .trailingBytes }
                state = .crate(remaining: remaining - rest.count)
                return rest
            }
        }
        return rest
    }

    /// Requires that the whole frame was read.
    package func finish() throws(CargoFrameFault) {
        guard case .crate(0) = state else { throw .truncated }
    }

    private mutating func startClaim(_ length: Int) throws(CargoFrameFault) {
        guard length <= Self.maximumClaimBytes else { throw .claimTooLarge(limit: Self.maximumClaimBytes) }
        if let requestLength, length > requestLength - Self.overhead { throw .lengthMismatch }
        state = .claim(length: length)
        if length == 0 {
            claim = []
            state = .crateLength
        }
    }

    private mutating func startCrate(_ length: Int) throws(CargoFrameFault) {
        if let requestLength, length != requestLength - Self.overhead - (claim?.count ?? 0) { throw .lengthMismatch }
        guard length <= crateLimit else { throw .crateTooLarge(limit: crateLimit) }
        state = .crate(remaining: length)
    }

    /// Takes bytes until there are `count`; nil where more have to come.
    private mutating func collect<Rest: RandomAccessCollection<UInt8>>(_ count: Int, from rest: inout Rest) -> [UInt8]?
    where Rest.SubSequence == Rest {
        let part = rest.prefix(count - pending.count)
        pending.append(contentsOf: part)
        rest = rest.dropFirst(part.count)
        guard pending.count == count else { return nil }
        defer { pending = [] }
        return pending
    }

    private static func integer(_ bytes: [UInt8]) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
