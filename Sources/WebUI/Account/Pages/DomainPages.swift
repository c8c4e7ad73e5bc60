import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// The domains of people's addresses, and whether somebody still keeps them.
struct DomainPages: Sendable {
    let web: AccountWeb

    private static let place = "/administration/domains"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.form(Self.place + "/check", back: Self.place, show: list) { visit, form in
            _ = try await web.account.emailDomains.check(try form.text("domain"), by: try visit.person())
            return visit.done(Self.place, .changed)
        }
        pages.form(Self.place + "/reset", for: .fresh, back: Self.place, show: list) { visit, form in
            _ = try await web.account.emailDomains.reset(try form.text("domain"), by: try visit.person())
            return visit.done(Self.place, .changed)
        }
    }

    private func list(_ visit: Visit) async throws -> AccountPage {
        let size = 100
        let person = try web.staff(visit)
        let found = try await web.account.emailDomains.list(after: visit.query["after"], limit: size + 1, by: person)
        let shown = Array(found.prefix(size))
        let rows = shown.map { domain in
            let hidden = [FieldView.hidden("domain", domain.domain)]
            let isOk = domain.state == .ok
            return PageTable.Row(
                [
                    .text(domain.domain),
                    isOk
                        ? .state("good", "✓", "kept") : .state("warn", "⚠", domain.state.rawValue),
                    .date(domain.checkedAt.map { DateView($0) }), .text(domain.lastError ?? "–"),
                ],
                forms: [visit.button(Self.place + "/check", "Check now", subject: domain.domain, hidden: hidden)]
                    + (isOk
                        ? []
                        : [visit.button(Self.place + "/reset", "It is kept", subject: domain.domain, hidden: hidden)])
            )
        }
        let more = found.count > size ? shown.last.map { "\(Self.place)?after=\(ProjectPath.encode($0.domain))" } : nil
        return visit.page(
            "Domains of addresses", at: .administration,
            lead:
                "Whoever registers a domain that somebody gave up can read their mail. An address there opens no account.",
            [
                PageBlock(
                    table: PageTable(["Domain", "State", "Looked at", "Found"], rows),
                    links: more.map { [PageBlock.Link("More", $0)] } ?? [],
                    empty:
                        "None was looked at yet. The registry looks at each soon after an address there is confirmed.")
            ])
    }
}
