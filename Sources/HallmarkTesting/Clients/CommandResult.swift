/// How a program ended and what it printed.
package struct CommandResult: Sendable, CustomStringConvertible {
    /// The program and its arguments, for messages.
    package let command: String
    /// The exit code, or 128 and the number of the signal that ended it.
    package let status: Int32
    /// What it wrote on standard output.
    package let output: String
    /// What it wrote on standard error.
    package let errors: String

    /// Collects the end of a run.
    package init(command: String, status: Int32, output: String, errors: String) {
        self.command = command
        self.status = status
        self.output = output
        self.errors = errors
    }

    /// Whether it said yes.
    package var succeeded: Bool { status == 0 }

    /// Everything it printed; clients differ in where they print what.
    package var text: String { output + errors }

    /// Everything it printed with runs of spaces and line breaks as one space, as clients wrap their lines anywhere.
    package var words: String {
        text.split { $0.isWhitespace || "│╭╰╯╮─".contains($0) }.joined(separator: " ")
    }

    /// Whether it printed `phrase`, wherever its lines were wrapped.
    package func says(_ phrase: String) -> Bool {
        words.lowercased().contains(phrase.lowercased())
    }

    package var description: String {
        "`\(command)` ended with \(status)\n\(output)\(errors)"
    }

    /// Itself where the program succeeded.
    /// - Throws: Itself as ``CommandFailure`` where it did not.
    @discardableResult
    package func checked() throws -> CommandResult {
        guard succeeded else { throw CommandFailure(result: self) }
        return self
    }
}

/// A program that had to succeed did not.
package struct CommandFailure: Error, CustomStringConvertible {
    /// How it ended.
    package let result: CommandResult

    package var description: String { result.description }
}
