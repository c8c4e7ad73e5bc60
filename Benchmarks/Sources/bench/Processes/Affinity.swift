import Foundation
import Glibc

/// On which processors this process and what it starts run.
enum Affinity {
    /// How many processors there are.
    static var available: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Keeps the main thread, and what it starts, on some processors.
    /// - Parameter list: Numbers and ranges separated by commas, as taskset takes them.
    /// - Throws: ``BenchFailure`` when there are no such processors.
    static func pin(to list: String) throws {
        _ = try Tools.run([try Tools.find("taskset"), "--cpu-list", "--pid", list, "\(getpid())"])
    }
}
