/// The downloads of a month as a small chart, with its numbers.
///
/// The last day shown is the last whole one, so that the numbers do not change while a page stands in a cache.
package struct DownloadChart: Sendable {
    /// One bar, in the chart's own units.
    package struct Bar: Equatable, Sendable {
        let x: Int
        let y: Int
        let w: Int
        let h: Int
    }

    /// One row of the table.
    package struct Day: Equatable, Sendable {
        let text: String
        package let iso: String
        let count: String
    }

    /// The sum, grouped.
    package let totalText: String
    /// What the sum is of.
    package let periodText: String
    /// What the chart shows, in words.
    package let label: String
    /// Whether there is anything to draw.
    package let hasAny: Bool
    /// The chart's width in its own units.
    package let width: Int
    package let bars: [Bar]
    /// Newest first.
    package let days: [Day]

    private static let height = 48
    private static let step = 10

    /// Draws the last `period` whole days.
    /// - Parameters:
    ///   - counts: Downloads by day since the Unix epoch; days without any may be missing.
    ///   - today: The current day, which is not shown.
    ///   - period: How many days are shown.
    package init(_ counts: [Int64: Int64], today: Int64, period: Int = 30) {
        let shown = (1...Int64(max(period, 1))).reversed().map { today - $0 }
        let values = shown.map { max(0, counts[$0] ?? 0) }
        let most = values.max() ?? 0
        let total = values.reduce(Int64(0)) { sum, value in
            let (result, overflow) = sum.addingReportingOverflow(value)
            return overflow ? .max : result
        }
        totalText = Quantity.count(total)
        periodText = "in the \(period) days to \(DateView(day: today - 1).text)"
        hasAny = total > 0
        label = "Downloads by day: \(Quantity.count(total)) in \(period) days, \(Quantity.count(most)) on the busiest"
        width = shown.count * Self.step - 2
        bars = values.enumerated().map { index, value in
            let share = most > 0 ? Double(value) / Double(most) : 0
            let height = value > 0 ? max(2, Int((share * Double(Self.height)).rounded())) : 1
            return Bar(x: index * Self.step, y: Self.height - height, w: Self.step - 2, h: height)
        }
        days = zip(shown, values).reversed().map { day, value in
            let date = DateView(day: day)
            return Day(text: date.text, iso: date.iso, count: Quantity.count(value))
        }
    }
}
