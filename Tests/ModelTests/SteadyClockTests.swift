import HallmarkTesting
import RegistryModel
import Testing

@Suite("A clock that does not go back")
struct SteadyClockTests {
    @Test("It follows a clock that goes forward, and never gives a time twice")
    func forward() {
        let base = ManualClock()
        let clock = SteadyClock(base)
        #expect(clock.now() == base.now())
        #expect(clock.now() > base.now(), "a clock that stands still")
        base.advance(bySeconds: 60)
        #expect(clock.now() == base.now())
    }

    @Test("A small step back is bridged", arguments: [1, 30, SteadyClock.patience])
    func steppedBack(seconds: Int64) {
        let base = ManualClock()
        let clock = SteadyClock(base)
        let before = clock.now()
        base.advance(bySeconds: -seconds)
        let after = clock.now()
        #expect(after > before)
        #expect(after.seconds == before.seconds, "it stands still meanwhile")
        base.advance(bySeconds: seconds + 1)
        #expect(clock.now() == base.now())
    }

    @Test("A clock that was far ahead is followed back")
    func corrected() {
        let base = ManualClock()
        let clock = SteadyClock(base)
        base.advance(bySeconds: 86_400 * 365)
        _ = clock.now()
        base.advance(bySeconds: -86_400 * 365)
        #expect(clock.now() == base.now())
        #expect(clock.now() > base.now())
    }
}
