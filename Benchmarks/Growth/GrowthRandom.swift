/// Random numbers that are the same in every run: [SplitMix64](https://prng.di.unimi.it/splitmix64.c) over a seed.
struct GrowthRandom {
    private var state: UInt64

    /// Starts a sequence of its own for each pair.
    init(_ stream: UInt64, _ index: Int) {
        state = Self.mix(UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15 ^ stream &* 0xD1B5_4A32_D192_ED03)
    }

    /// 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 up to, not including, 1.
    mutating func unit() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(max(1, bound)))
    }

    /// A number below `bound`, the smaller the likelier; `slope` 1 is even.
    mutating func skewed(_ bound: Int, slope: Int) -> Int {
        var share = 1.0
        let unit = unit()
        for _ in 0..<slope { share *= unit }
        return min(bound - 1, Int(share * Double(bound)))
    }

    /// Random bytes, for digests.
    mutating func bytes(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count + 7)
        while out.count < count {
            withUnsafeBytes(of: next()) { out.append(contentsOf: $0) }
        }
        return Array(out.prefix(count))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
