/// Something that keeps a server busy for one round.
protocol Load {
    /// Runs one round.
    /// - Parameter seconds: How long, where the amount of work does not decide that.
    /// - Returns: What it brought, faults included.
    /// - Throws: ``BenchFailure`` when no round could be run.
    func run(seconds: Int) throws -> LoadOutcome
}
