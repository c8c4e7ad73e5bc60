import Foundation
import Glibc

/// What Linux says in `/proc` about a process and those that it started.
enum ProcessTable {
    /// One line of `/proc/PID/stat`.
    struct Entry: Hashable {
        let pid: pid_t
        let parent: pid_t
        let state: String
        /// Ticks used by it and by its children that have ended.
        let ticks: Int
    }

    /// The processor time that a process and its descendants have used, in seconds.
    static func processorSeconds(_ root: pid_t) -> Double {
        Double(tree(root).reduce(0) { $0 + $1.ticks }) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The sum of the largest resident sizes of a process and its descendants, in bytes, since the last reset.
    static func peakBytes(_ root: pid_t) -> Int {
        tree(root).reduce(0) { $0 + (status($1.pid, "VmHWM") ?? 0) }
    }

    /// The resident size of a process and its descendants, in bytes.
    static func residentBytes(_ root: pid_t) -> Int {
        tree(root).reduce(0) { $0 + (status($1.pid, "VmRSS") ?? 0) }
    }

    /// Lets the largest resident sizes count from now.
    static func resetPeaks(_ root: pid_t) {
        for entry in tree(root) {
            guard let file = fopen("/proc/\(entry.pid)/clear_refs", "w") else { continue }
            fputs("5", file)
            fclose(file)
        }
    }

    /// What `/proc/PID/stat` says; nil when there is no such process.
    static func entry(_ pid: pid_t) -> Entry? {
        text("/proc/\(pid)/stat").flatMap { parse($0) }
    }

    /// Reads the text of `/proc/PID/stat`.
    ///
    /// The program's name stands in parentheses and may hold any byte.
    static func parse(_ text: String) -> Entry? {
        guard let close = text.lastIndex(of: ")"), let pid = text.split(separator: " ").first.flatMap({ pid_t($0) })
        else { return nil }
        let fields = text[text.index(after: close)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 14, let parent = pid_t(fields[1]) else { return nil }
        let ticks = fields[11...14].compactMap { Int($0) }.reduce(0, +)
        return Entry(pid: pid, parent: parent, state: String(fields[0]), ticks: ticks)
    }

    private static func tree(_ root: pid_t) -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let all = names.compactMap { pid_t($0) }.compactMap { entry($0) }
        var found: Set<pid_t> = [root]
        var grew = true
        while grew {
            let more = all.filter { found.contains($0.parent) && !found.contains($0.pid) }
            found.formUnion(more.map(\.pid))
            grew = !more.isEmpty
        }
        return all.filter { found.contains($0.pid) }
    }

    private static func status(_ pid: pid_t, _ key: String) -> Int? {
        guard let line = text("/proc/\(pid)/status")?.split(separator: "\n").first(where: { $0.hasPrefix("\(key):") })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    private static func text(_ path: String) -> String? {
        (try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd()).flatMap { $0 }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
