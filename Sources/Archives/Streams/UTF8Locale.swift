import Glibc

/// Runs `body` with a UTF-8 character set on this thread.
///
/// libarchive converts names that are marked as UTF-8 to the locale's character set, and a server runs in whatever locale
/// its service manager gave it. Only this thread is affected, and `body` is synchronous.
func withUTF8Locale<Result>(_ body: () throws(ArchiveFault) -> Result) throws(ArchiveFault) -> Result {
    guard let locale = UTF8Locale.shared.handle else { return try body() }
    let previous = uselocale(locale)
    defer { uselocale(previous) }
    return try body()
}

/// The locale, read from the disk once.
///
/// Unchecked because the handle is a pointer: nobody changes or frees what it points to, and any number of threads may
/// use one locale at once.
private struct UTF8Locale: @unchecked Sendable {
    static let shared = UTF8Locale()

    let handle = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
}
