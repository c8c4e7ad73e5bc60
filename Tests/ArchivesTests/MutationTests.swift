import Archives
import RegistryModel
import Testing

@Suite("Damaged archives")
struct MutationTests {
    /// Limits that keep a mutant which claims much from taking long.
    private static let limits = ArchiveLimits(entries: 200, unpackedBytes: 1 << 20, entryBytesInMemory: 1 << 16)

    @Test("The samples themselves are read", arguments: Samples.all)
    func baseline(sample: Samples.Sample) {
        #expect(fault(of: sample.bytes, sample.kind, limits: Self.limits) == nil)
    }

    @Test("Random damage never traps, hangs or lets an unsafe path through", arguments: Samples.all)
    func random(sample: Samples.Sample) {
        var generator = SeededGenerator(seed: 20_260_102)
        for round in 0..<3000 {
            var mutant = sample.bytes
            for _ in 0...Int.random(in: 0..<3, using: &generator) { Self.damage(&mutant, using: &generator) }
            guard case .success(let contents) = outcome(of: mutant, sample.kind, limits: Self.limits) else { continue }
            #expect(contents.unpackedBytes <= Self.limits.unpackedBytes, "round \(round)")
            for entry in contents.entries {
                let parts = entry.path.split(separator: "/", omittingEmptySubsequences: false)
                #expect(!parts.contains("..") && !parts.contains("") && !parts.contains("."), "round \(round)")
            }
        }
    }

    @Test(
        "A flipped bit that goes unnoticed changes neither names nor contents",
        arguments: Samples.all.filter { $0.kind != .tar && $0.kind != .tarBzip2 })
    func everyBit(sample: Samples.Sample) throws {
        let original = try outcome(of: sample.bytes, sample.kind).get()
        var unnoticed = 0
        for index in sample.bytes.indices {
            for bit in 0..<8 {
                var mutant = sample.bytes
                mutant[index] ^= 1 << UInt8(bit)
                guard case .success(let contents) = outcome(of: mutant, sample.kind, limits: Self.limits) else {
                    continue
                }
                unnoticed += 1
                // Only a zip's directory says what is a link; such a bit changes what an entry is, not what it holds.
                if contents.entries.map(\.kind) != original.entries.map(\.kind) { continue }
                #expect(contents.kept == original.kept, "byte \(index), bit \(bit)")
                #expect(contents.entries.map(\.path) == original.entries.map(\.path), "byte \(index), bit \(bit)")
            }
        }
        // Times, versions and comments may change; if everything might, the loop above tests nothing.
        #expect(unnoticed < sample.bytes.count * 8 / 2)
    }

    private static func damage(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.removeLast(bytes.count - index)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
        case 4: bytes.remove(at: index)
        case 5:
            let end = min(bytes.count, index + Int.random(in: 1..<64, using: &generator))
            bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: bytes.indices, using: &generator))
        default:
            let end = min(bytes.count, index + 4)
            for place in index..<end { bytes[place] = 0xFF }
        }
    }
}
