import Synchronization

/// A list that is taken from its beginning, each value once.
final class Once<Value: Sendable>: Sendable {
    private let values: Mutex<[Value]>

    init(_ values: [Value]) {
        self.values = Mutex(values.reversed())
    }

    func take() -> Value? { values.withLock { $0.popLast() } }
}
