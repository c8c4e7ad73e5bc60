import Foundation

/// The Python of the environment that `scripts/bootstrap test` makes, with the packages of `scripts/requirements-test.in`.
package enum EnvironmentPython {
    /// The program.
    package static let path = Checkout.environment.appending(path: "bin/python").path(percentEncoded: false)

    /// Whether it is there and has a module.
    package static func has(_ module: String) -> Bool {
        (try? run("import \(module)")) != nil
    }

    /// What the script prints when it is given `input`.
    /// - Throws: ``OracleProgram/Failed`` where it ends with an error.
    package static func run(_ script: String, input: String = "") throws -> String {
        try OracleProgram.output(of: [path, "-c", script], input: input)
    }
}
