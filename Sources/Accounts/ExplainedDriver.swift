package import Persistence
import RegistryModel

/// A driver whose passing faults (busy, connection lost, queue full) are refusals that clients understand.
///
/// Faults that mean something to a use case, such as a violated uniqueness, pass unchanged.
package struct ExplainedDriver: SQLDriver {
    private let base: any SQLDriver
    private let health: WriteHealth

    /// Wraps a driver; `health` is told how writes end.
    package init(_ base: any SQLDriver, health: WriteHealth = WriteHealth()) {
        self.base = base
        self.health = health
    }

    package var dialect: SQLDialect { base.dialect }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        do {
            return try await base.read(body)
        } catch let fault as SQLFault {
            throw Self.explained(fault)
        }
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        do {
            let value = try await base.write(body)
            health.note(nil)
            return value
        } catch let fault as SQLFault {
            health.note(fault)
            throw Self.explained(fault)
        }
    }

    package func shutdown() async {
        await base.shutdown()
    }

    private static func explained(_ fault: SQLFault) -> any Error {
        switch fault {
        case .overloaded: Problem(.overloaded, "The registry is busy. Try again in a moment.", diagnostic: "\(fault)")
        case .storage:
            Problem(
                .unavailable, "The registry's database cannot be used now. Nothing was changed; try again later.",
                diagnostic: "\(fault)")
        case .nullCharacter: Problem(.badRequest, "Text may not contain the character U+0000.")
        case _ where fault.isTransient:
            Problem(
                .unavailable, "The registry's database cannot be reached now. Try again soon.", diagnostic: "\(fault)")
        default: fault
        }
    }
}
