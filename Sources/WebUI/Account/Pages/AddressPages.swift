import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// The addresses of an account.
struct AddressPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/addresses"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.pair(Self.place + "/add", for: .fresh, add, added)
        pages.form(Self.place + "/send", back: Self.place, show: list) { visit, form in
            try await web.people.addresses.sendAgain(try form.id("id"), by: try visit.session(), visitor: visit.visitor)
            return visit.done(Self.place, .linkSent)
        }
        pages.form(Self.place + "/primary", for: .fresh, back: Self.place, show: list) { visit, form in
            try await web.people.addresses.makePrimary(
                try form.id("id"), by: try visit.session(), visitor: visit.visitor)
            return visit.done(Self.place, .changed)
        }
        pages.form(Self.place + "/remove", for: .fresh, back: Self.place, show: list) { visit, form in
            try await web.people.addresses.remove(try form.id("id"), by: try visit.session(), visitor: visit.visitor)
            return visit.done(Self.place, .addressRemoved)
        }
    }

    private func list(_ visit: Visit) async throws -> AccountPage {
        let addresses = try await web.people.addresses.list(of: try visit.person())
        let rows = addresses.map { address in
            let hidden = [FieldView.hidden("id", String(address.id))]
            var forms: [FormView] = []
            if address.verifiedAt == nil {
                forms.append(
                    visit.button(
                        Self.place + "/send", "Send the link again", subject: "to \(address.address)", hidden: hidden))
            } else if !address.isPrimary {
                forms.append(
                    visit.button(Self.place + "/primary", "Make primary", subject: address.address, hidden: hidden))
            }
            forms.append(
                visit.button(
                    Self.place + "/remove", "Remove", subject: address.address, hidden: hidden, isDanger: true))
            return PageTable.Row(
                [
                    .text(address.address),
                    address.verifiedAt == nil ? .state("warn", "⚠", "not confirmed") : .state("good", "✓", "confirmed"),
                    .text(address.isPrimary ? "primary" : "–"),
                ], forms: forms)
        }
        return visit.page(
            "Addresses", at: .addresses,
            lead: "Notices about your account go to every confirmed address. They are shown to nobody.",
            [
                PageBlock(
                    table: PageTable(["Address", "State", "Use"], rows),
                    links: [.init("Add an address", Self.place + "/add")], empty: "You have none.")
            ])
    }

    private func add(_ visit: Visit) -> AccountPage {
        visit.page(
            "Add an address", at: .addresses,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            Self.place + "/add",
                            [
                                .text(
                                    "address", "Email address", value: visit.typed("address"),
                                    hint: "Use one whose domain you will keep.", type: "email", autocomplete: "email")
                            ], submit: "Add it",
                            effect: "Once it is confirmed, whoever reads it can ask for a new password.")
                    ])
            ])
    }

    private func added(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.addresses.add(
            try form.text("address", upTo: 254), by: try visit.session(), visitor: visit.visitor)
        return visit.done(Self.place, .addressAdded)
    }
}
