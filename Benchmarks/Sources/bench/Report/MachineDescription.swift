import Dispatch
import Foundation
import Glibc

/// What was measured where and how.
enum MachineDescription {
    /// One property.
    struct Line: Codable {
        let key: String
        let value: String
    }

    /// Describes this machine, the programs and the settings.
    static func lines(_ settings: Settings) throws -> [Line] {
        let python = settings.python
        func package(_ name: String) -> String {
            Tools.version([python, "-c", "import importlib.metadata as m; print(m.version('\(name)'))"])
        }
        let nginx =
            Tools.version([(try? Tools.find("nginx")) ?? "nginx", "-v"]).split(separator: " ").last ?? "unknown"
        let wrk = Tools.version([(try? Tools.find("wrk")) ?? "wrk", "-v"]).split(separator: " ").prefix(2)
        let h2load = Tools.version([(try? Tools.find("h2load")) ?? "h2load", "--version"])
        let pins = [settings.serverCPUs.map { "servers on \($0)" }, settings.loadCPUs.map { "load on \($0)" }]
        let pinned = pins.compactMap { $0 }.joined(separator: ", ")
        return [
            Line(key: "date", value: ISO8601DateFormatter().string(from: Date())),
            Line(key: "machine", value: "\(processors()), \(memory())"),
            Line(key: "kernel", value: Tools.version(["/bin/uname", "-sr"])),
            Line(key: "files on", value: "\(fileSystem(settings.work)), \(syncTime(settings.work))"),
            Line(key: "load before", value: load()),
            Line(key: "Hallmark", value: Tools.version([settings.hallmark, "--version"])),
            Line(key: "nginx", value: String(nginx)),
            Line(key: "pypiserver", value: package("pypiserver")),
            Line(key: "devpi-server", value: package("devpi-server")),
            Line(key: "load from", value: "\(wrk.joined(separator: " ")), \(h2load)"),
            Line(
                key: "rounds",
                value:
                    "\(settings.rounds) of \(settings.seconds) s for each server, \(settings.connections) connections"),
            Line(
                key: "processors",
                value: "\(settings.workers) event loop(s) and nginx worker(s); "
                    + (pinned.isEmpty ? "not pinned" : pinned)),
        ]
    }

    private static func processors() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let models = text.split(separator: "\n").filter { $0.hasPrefix("model name") }
        let model =
            models.first?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        return "\(ProcessInfo.processInfo.processorCount) × \(model)"
    }

    private static func memory() -> String {
        "\(Int((Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)).rounded())) GiB"
    }

    /// The kind of file system.
    private static func fileSystem(_ path: String) -> String {
        Tools.version(["/bin/sh", "-c", "df --output=fstype \"$0\" | tail -n 1", path])
    }

    /// How long the disk takes to promise what was written, on which publishes wait; next to nothing on tmpfs.
    private static func syncTime(_ folder: String) -> String {
        let path = "\(folder)/sync"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { return "unknown" }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 1, count: 4096)
        let times = (0..<50).map { _ in
            let begun = DispatchTime.now().uptimeNanoseconds
            _ = write(descriptor, block, block.count)
            fdatasync(descriptor)
            return Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e6
        }
        return "where 4 KB are on the disk after \(Format.milliseconds(Statistics.median(times))) ms"
    }

    /// What else ran, as the mean number of busy processors in the minute before.
    private static func load() -> String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}
