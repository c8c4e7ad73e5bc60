package import RegistryModel

/// A date for people, with the exact time for machines and for whoever points at it.
///
/// Dates are absolute: a page may stand in caches, where "yesterday" would soon be wrong.
package struct DateView: Equatable, Sendable {
    /// `22 Nov 2026`.
    package let text: String
    /// `2026-11-22 14:03:05 UTC`.
    package let exact: String
    /// The value of a `datetime` attribute.
    package let iso: String

    /// Writes a time (UTC).
    package init(_ time: Timestamp) {
        let iso = time.rfc3339(.seconds)
        self.iso = iso
        self.text = Self.day(iso.prefix(10))
        self.exact = "\(iso.prefix(10)) \(iso.dropFirst(11).prefix(8)) UTC"
    }

    /// Writes a day, counted since the Unix epoch.
    package init(day: Int64) {
        let iso = Timestamp(seconds: day * 86_400).rfc3339(.seconds).prefix(10)
        self.iso = String(iso)
        self.text = Self.day(iso)
        self.exact = String(iso)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func day(_ iso: Substring) -> String {
        let parts = iso.split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), months.indices.contains(month - 1), let day = Int(parts[2])
        else { return String(iso) }
        return "\(day) \(months[month - 1]) \(parts[0])"
    }
}
