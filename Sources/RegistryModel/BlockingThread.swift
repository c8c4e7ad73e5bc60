import Glibc

/// What the current thread is for, so that work for a pool that is asked for on one of the pool's own threads is done
/// right there instead of being handed from thread to thread.
package enum BlockingThread {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let outcome = pthread_key_create(&key, nil)
        precondition(outcome == 0, "The process has no keys for threads left.")
        return key
    }()

    /// Whether the current thread may wait for the disk.
    package static var isCurrent: Bool { pthread_getspecific(key) != nil }

    /// Whether the current thread is one of that pool's.
    package static func belongs(to pool: AnyObject) -> Bool {
        pthread_getspecific(key) == UnsafeMutableRawPointer(Unmanaged.passUnretained(pool).toOpaque())
    }

    /// Marks the current thread as one of a pool's, for as long as it lives.
    ///
    /// The pool is compared and never used through the mark, and a pool outlives its threads.
    package static func mark(as pool: AnyObject) {
        pthread_setspecific(key, UnsafeMutableRawPointer(Unmanaged.passUnretained(pool).toOpaque()))
    }
}
