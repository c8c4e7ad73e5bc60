import Testing

@testable import Ecosystems

@Suite("The publish frame")
struct CargoFrameReaderTests {
    private static func frame(_ claim: [UInt8], _ crate: [UInt8]) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
        return length(claim.count) + claim + length(crate.count) + crate
    }

    /// Feeds a body in pieces.
    private static func read(_ body: [UInt8], pieces: [Int], limit: Int = 1000, length: Int? = nil)
        throws(CargoFrameFault)
        -> (claim: [UInt8]?, crate: [UInt8])
    {
        var reader = CargoFrameReader(crateLimit: limit, requestLength: length)
        var crate: [UInt8] = []
        var rest = body[...]
        var next = 0
        while !rest.isEmpty {
            let count = min(rest.count, max(1, pieces[next % pieces.count]))
            crate += try reader.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
            next += 1
        }
        try reader.finish()
        return (reader.claim, crate)
    }

    private static func fault(_ body: [UInt8], limit: Int = 1000, length: Int? = nil) -> CargoFrameFault? {
        do throws(CargoFrameFault) {
            _ = try read(body, pieces: [7], limit: limit, length: length)
            return nil
        } catch {
            return error
        }
    }

    @Test("However it is cut into pieces", arguments: [[1], [2, 3], [4], [5, 1], [1000], [3, 100, 1]])
    func pieces(pieces: [Int]) throws {
        for (claim, crate) in [
            (Array("{}".utf8), Array(repeating: UInt8(7), count: 300)), ([], []), ([1], []), ([], [1]),
        ] {
            let body = Self.frame(claim, crate)
            for length in [nil, body.count] {
                let read = try Self.read(body, pieces: pieces, length: length)
                #expect(read.claim == claim && read.crate == crate)
            }
        }
    }

    @Test("Every cut is noticed")
    func truncated() {
        let body = Self.frame(Array("{\"name\":1}".utf8), [1, 2, 3, 4])
        for count in 0..<body.count {
            #expect(Self.fault(Array(body.prefix(count))) == .truncated)
        }
    }

    @Test("Lengths must add up, and nothing may follow")
    func lengths() {
        let body = Self.frame([1, 2], [3, 4, 5])
        #expect(Self.fault(body + [0]) == .trailingBytes)
        #expect(Self.fault(body + body) == .trailingBytes)
        #expect(Self.fault(body, length: body.count + 1) == .lengthMismatch)
        #expect(Self.fault(body, length: body.count - 1) == .lengthMismatch)
        #expect(Self.fault(body, length: 3) == .lengthMismatch)
        #expect(Self.fault(body, length: 0) == .lengthMismatch)
        #expect(Self.fault(body, limit: 2) == .crateTooLarge(limit: 2))
        #expect(Self.fault(body, limit: 3) == nil)
        let claims = CargoFrameReader.maximumClaimBytes
        #expect(Self.fault(Self.frame([UInt8](repeating: 1, count: claims + 1), [])) == .claimTooLarge(limit: claims))
        #expect(Self.fault([255, 255, 255, 255]) == .claimTooLarge(limit: claims))
        #expect(Self.fault([0, 0, 0, 0, 255, 255, 255, 255]) == .crateTooLarge(limit: 1000))
    }

    @Test("Random bodies never trap, and what is read is what was framed")
    func random() {
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<5000 {
            var body = Self.frame((0..<next(40)).map { UInt8($0) }, (0..<next(40)).map { UInt8($0) })
            for _ in 0..<next(3) where !body.isEmpty {
                let index = next(body.count)
                switch next(3) {
                case 0: body[index] = UInt8(next(256))
                case 1: body.remove(at: index)
                default: body.insert(UInt8(next(256)), at: index)
                }
            }
            let length = next(2) == 0 ? nil : body.count
            guard let read = try? Self.read(body, pieces: [next(9) + 1, next(9) + 1], length: length) else { continue }
            #expect(Self.frame(read.claim ?? [], read.crate) == body)
        }
    }
}
