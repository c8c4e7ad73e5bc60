import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// Forgotten passwords, and changes of known ones.
struct PasswordPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.pair("/recover/password", for: .anybody, ask, asked)
        pages.page("/recover/password/:link", for: .anybody, reset)
        pages.form("/recover/password/complete", for: .anybody, show: reset, act: wasReset)
        pages.pair("/account/password", for: .session, change, changed)
    }

    private var hint: String {
        "At least \(web.people.core.policy.passwordCharacters) characters. It must not be in a list of leaked passwords."
    }

    private func ask(_ visit: Visit) -> AccountPage {
        visit.page(
            "Forgot your password?",
            lead: "We send a link to the confirmed addresses of the account. It works for an hour.",
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "/recover/password",
                            [
                                .text(
                                    "name", "User name or email address", value: visit.typed("name"),
                                    autocomplete: "username")
                            ], submit: "Send me a link")
                    ]),
                PageBlock(links: [.init("How accounts are recovered", "/policies/account-recovery")]),
            ])
    }

    private func asked(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.resets.request(name: try form.text("name"), visitor: visit.visitor)
        return visit.done("/recover/password", .linkSent)
    }

    private func reset(_ visit: Visit) async throws -> AccountPage {
        let link = visit.link
        let question = try await web.people.resets.question(link: link)
        let new = FieldView.password("new", "New password", hint: hint, autocomplete: "new-password")
        var blocks: [PageBlock] = []
        func add(_ heading: String?, _ id: String, _ fields: [FieldView], options: JSONValue? = nil) {
            let all = [FieldView.hidden("link", link), new] + fields
            blocks.append(
                PageBlock(
                    heading,
                    forms: [
                        FormView(
                            "/recover/password/complete", token: visit.forms, id: id, all,
                            submit: "Set the new password",
                            effect: "All sessions of the account end.", ceremony: options == nil ? nil : .get,
                            options: options.map { String(decoding: $0.bytes(), as: UTF8.self) })
                    ]))
        }
        if question.factors.isEmpty { add(nil, "plain", []) }
        if question.factors.contains(.totp) {
            add("With a code from your app", "totp", [.hidden("way", "totp"), .code("code", "Code of six digits")])
        }
        if !question.factors.isDisjoint(with: [.webauthn, .passkey]) {
            add(
                "With a security key or passkey", "key", [.hidden("way", "key"), .hidden("credential", "")],
                options: try await web.people.resets.securityKeyOptions(link: link))
        }
        if !question.factors.isEmpty {
            add(
                "With a recovery code", "recovery",
                [.hidden("way", "recovery-code"), .code("code", "Recovery code", digits: false)])
        }
        return visit.page("A new password for \(question.userName)", blocks)
    }

    private func wasReset(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await web.people.resets.complete(
            link: form["link"], new: form["new"], proof: form["way"].isEmpty ? nil : try form.proof(),
            visitor: visit.visitor)
        return web.goOn(started, visit, to: nil, .passwordChanged)
    }

    private func change(_ visit: Visit) throws -> AccountPage {
        let session = try visit.session()
        guard session.record.state == .active else { throw PageRedirect("/login/factor") }
        return visit.page(
            "Change your password", at: .factors,
            lead: session.mustChangePassword
                ? "Your password is in a list of leaked ones, so others will try it. Choose another one to go on."
                : nil,
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "/account/password",
                            [
                                .password("current", "Password until now"),
                                .password("new", "New password", hint: hint, autocomplete: "new-password"),
                            ], submit: "Change it",
                            effect: "All other sessions end. Your tokens and security keys stay.")
                    ])
            ])
    }

    private func changed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await web.people.passwords.change(
            current: form["current"], new: form["new"], session: try visit.session(), visitor: visit.visitor)
        return web.goOn(started, visit, to: OwnPath("/account/factors"), .passwordChanged)
    }
}
