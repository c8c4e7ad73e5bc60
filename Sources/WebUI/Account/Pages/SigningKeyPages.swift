import Accounts
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// The OpenPGP keys that somebody signs releases with.
struct SigningKeyPages: Sendable {
    let web: AccountWeb

    private static let place = "/account/keys"

    func addRoutes(to pages: PageRoutes) {
        pages.page(Self.place, list)
        pages.pair(Self.place + "/add", for: .fresh, add, added)
        pages.form(Self.place + "/remove", for: .fresh, back: Self.place, show: list) { visit, form in
            try await web.services.signingKeys.remove(try form.text("fingerprint"), by: try visit.person())
            return visit.done(Self.place, .removed)
        }
    }

    private func list(_ visit: Visit) async throws -> AccountPage {
        let keys = try await web.services.signingKeys.list(of: try visit.person().userID)
        let rows = keys.map { key in
            PageTable.Row(
                [.code(key.fingerprint), .date(DateView(key.createdAt))],
                forms: [
                    visit.button(
                        Self.place + "/remove", "Remove", subject: key.fingerprint,
                        hidden: [.hidden("fingerprint", key.fingerprint)], isDanger: true)
                ])
        }
        return visit.page(
            "Signing keys", at: .keys, lead: "OpenPGP keys that your signatures are checked with, for Maven.",
            [
                PageBlock(
                    table: PageTable(["Fingerprint", "Since"], rows),
                    links: [.init("Add a key", Self.place + "/add")], empty: "You have none.")
            ])
    }

    private func add(_ visit: Visit) -> AccountPage {
        visit.page(
            "Add a signing key", at: .keys,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            Self.place + "/add",
                            [
                                .area(
                                    "key", "Public key", hint: "What “gpg --armor --export” prints.", limit: 40_000,
                                    isRequired: true)
                            ], submit: "Add it",
                            effect: "What is signed with it counts as signed by you.")
                    ])
            ])
    }

    private func added(_ visit: Visit, _ form: FormBody) async throws -> Response {
        _ = try await web.services.signingKeys.add(
            Array(try form.text("key", upTo: 40_000).utf8), by: try visit.person())
        return visit.done(Self.place, .changed)
    }
}
