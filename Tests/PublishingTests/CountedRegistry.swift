import HallmarkTesting
import Synchronization
import Testing

/// Runs `body` with a registry and what counts the rows that its database gives.
func withCountedRegistry(
    _ backend: TestBackend, _ body: @Sendable (TestRegistry, RowCountingDriver) async throws -> Void
) async throws {
    let wrapped = Mutex<RowCountingDriver?>(nil)
    try await withRegistry(
        backend,
        through: { driver in
            let counting = RowCountingDriver(driver)
            wrapped.withLock { $0 = counting }
            return counting
        },
        { registry in try await body(registry, try #require(wrapped.withLock { $0 })) })
}
