/// Runs a script in the machine's Python, where a test takes Python's own behaviour as its oracle.
package enum PythonOracle {
    /// Whether the script runs without an error, which says whether an oracle is there at all.
    package static func runs(_ script: String) -> Bool {
        (try? run(script)) != nil
    }

    /// What the script prints when it is given `input`.
    /// - Throws: ``OracleProgram/Failed`` where it ends with an error.
    package static func run(_ script: String, input: String = "") throws -> String {
        try OracleProgram.output(of: ["python3", "-c", script], input: input)
    }
}
