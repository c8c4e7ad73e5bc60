import Glibc

/// Runs `body` with a UTF-8 character set on this thread.
///
/// libarchive converts names that are marked as UTF-8 to the locale's character set, and a server runs in whatever locale
/// its service manager gave it. Only this thread is affected, and `body` is synchronous.
func withUTF8Locale<Result>(_ body: () throws(ArchiveFault) -> Result) throws(ArchiveFault) -> Result {
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return try body() }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}
