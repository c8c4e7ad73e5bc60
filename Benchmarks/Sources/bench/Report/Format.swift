/// Numbers as the table shows them.
enum Format {
    /// Two or three digits that count.
    static func ratio(_ value: Double) -> String {
        value >= 10 ? fixed(value, 0) : value >= 0.995 ? fixed(value, 1) : fixed(value, 2)
    }

    /// A rate with its unit.
    static func rate(_ value: Double, _ unit: Row.Unit) -> String {
        switch unit {
        case .requests: "\(grouped(value))/s"
        case .publishes: "\(value >= 100 ? grouped(value) : fixed(value, 1))/s"
        case .bytes: "\(grouped(value / 1e6)) MB/s"
        }
    }

    /// Milliseconds.
    static func milliseconds(_ value: Double) -> String {
        value >= 100 ? fixed(value, 0) : value >= 10 ? fixed(value, 1) : fixed(value, 2)
    }

    /// Bytes as megabytes.
    static func megabytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1e6, 0) }

    /// A number with so many digits after the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "—" }
        let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let rest = String(abs(scaled) % scale)
        let zeros = String(repeating: "0", count: digits - rest.count)
        return "\(scaled < 0 && scaled / scale == 0 ? "-" : "")\(scaled / scale).\(zeros)\(rest)"
    }

    /// A whole number with commas.
    static func grouped(_ value: Double) -> String {
        let digits = fixed(value, 0)
        guard digits.allSatisfy(\.isNumber) else { return digits }
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return out
    }
}
