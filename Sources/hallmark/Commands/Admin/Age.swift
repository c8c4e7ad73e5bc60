import ArgumentParser

/// A length of time on the command line: a number with s, m, h or d.
struct Age: ExpressibleByArgument, Sendable {
    /// The same in seconds.
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            (0...1_000_000_000).contains(count)
        else { return nil }
        seconds = count * unit
    }
}
