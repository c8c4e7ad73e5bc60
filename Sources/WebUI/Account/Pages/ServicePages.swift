import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// Whom the registry itself trusts: issuers of identity tokens, and reporters of leaked secrets.
struct ServicePages: Sendable {
    let web: AccountWeb

    private static let issuers = "/administration/issuers"
    private static let reporters = "/administration/reporters"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.issuers, issuers)
        pages.form(Self.issuers + "/remove", for: .fresh, back: Self.issuers, show: issuers) {
            visit, form in
            try await web.account.trustedPublishing.removeIssuer(
                name: try form.text("name"), by: try visit.person())
            return visit.done(Self.issuers, .removed)
        }
        pages.page(Self.reporters, reporters)
        pages.form(Self.reporters + "/remove", for: .fresh, back: Self.reporters, show: reporters) {
            visit, form in
            try await web.account.secretReports.removeReporter(
                name: try form.text("name"), by: try visit.person())
            return visit.done(Self.reporters, .removed)
        }
    }

    private func issuers(_ visit: Visit) async throws -> AccountPage {
        _ = try web.staff(visit)
        let known = try await web.account.trustedPublishing.issuers()
        let rows = known.map { issuer in
            PageTable.Row(
                [
                    .text(issuer.name), .code(issuer.issuer), .text(issuer.provider),
                    .date(DateView(issuer.createdAt)),
                ],
                forms: [
                    visit.button(
                        Self.issuers + "/remove", "Remove", subject: issuer.name,
                        hidden: [.hidden("name", issuer.name)], isDanger: true)
                ])
        }
        return visit.page(
            "Issuers", at: .administration,
            lead:
                "Providers of identity tokens beside those that Hallmark knows. Add one on the command line.",
            [
                PageBlock(
                    table: PageTable(["Name", "Issuer", "Claims like", "Since"], rows),
                    empty: "There are none."),
                PageBlock(
                    "Add one", ["On the machine that runs the registry:"], secret: "hallmark admin issuer add --help"),
            ])
    }

    private func reporters(_ visit: Visit) async throws -> AccountPage {
        let person = try web.staff(visit)
        let known = try await web.account.secretReports.reporters(by: person)
        let rows = known.map { reporter in
            PageTable.Row(
                [
                    .text(reporter.name), .code(reporter.keysURL ?? "given keys"),
                    .text(Quantity.count(Int64(reporter.keys.count), "key", "keys")),
                    .date(reporter.fetchedAt.map { DateView($0) }),
                ],
                forms: [
                    visit.button(
                        Self.reporters + "/remove", "Remove", subject: reporter.name,
                        hidden: [.hidden("name", reporter.name)], isDanger: true)
                ])
        }
        return visit.page(
            "Reporters", at: .administration,
            lead: "Who may tell the registry that a token leaked. What they report is revoked at once.",
            [
                PageBlock(
                    table: PageTable(["Name", "Keys from", "Keys", "Fetched"], rows), empty: "There are none."
                ),
                PageBlock(
                    "Add one", ["On the machine that runs the registry:"], secret: "hallmark admin reporter add --help"),
            ])
    }
}
