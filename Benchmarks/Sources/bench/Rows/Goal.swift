/// What a row has to reach beside one other server.
struct Goal: Hashable, Codable {
    /// How many times the other's rate.
    var ratio: Double?
    /// What is still acceptable where `ratio` is missed.
    var floor: Double?
    /// How many times the other's time within which 99 of 100 requests are answered.
    var slowness: Double?

    /// Index reads beside static files of nginx.
    static let index = Goal(ratio: 1, floor: 0.8, slowness: 3)
    /// Downloads of large files beside nginx.
    static let download = Goal(ratio: 0.9)
    /// Index reads beside servers written in Python.
    static let python = Goal(ratio: 30)
    /// Publishes beside devpi-server.
    static let publish = Goal(ratio: 10)
    /// Reads while others publish.
    static let mixed = Goal(slowness: 3)
    /// Measured without anything to reach.
    static let none = Goal()

    /// In a cell of the table.
    var description: String {
        var parts: [String] = []
        if let ratio { parts.append("≥ \(Format.ratio(ratio))") }
        if let slowness { parts.append("p99 ≤ \(Format.ratio(slowness))×") }
        return parts.isEmpty ? "—" : parts.joined(separator: ", ")
    }

    /// Whether it was reached, in a cell of the table.
    func verdict(ratio reached: Double, slowness slow: Double) -> String {
        guard self != .none else { return "—" }
        var misses: [String] = []
        if let ratio, reached < ratio {
            misses.append(
                floor.map { reached >= $0 ? "above the least, \(Format.ratio($0))" : "below the least" } ?? "")
        }
        if let slowness, slow > slowness { misses.append("p99 \(Format.ratio(slow))×") }
        guard !misses.isEmpty else { return "met" }
        let reasons = misses.filter { !$0.isEmpty }.joined(separator: ", ")
        return reasons.isEmpty ? "not met" : "not met (\(reasons))"
    }
}
