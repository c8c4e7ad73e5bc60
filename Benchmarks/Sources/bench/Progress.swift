import Foundation

/// Says on standard error what goes on.
enum Progress {
    private static let isTerminal = isatty(2) == 1

    /// One line that stays.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1b}[Kbench: " : "bench: ").utf8))
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// One line that the next replaces; nothing where nobody looks.
    static func show(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[Kbench: \(text)".utf8))
    }
}
