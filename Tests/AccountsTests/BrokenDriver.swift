import Persistence

/// A database that answers nothing but one fault.
struct BrokenDriver: SQLDriver {
    let fault: SQLFault
    let dialect = SQLDialect.sqlite

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        throw fault
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        throw fault
    }

    func shutdown() async {}
}
