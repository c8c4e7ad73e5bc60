import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The child process: runs one target until its time is over, or dies of it.
struct Worker {
    /// The exit status of the watchdog.
    static let hangStatus = 97
    /// The exit status of a broken property.
    static let failureStatus = 98
    /// How much more memory one input may make the process use.
    private static let memoryKilobytes = 512 << 10

    let target: FuzzTarget
    let options: FuzzOptions
    let firstRun: Int
    let statePath: String

    /// Runs until the bound of the options is reached.
    /// - Returns: The exit status.
    func run() async -> Int {
        guard let current = CurrentInput(path: statePath, maximumBytes: target.maximumBytes) else { return 2 }
        limitMemory()
        let watchdog = Watchdog()
        var pool = Pool(Corpus.inputs(of: target, below: options.corpus))
        let started = ContinuousClock.now
        var number = firstRun
        // What is known is run first, each as it is.
        for input in pool.inputs where firstRun == 0 {
            let status = await one(input, number: -1, current, watchdog, &pool)
            if status != 0 { return status }
        }
        while number < options.runs, ContinuousClock.now - started < .seconds(options.seconds) {
            let seed = options.seed &+ UInt64(number) &* 0x2545_F491_4F6C_DD1D &+ Self.hash(target.name)
            var mutator = Mutator(
                words: target.words, maximumBytes: target.maximumBytes, random: SeededRandom(seed: seed))
            let status = await one(mutator.child(of: pool.inputs), number: number, current, watchdog, &pool)
            if status != 0 { return status }
            number += 1
        }
        say("done \(number) \(pool.verdictCount)")
        return 0
    }

    private func one(
        _ input: [UInt8], number: Int, _ current: CurrentInput, _ watchdog: Watchdog, _ pool: inout Pool
    ) async -> Int {
        current.note(run: number, input)
        watchdog.begin()
        defer { watchdog.end() }
        let before = Self.peakKilobytes
        do {
            let verdict = try await target.run(input)
            pool.note(input, verdict: verdict)
            // Every so often the same bytes are given twice: the verdict may depend on nothing else.
            if number % 16 == 0 {
                let again = try await target.run(input)
                try require(again == verdict, "the same input gave '\(verdict)' and then '\(again)'")
            }
            let more = Self.peakKilobytes - before
            try require(more < Self.memoryKilobytes, "one input took \(more >> 10) MiB more memory")
        } catch {
            let message = (error as? FuzzFailure)?.message ?? "not an expected error: \(type(of: error)) \(error)"
            FileHandle.standardError.write(Data("property: \(message)\n".utf8))
            return Self.failureStatus
        }
        return 0
    }

    /// A stable number for a name.
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Lets what asks for far too much fail here, rather than the machine.
    private func limitMemory() {
        var limit = rlimit(rlim_cur: 6 << 30, rlim_max: 6 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    private static var peakKilobytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
