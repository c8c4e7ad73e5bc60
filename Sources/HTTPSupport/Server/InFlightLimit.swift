package import Hummingbird
import RegistryModel
import Synchronization

/// Answers 503 at once while too many requests are being answered, rather than letting all of them wait.
package struct InFlightLimit: RouterMiddleware {
    package typealias Context = RegistryContext

    private final class Count: Sendable {
        let value = Atomic(0)
    }

    private let limit: Int
    private let count = Count()

    /// Allows so many at once.
    package init(_ limit: Int) {
        self.limit = limit
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        defer { count.value.wrappingSubtract(1, ordering: .relaxed) }
        guard count.value.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            throw Problem(.overloaded, "The registry is answering as many requests as it can. Try again in a moment.")
        }
        return try await next(request, context)
    }
}
