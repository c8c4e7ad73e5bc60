import RegistryModel
import Testing

/// Expects `body` to be refused with that code.
func expectRefusal(
    _ code: Problem.Code, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("expected \(code.rawValue), but it was accepted", sourceLocation: sourceLocation)
    } catch let problem as Problem {
        #expect(problem.code == code, comment, sourceLocation: sourceLocation)
    } catch {
        Issue.record("expected \(code.rawValue), but got \(error)", sourceLocation: sourceLocation)
    }
}
