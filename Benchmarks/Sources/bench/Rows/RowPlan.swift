/// A row that can be asked for; nothing is started before it is made.
struct RowPlan: Sendable {
    let id: String
    let title: String
    let make: @Sendable (Lab) throws -> Row
}
