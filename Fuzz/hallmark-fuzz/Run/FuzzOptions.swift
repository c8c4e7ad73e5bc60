/// The command line.
struct FuzzOptions {
    static let usage = """
        Usage: hallmark-fuzz [--target NAME]... [--seconds N | --minutes N | --runs N] [--seed S]
                             [--corpus DIR] [--findings DIR]
               hallmark-fuzz --target NAME --input FILE
               hallmark-fuzz --list

        Gives changed inputs to every parser that reads what a stranger sends, each target in a process of its own.
        The time is shared by all targets. An input that makes a parser trap, take more than two seconds, or break a
        property is kept below the findings folder. Ends with 0, with 1 where something was found, with 2 for a wrong use.
        """

    var targets: [String] = []
    /// For all targets together.
    var seconds = 60.0
    /// For each target.
    var runs = Int.max
    var seed: UInt64 = 1
    var corpus: String?
    var findings = "Fuzz/Findings"
    var input: String?
    var list = false
    /// Set by the supervisor for its children: where the state is, and the number of the first run.
    var state: String?
    var firstRun = 0

    /// Reads the arguments; nil where they are wrong.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--list" {
                list = true
                continue
            }
            guard let value = rest.popFirst(), set(name, value) else { return nil }
        }
    }

    private mutating func set(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--target": targets.append(value)
        case "--seconds": return store(Double(value), in: \.seconds)
        case "--minutes": return store(Double(value).map { $0 * 60 }, in: \.seconds)
        case "--runs":
            seconds = .greatestFiniteMagnitude
            return store(Int(value), in: \.runs)
        case "--seed": return store(UInt64(value), in: \.seed)
        case "--corpus": corpus = value
        case "--findings": findings = value
        case "--input": input = value
        case "--state": state = value
        case "--first-run": return store(Int(value), in: \.firstRun)
        default: return false
        }
        return true
    }

    private mutating func store<Value>(_ value: Value?, in path: WritableKeyPath<FuzzOptions, Value>) -> Bool {
        guard let value else { return false }
        self[keyPath: path] = value
        return true
    }
}
