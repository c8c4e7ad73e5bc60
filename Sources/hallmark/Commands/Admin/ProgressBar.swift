import Foundation
import Publishing
import Synchronization

/// A line on standard error that shows how far a long command is; nothing where that is no terminal.
final class ProgressBar: Sendable {
    private struct State {
        var isDrawn = false
        var next = ContinuousClock.now
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// Takes in how far the command is; draws at most ten times a second.
    var observer: UpkeepObserver {
        { [self] progress in
            guard isTerminal else { return }
            state.withLock { state in
                guard ContinuousClock.now >= state.next else { return }
                state.next = .now + .milliseconds(100)
                state.isDrawn = true
                FileHandle.standardError.write(Data(("\r\u{1B}[K" + Self.text(progress)).utf8))
            }
        }
    }

    /// Removes the line, so that something else can be written.
    func clear() {
        state.withLock { state in
            guard state.isDrawn else { return }
            state.isDrawn = false
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }

    private static func text(_ progress: UpkeepProgress) -> String {
        let isBytes = progress.phase.hasPrefix("bytes")
        let done = isBytes ? Size.text(progress.done) : String(progress.done)
        guard progress.total > 0 else { return "\(done) \(progress.phase)" }
        let share = min(1, Double(progress.done) / Double(progress.total))
        let filled = Int(share * 30)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        let total = isBytes ? Size.text(progress.total) : String(progress.total)
        let phase = isBytes ? progress.phase.dropFirst("bytes ".count) : progress.phase[...]
        return "[\(bar)] \(Int(share * 100)) %  \(done) of \(total) \(phase)"
    }
}

/// Sizes for people.
enum Size {
    /// Three digits and a unit of a power of 1024.
    static func text(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let digits = unit == 0 || value >= 100 ? 0 : 1
        return String(format: "%.\(digits)f", value) + " " + units[unit]
    }
}
