import Foundation

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
            Line(key: "files on", value: fileSystem(settings.work)),
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

    /// The kind of file system; durability costs nothing on tmpfs.
    private static func fileSystem(_ path: String) -> String {
        Tools.version(["/usr/bin/stat", "--file-system", "--format", "%T", path])
    }
}
