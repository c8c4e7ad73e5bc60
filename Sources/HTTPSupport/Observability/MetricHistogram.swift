import Synchronization

/// How often observed values fall below each of some bounds, for each combination of label values.
package final class MetricHistogram: Sendable {
    private static let maximumSeries = 500

    private struct Series {
        var counts: [UInt64]
        var sum = 0.0
        var count: UInt64 = 0
    }

    private let name: String
    private let help: String
    private let labels: [String]
    private let bounds: [Double]
    private let series = Mutex<[[String]: Series]>([:])
    private let cells = Mutex<[[String]: [MetricFastCell]]>([:])

    init(name: String, help: String, labels: [String], bounds: [Double]) {
        self.name = name
        self.help = help
        self.labels = labels
        self.bounds = bounds.sorted()
    }

    /// Counts a value in the series with these label values.
    package func observe(_ value: Double, _ values: String...) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        series.withLock { series in
            let isKnown = series[values] != nil
            let key = isKnown || series.count < Self.maximumSeries ? values : values.map { _ in "other" }
            var entry = series[key] ?? Series(counts: Array(repeating: 0, count: bounds.count + 1))
            entry.counts[bucket] += 1
            entry.sum += value
            entry.count += 1
            series[key] = entry
        }
    }

    /// The upper bound of the first bucket, to which cells count.
    var firstBound: Double { bounds.first ?? .infinity }

    /// A further part of the first bucket of the series with these label values, for one event loop; it is never forgotten.
    ///
    /// Only for label values that do not come from clients.
    func cell(_ values: String...) -> MetricFastCell {
        let cell = MetricFastCell()
        cells.withLock { $0[values, default: []].append(cell) }
        return cell
    }

    private var total: [[String]: Series] {
        var all = series.withLock { $0 }
        for (values, cells) in cells.withLock({ $0 }) {
            for (count, sum) in cells.map(\.values) where count > 0 {
                var entry = all[values] ?? Series(counts: Array(repeating: 0, count: bounds.count + 1))
                entry.counts[0] += count
                entry.sum += sum
                entry.count += count
                all[values] = entry
            }
        }
        return all
    }

    func write(into text: inout String) {
        text += "# HELP \(name) \(MetricText.escaped(help))\n# TYPE \(name) histogram\n"
        for (values, entry) in total.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            var total: UInt64 = 0
            for (index, count) in entry.counts.enumerated() {
                total += count
                let bound = index < bounds.count ? MetricText.number(bounds[index]) : "+Inf"
                text += "\(name)_bucket\(MetricText.labels(labels, values, extra: ("le", bound))) \(total)\n"
            }
            text += "\(name)_sum\(MetricText.labels(labels, values)) \(entry.sum)\n"
            text += "\(name)_count\(MetricText.labels(labels, values)) \(entry.count)\n"
        }
    }
}
