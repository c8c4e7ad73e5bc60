import Foundation
import RegistryModel

extension Browser {
    /// axe-core's script from the Python environment.
    private static let axe: String? = {
        let libraries = Checkout.environment.appending(path: "lib")
        let versions =
            (try? FileManager.default.contentsOfDirectory(atPath: libraries.path(percentEncoded: false))) ?? []
        return versions.lazy
            .map { libraries.appending(path: "\($0)/site-packages/axe_core_python/axe.min.js") }
            .compactMap { try? String(contentsOf: $0, encoding: .utf8) }.first
    }()

    /// Whether pages can be checked for accessibility here.
    package static var hasAxe: Bool { axe != nil }

    /// What axe-core finds wrong with the page by the rules of WCAG 2.2 at level AA and its own good practice, one line a
    /// fault; those that it calls minor are left out.
    package func accessibilityFaults() async throws -> [String] {
        guard let axe = Self.axe else { throw BrowserDriver.Failure(command: "axe", message: "axe-core is missing") }
        try await run(axe + "\n;window.axe = axe || window.axe;")
        let script = """
            const done = arguments[arguments.length - 1];
            window.axe.run(document, { resultTypes: ["violations"] }).then(
              (result) => done(result.violations.filter((fault) => fault.impact !== "minor").map((fault) =>
                `${fault.impact} ${fault.id}: ${fault.help}: ${fault.nodes.map((node) => node.html).join(" | ")}`)),
              (error) => done([`axe: ${error}`]));
            """
        let found = try await call(
            "POST", "/execute/async", .object([.init("script", .string(script)), .init("args", .array([]))]))
        return (found.arrayValue ?? []).compactMap { $0.stringValue.map { String($0.prefix(600)) } }
    }
}
