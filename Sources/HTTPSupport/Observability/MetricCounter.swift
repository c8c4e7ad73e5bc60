import Synchronization

/// A number that only grows, for each combination of label values.
package final class MetricCounter: Sendable {
    /// How many combinations are told apart.
    private static let maximumSeries = 2000

    private let name: String
    private let help: String
    private let labels: [String]
    private let series = Mutex<[[String]: Double]>([:])
    private let cells = Mutex<[[String]: [MetricCell]]>([:])

    init(name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        self.labels = labels
    }

    /// Adds to the series with these label values, one for each label.
    package func add(_ amount: Double = 1, _ values: String...) {
        series.withLock { series in
            let isKnown = series[values] != nil
            let key = isKnown || series.count < Self.maximumSeries ? values : values.map { _ in "other" }
            series[key, default: 0] += amount
        }
    }

    /// A further part of the series with these label values, for one event loop; it is never forgotten.
    ///
    /// Only for label values that do not come from clients.
    func cell(_ values: String...) -> MetricCell {
        let cell = MetricCell()
        cells.withLock { $0[values, default: []].append(cell) }
        return cell
    }

    /// The value of one series.
    package func value(_ values: String...) -> Double {
        total[values] ?? 0
    }

    private var total: [[String]: Double] {
        let more = cells.withLock { $0 }.mapValues { Double($0.reduce(0) { $0 &+ $1.value }) }.filter { $0.value > 0 }
        return series.withLock { $0 }.merging(more, uniquingKeysWith: +)
    }

    func write(into text: inout String) {
        text += "# HELP \(name) \(MetricText.escaped(help))\n# TYPE \(name) counter\n"
        for (values, value) in total.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            text += "\(name)\(MetricText.labels(labels, values)) \(MetricText.number(value))\n"
        }
    }
}

/// The syntax of the text format.
enum MetricText {
    static func labels(_ names: [String], _ values: [String], extra: (String, String)? = nil) -> String {
        var pairs = zip(names, values).map { "\($0)=\"\(escaped($1, quoted: true))\"" }
        if let extra { pairs.append("\(extra.0)=\"\(extra.1)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    static func escaped(_ text: String, quoted: Bool = false) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quoted ? escaped.replacing("\"", with: "\\\"") : escaped
    }

    /// Whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }
}
