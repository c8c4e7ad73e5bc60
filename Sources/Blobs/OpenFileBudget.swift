import Glibc
import Synchronization

/// How many files may be open at once for what clients ask for.
///
/// The rest of what the process may open is for what cannot be refused: the database, the log, a publish that is being
/// committed, and libraries that end the process where they cannot open a file, as libdispatch does.
package final class OpenFileBudget: Sendable {
    /// How many that is.
    package let limit: Int
    private let free: Atomic<Int>

    /// Allows so many.
    package init(_ limit: Int = .max) {
        self.limit = limit
        free = Atomic(limit)
    }

    /// Takes one of them; throws the fault of a process that may open no more.
    func take() throws(DiskFault) {
        if free.wrappingSubtract(1, ordering: .relaxed).oldValue > 0 { return }
        give()
        throw DiskFault("open", code: EMFILE)
    }

    /// Gives one back.
    func give() {
        free.wrappingAdd(1, ordering: .relaxed)
    }
}

/// The files that are open for downloads, and those that are open for uploads.
package struct OpenFileShares: Sendable {
    /// For blobs that are read.
    package let downloads: OpenFileBudget
    /// For what is in the spool.
    package let uploads: OpenFileBudget

    /// Without numbers there is no bound.
    package init(downloads: Int = .max, uploads: Int = .max) {
        self.downloads = OpenFileBudget(downloads)
        self.uploads = OpenFileBudget(uploads)
    }
}
