import Glibc
import HTTPSupport

/// The numbers of the process itself, under the names that Prometheus' client libraries use.
///
/// They are read when somebody looks; where one cannot be read it is 0.
enum ProcessMetrics {
    /// Adds them to the metrics.
    static func register(_ metrics: Metrics) {
        metrics.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.") { residentBytes() }
        metrics.gauge("process_open_fds", help: "Open file descriptors.") { openDescriptors() }
        metrics.gauge("process_max_fds", help: "File descriptors that may be open.") { maximumDescriptors() }
        metrics.counter("process_cpu_seconds_total", help: "Processor time spent, user and system, in seconds.") {
            seconds(of: CLOCK_PROCESS_CPUTIME_ID)
        }
        let start = seconds(of: CLOCK_REALTIME)
        metrics.gauge("process_start_time_seconds", help: "When the process started, in seconds since 1970.") { start }
    }

    private static func residentBytes() -> Double {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        // The second of the numbers in its one line is the pages that are in memory.
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, CInt(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return 0 }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Double {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Not counted: `.`, `..`, and the one that looking opens.
        return Double(max(0, count - 3))
    }

    private static func maximumDescriptors() -> Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Double(limit.rlim_cur)
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
