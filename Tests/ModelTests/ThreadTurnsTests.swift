import Foundation
import Glibc
import RegistryModel
import Testing

@Suite("Turns of threads")
struct ThreadTurnsTests {
    private struct Mishap: Error {}

    /// Runs something on a thread of its own, because what it changes lasts as long as the thread.
    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: work()) }.start()
        }
    }

    private static func niceness() -> Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

    @Test("Work counts as under way until it returns or throws, also inside other work")
    func counted() {
        let underWay = WorkUnderWay()
        var seen = [underWay.isAny]
        let value = underWay.with {
            seen.append(underWay.isAny)
            underWay.with { seen.append(underWay.isAny) }
            seen.append(underWay.isAny)
            return 7
        }
        seen.append(underWay.isAny)
        let failure = Result { try underWay.with { throw Mishap() } }
        seen.append(underWay.isAny)
        #expect(seen == [false, true, true, true, false, false])
        #expect(value == 7)
        #expect(throws: Mishap.self) { try failure.get() }
    }

    @Test("Work that steps back is seen by those that answer")
    func seen() async {
        #expect(await onThread { ThreadTurns.behind { ThreadTurns.isAnyoneBehind } })
    }

    @Test("A thread that has stepped back is nicer for good, and not nicer each time; others stay as they were")
    func nicer() async {
        let before = await onThread { Self.niceness() }
        let after = await onThread { () -> [Int32] in
            ThreadTurns.behind {}
            let once = Self.niceness()
            ThreadTurns.behind {}
            return [once, Self.niceness()]
        }
        let other = await onThread { Self.niceness() }
        #expect(after[0] == after[1] && other == before)
        #expect(after[0] > before || before > 14, "19 is the most there is")
    }

    @Test("Short turns are a wish, and passing one on returns")
    func short() async {
        let isSame = await onThread { () -> Bool in
            let before = Self.niceness()
            ThreadTurns.beShort()
            ThreadTurns.pass()
            return Self.niceness() == before
        }
        #expect(isSame)
    }
}
