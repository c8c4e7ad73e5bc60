/// SplitMix64: a generator whose numbers follow from its seed alone, on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` calls on average.
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<max(1, count), using: &self) == 0 }

    /// A number from 0 to `limit`, small ones much more often.
    mutating func small(upTo limit: Int) -> Int {
        guard limit > 0 else { return 0 }
        let bits = Int.random(in: 0...max(1, Int.bitWidth - limit.leadingZeroBitCount), using: &self)
        return min(limit, Int.random(in: 0...(1 << min(bits, 40)), using: &self))
    }
}
