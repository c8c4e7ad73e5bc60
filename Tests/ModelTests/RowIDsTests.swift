import HallmarkTesting
import RegistryModel
import Synchronization
import Testing

@Suite("Row ids")
struct RowIDsTests {
    @Test("Strictly increasing, though the clock stands still or goes back")
    func increasing() {
        let clock = ManualClock()
        let ids = RowIDs(clock: clock)
        var last: Int64 = 0
        for round in 0..<5000 {
            if round.isMultiple(of: 100) { clock.advance(bySeconds: round.isMultiple(of: 200) ? 1 : -2) }
            let next = ids.next()
            #expect(next > last)
            last = next
        }
    }

    @Test("Unique and increasing for everybody who asks at once")
    func concurrent() async {
        let ids = RowIDs(clock: ManualClock())
        let lists = await withTaskGroup(of: [Int64].self) { group in
            for _ in 0..<8 { group.addTask { (0..<20_000).map { _ in ids.next() } } }
            return await group.reduce(into: [[Int64]]()) { $0.append($1) }
        }
        #expect(Set(lists.joined()).count == 160_000)
        for list in lists { #expect(zip(list, list.dropFirst()).allSatisfy { $0 < $1 }) }
    }

    @Test("41 bits of milliseconds since 2025, so that ids of different nodes are nearly in the order of time")
    func layout() {
        let clock = ManualClock()
        for _ in 0..<20 {
            clock.advance(bySeconds: 1_000_003)
            let milliseconds = clock.now().microseconds / 1000 - 1_735_689_600_000
            // A generator of its own each time, as on another node.
            #expect(RowIDs(clock: clock).next() >> 22 == milliseconds)
        }
        #expect(RowIDs(clock: Standing(time: Timestamp(microseconds: .min / 2))).next() >= 0)
        // The year 2094 is the last that 63 bits hold.
        #expect(RowIDs(clock: Standing(time: Timestamp(seconds: 3_900_000_000))).next() > 1 << 62)
    }

    private struct Standing: WallClock {
        let time: Timestamp

        func now() -> Timestamp { time }
    }
}
