import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// Accounts whose factors are all lost.
struct RecoveryPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.form("/account/recovery/cancel", back: "/account", show: ask) { visit, _ in
            try await web.people.recovery.cancel(by: try visit.session())
            return visit.done("/account", .recoveryStopped)
        }
        pages.pair("/recover/account", for: .anybody, ask, asked)
        pages.page("/recover/account/:link", for: .anybody, begin)
        pages.form("/recover/account/begin", for: .anybody, show: begin, act: begun)
        pages.page("/recover/cancel/:link", for: .anybody, cancel)
        pages.form("/recover/cancel", for: .anybody, show: cancel, act: cancelled)
        pages.page("/recover/finish/:link", for: .anybody, complete)
        pages.form("/recover/finish", for: .anybody, show: complete, act: completed)
    }

    private func ask(_ visit: Visit) -> AccountPage {
        let policy = web.people.recovery.policy
        return visit.page(
            "Recover an account", lead: "For an account whose second factors and recovery codes are all lost.",
            [
                PageBlock(
                    [
                        "Two people of this registry look at every recovery, then it waits for \(Quantity.span(policy.waitSeconds)). "
                            + "Every address of the account is told, and whoever still has the account can stop it."
                    ],
                    links: [.init("How accounts are recovered", "/policies/account-recovery")],
                    forms: [
                        visit.form(
                            "/recover/account",
                            [
                                .text(
                                    "name", "User name or email address", value: visit.typed("name"),
                                    autocomplete: "username")
                            ], submit: "Send me a link")
                    ])
            ])
    }

    private func asked(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.recovery.request(name: try form.text("name"), visitor: visit.visitor)
        return visit.done("/recover/account", .linkSent)
    }

    private func begin(_ visit: Visit) -> AccountPage {
        visit.page(
            "Begin the recovery",
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "/recover/account/begin",
                            [
                                .hidden("link", visit.link),
                                .area(
                                    "reason", "What happened, and how can we know that it is you?",
                                    value: visit.typed("reason"),
                                    hint: "The people who decide read this. Name somebody here who knows you.",
                                    isRequired: true),
                            ], submit: "Begin the recovery",
                            effect:
                                "Every address of the account is told and gets a link to stop it. When it is done, all factors, sessions and tokens of the account are gone."
                        )
                    ])
            ])
    }

    private func begun(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.recovery.begin(
            link: form["link"], reason: try form.text("reason", upTo: 2000), visitor: visit.visitor)
        return visit.done("/recover/account", .recoveryBegun)
    }

    private func cancel(_ visit: Visit) -> AccountPage {
        visit.page(
            "Stop the recovery",
            [
                PageBlock(
                    ["If it was not you who asked for it, stop it. Nothing else changes."],
                    forms: [
                        visit.form("/recover/cancel", [.hidden("link", visit.link)], submit: "Stop the recovery")
                    ])
            ])
    }

    private func cancelled(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.recovery.cancel(link: form["link"])
        return visit.done("/login", .recoveryStopped)
    }

    private func complete(_ visit: Visit) -> AccountPage {
        visit.page(
            "Finish the recovery",
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "/recover/finish",
                            [
                                .hidden("link", visit.link),
                                .password(
                                    "new", "New password",
                                    hint: "At least \(web.people.core.policy.passwordCharacters) characters.",
                                    autocomplete: "new-password"),
                            ], submit: "Set the password",
                            effect:
                                "All second factors, recovery codes, sessions and tokens of the account are removed.")
                    ])
            ])
    }

    private func completed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.recovery.complete(link: form["link"], new: form["new"], visitor: visit.visitor)
        return visit.done("/login", .passwordChanged)
    }
}
