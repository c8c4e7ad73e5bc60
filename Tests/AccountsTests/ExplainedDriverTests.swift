import Accounts
import Persistence
import RegistryModel
import Testing

@Suite("Faults of the database that clients are told about")
struct ExplainedDriverTests {
    @Test(
        "What passes is explained without the database's own words",
        arguments: [
            (SQLFault.busy, Problem.Code.unavailable), (.connectionLost, .unavailable), (.overloaded, .overloaded),
            (.nullCharacter, .badRequest), (.storage(code: "13", message: "full"), .unavailable),
        ])
    func explained(fault: SQLFault, code: Problem.Code) async {
        let driver = ExplainedDriver(BrokenDriver(fault: fault))
        await expectRefusal(code) { try await driver.read { _ in } }
        await expectRefusal(code) { try await driver.write { _ in } }
    }

    @Test(
        "What means something to a use case passes unchanged",
        arguments: [
            SQLFault.uniqueViolation(constraint: "users.name_key"), .foreignKeyViolation, .column("x"),
            .other(code: "XX000", message: "secret detail"),
        ])
    func unchanged(fault: SQLFault) async {
        let driver = ExplainedDriver(BrokenDriver(fault: fault))
        await #expect(throws: fault) { try await driver.read { _ in } }
        await #expect(throws: fault) { try await driver.write { _ in } }
    }
}
