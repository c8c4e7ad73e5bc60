/// One line of work that several servers are given in turn.
struct Row {
    /// What is counted.
    enum Unit: String, Codable {
        case requests, bytes, publishes
    }

    /// One server and its load.
    ///
    /// The first side of a row is Hallmark.
    struct Side {
        let server: ServerProcess
        let load: any Load
        /// What happens before each round, and is not measured.
        var before: (() throws -> Void)?
    }

    let unit: Unit
    let sides: [Side]
    /// What is to be reached beside each of the others, by their names.
    let goals: [String: Goal]
    /// Whether an unmeasured round comes first.
    var warmsUp = true
}
