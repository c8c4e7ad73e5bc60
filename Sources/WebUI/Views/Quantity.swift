/// Numbers as people read them.
enum Quantity {
    /// A count with a comma between groups of three digits.
    static func count(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var out = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out.append(",") }
            out.append(digit)
        }
        return out
    }

    /// A count with its noun.
    static func count(_ value: Int64, _ singular: String, _ plural: String) -> String {
        "\(count(value)) \(value == 1 ? singular : plural)"
    }

    /// A size in decimal units with up to three digits: `812 B`, `4.1 kB`, `38 MB`.
    static func size(_ bytes: Int64) -> String {
        guard bytes >= 1000 else { return "\(max(bytes, 0)) B" }
        var tenths = bytes / 100
        for unit in ["kB", "MB", "GB"] {
            if tenths < 100 { return "\(tenths / 10).\(tenths % 10) \(unit)" }
            if tenths < 10_000 { return "\(tenths / 10) \(unit)" }
            tenths /= 1000
        }
        return "\(count(tenths / 10)) TB"
    }

    /// A size to the byte.
    static func exactSize(_ bytes: Int64) -> String { count(bytes, "byte", "bytes") }

    /// A time span in the largest whole unit: `3 days`, `1 hour`, `15 minutes`.
    static func span(_ seconds: Int64) -> String {
        for (unit, singular, plural) in [(86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")]
        where seconds >= unit && seconds.isMultiple(of: Int64(unit)) {
            return count(seconds / Int64(unit), singular, plural)
        }
        return count(seconds, "second", "seconds")
    }
}
