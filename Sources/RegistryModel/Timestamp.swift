/// A point in time in whole microseconds since 1970-01-01T00:00:00Z, the only form in which times are stored.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch.
    package let microseconds: Int64

    /// Wraps microseconds since the Unix epoch.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Wraps whole seconds since the Unix epoch.
    package init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    /// Whole seconds since the Unix epoch, rounded down.
    package var seconds: Int64 { Self.floor(microseconds, 1_000_000) }

    /// The day as a count of days since the Unix epoch (UTC).
    package var day: Int64 { Self.floor(seconds, 86_400) }

    /// The quotient rounded down, where `/` rounds towards zero.
    fileprivate static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    /// The same instant `seconds` later (earlier when negative).
    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// How many digits follow the seconds in a text form.
    package enum Precision: Sendable {
        case seconds, milliseconds, microseconds
    }

    /// The RFC 3339 form in UTC with a `Z`, for example `2026-01-02T03:04:05.000006Z`.
    package func rfc3339(_ precision: Precision = .microseconds) -> String {
        let fields = CivilTime(seconds: seconds)
        let rest = microseconds % 1_000_000
        let micros = rest < 0 ? rest + 1_000_000 : rest
        let fraction =
            switch precision {
            case .seconds: ""
            case .milliseconds: "." + Self.padded(micros / 1000, 3)
            case .microseconds: "." + Self.padded(micros, 6)
            }
        let date =
            "\(Self.padded(Int64(fields.year), 4))-\(Self.padded(Int64(fields.month), 2))-\(Self.padded(Int64(fields.day), 2))"
        let time =
            "\(Self.padded(Int64(fields.hour), 2)):\(Self.padded(Int64(fields.minute), 2)):\(Self.padded(Int64(fields.second), 2))"
        return "\(date)T\(time)\(fraction)Z"
    }

    /// The IMF-fixdate form of [RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7), for HTTP headers.
    package var httpDate: String {
        let fields = CivilTime(seconds: seconds)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = days[Int(((day % 7) + 7) % 7)]
        let date =
            "\(weekday), \(Self.padded(Int64(fields.day), 2)) \(months[fields.month - 1]) \(Self.padded(Int64(fields.year), 4))"
        return
            "\(date) \(Self.padded(Int64(fields.hour), 2)):\(Self.padded(Int64(fields.minute), 2)):\(Self.padded(Int64(fields.second), 2)) GMT"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }
}

/// A UTC date and time of day, by the days-to-civil algorithm for the proleptic Gregorian calendar.
struct CivilTime {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    init(seconds: Int64) {
        let days = Int(Timestamp.floor(seconds, 86_400))
        let rest = Int(seconds) - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }
}
