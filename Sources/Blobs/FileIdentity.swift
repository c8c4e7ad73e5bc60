import Glibc

/// What tells one state of a file from every other, as far as the file system knows.
///
/// Every write changes `modified`, every change of any kind `changed`. Damage below the file system (a bad sector, memory)
/// changes neither: it is found when the content is read for the first time in a process, or by a full verification.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    /// Nanoseconds since 1970.
    let modified: Int64
    /// Nanoseconds since 1970.
    let changed: Int64

    /// Takes it from what the system says about a file.
    init(_ information: stat) {
        device = UInt64(information.st_dev)
        inode = UInt64(information.st_ino)
        size = Int64(information.st_size)
        modified = Self.nanoseconds(information.st_mtim)
        changed = Self.nanoseconds(information.st_ctim)
    }

    /// Whether another change could still leave the file with the same times.
    ///
    /// File systems take them from a clock that ticks every few milliseconds. A time in the future (a clock that was set
    /// back) cannot come again before then.
    var isSettled: Bool {
        var now = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0 else { return false }
        let age = Self.nanoseconds(now).subtractingReportingOverflow(changed)
        return age.overflow || age.partialValue.magnitude > 100_000_000
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        let seconds = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let sum = seconds.partialValue.addingReportingOverflow(Int64(time.tv_nsec))
        return sum.partialValue
    }
}
