/// The databases that a test runs on, for `@Test(arguments:)`.
///
/// Take `allCases`, so that a test which cannot run here is reported as skipped by ``withDatabase(_:migrations:_:)``;
/// `available` leaves it out of the report.
package enum TestBackend: String, CaseIterable, Sendable {
    case sqlite, postgres

    /// The databases that can be started here.
    package static var available: [TestBackend] { allCases.filter(\.isAvailable) }

    /// Whether this one can be started here.
    package var isAvailable: Bool {
        switch self {
        case .sqlite: true
        case .postgres: TestPostgres.isAvailable
        }
    }
}
