import Synchronization

/// The numbers the server shows at `/metrics`, in
/// [Prometheus' text format](https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// Every family is bounded: label values that come from clients are folded before they get here, and a family that has
/// reached its bound counts further series under the label value `other`.
package final class Metrics: Sendable {

    private let families = Mutex<[(name: String, write: @Sendable (inout String) -> Void)]>([])

    /// Makes an empty registry.
    package init() {}

    /// Registers a counter.
    ///
    /// Call it once for each name, when the program starts.
    package func counter(_ name: String, help: String, labels: [String] = []) -> MetricCounter {
        let counter = MetricCounter(name: name, help: help, labels: labels)
        add(name) { counter.write(into: &$0) }
        return counter
    }

    /// Registers a histogram.
    ///
    /// Call it once for each name, when the program starts.
    package func histogram(
        _ name: String, help: String, labels: [String] = [], bounds: [Double]
    ) -> MetricHistogram {
        let histogram = MetricHistogram(name: name, help: help, labels: labels, bounds: bounds)
        add(name) { histogram.write(into: &$0) }
        return histogram
    }

    /// Registers a number that is read when somebody looks.
    package func gauge(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        add(name) { text in
            text += "# HELP \(name) \(MetricText.escaped(help))\n# TYPE \(name) gauge\n"
            text += "\(name) \(MetricText.number(read()))\n"
        }
    }

    /// Registers a count that something else keeps.
    package func counter(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        add(name) { text in
            text += "# HELP \(name) \(MetricText.escaped(help))\n# TYPE \(name) counter\n"
            text += "\(name) \(MetricText.number(read()))\n"
        }
    }

    private func add(_ name: String, write: @escaping @Sendable (inout String) -> Void) {
        families.withLock { families in
            families.removeAll { $0.name == name }
            families.append((name, write))
        }
    }

    /// All families in the order of their names.
    package func exposition() -> String {
        var text = ""
        for family in families.withLock({ $0 }).sorted(by: { $0.name < $1.name }) {
            family.write(&text)
        }
        return text
    }
}
