import Foundation
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Testing

@Suite("docs/errors.md and the table of statuses")
struct ErrorDocumentTests {
    @Test("The document gives every code the status that the server answers", arguments: Problem.Code.allCases)
    func status(code: Problem.Code) throws {
        let text = try String(contentsOf: Checkout.root.appending(path: "docs/errors.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "### `\(code.rawValue)`\n").dropFirst().first)
        let line = try #require(section.components(separatedBy: "\n").first { $0.hasPrefix("- Status: ") })
        #expect(line == "- Status: \(code.status.code)")
    }
}
