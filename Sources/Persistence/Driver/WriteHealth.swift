import Synchronization

/// Whether the last write failed because the database's disk takes none.
///
/// Shared by whoever writes and whoever says whether the instance is ready. A read says nothing about it: a full disk
/// can be read.
package final class WriteHealth: Sendable {
    private let failed = Atomic(false)

    /// Starts healthy.
    package init() {}

    /// Whether writes go through, as far as is known.
    package var canWrite: Bool { !failed.load(ordering: .relaxed) }

    /// Takes in how a write ended; nil stands for success.
    package func note(_ fault: SQLFault?) {
        switch fault {
        case nil: failed.store(false, ordering: .relaxed)
        case .storage: failed.store(true, ordering: .relaxed)
        default: break
        }
    }
}
