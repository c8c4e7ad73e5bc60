/// A property that an input broke.
struct FuzzFailure: Error {
    /// What was expected and what was found.
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// One parser with what it takes to reach all of it.
struct FuzzTarget: Sendable {
    /// What `--target` and the corpus folder call it.
    let name: String
    /// Longer inputs are cut.
    let maximumBytes: Int
    /// Inputs to start from, beside those of the corpus.
    let seeds: [[UInt8]]
    /// Words of the language that the parser reads.
    let words: [[UInt8]]
    /// Gives one input to the parser and returns its verdict in words: accepted, or refused for which reason.
    ///
    /// New verdicts are how the fuzzer knows that an input led somewhere new. Throws ``FuzzFailure`` where a property
    /// does not hold.
    let run: @Sendable ([UInt8]) async throws -> String

    init(
        _ name: String, maximumBytes: Int = 4096, seeds: [String] = [], bytes: [[UInt8]] = [], words: String = "",
        run: @escaping @Sendable ([UInt8]) async throws -> String
    ) {
        self.name = name
        self.maximumBytes = maximumBytes
        self.seeds = seeds.map { Array($0.utf8) } + bytes
        self.words = words.split(separator: " ").map { Array($0.utf8) }
        self.run = run
    }

    /// A parser of text: inputs that are no UTF-8 are repaired, as whoever calls it refuses or repairs them before.
    static func text(
        _ name: String, maximumBytes: Int = 4096, seeds: [String], words: String = "",
        run: @escaping @Sendable (String) throws -> String
    ) -> FuzzTarget {
        FuzzTarget(name, maximumBytes: maximumBytes, seeds: seeds, words: words) { input in
            try run(String(decoding: input, as: UTF8.self))
        }
    }
}

/// Requires that a property holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(FuzzFailure) {
    guard condition else { throw FuzzFailure(message()) }
}
