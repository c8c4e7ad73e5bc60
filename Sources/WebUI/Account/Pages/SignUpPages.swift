import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// Getting an account, and confirming addresses.
struct SignUpPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.pair("/signup", for: .anybody, ask, asked)
        pages.page("/signup/:link", for: .anybody, complete)
        pages.form("/signup/complete", for: .anybody, show: complete, act: completed)
        pages.page("/account/confirm/:link", for: .anybody, confirm)
        pages.form("/account/confirm", for: .anybody, show: confirm, act: confirmed)
    }

    private func ask(_ visit: Visit) -> AccountPage {
        guard web.people.core.policy.signUp == .open else {
            return visit.page(
                "Get an account",
                [
                    PageBlock(
                        [
                            "This registry is for people who were invited. Ask its operator for an invitation: it comes by mail, with a link.",
                            "Installing needs no account unless a package is not public.",
                        ], links: [.init("Sign in", "/login", hint: "if you have an account already")])
                ])
        }
        return visit.page(
            "Get an account", lead: "We send you a link; it proves that the address is yours.",
            [
                PageBlock(
                    forms: [
                        visit.form(
                            "/signup",
                            [
                                .text(
                                    "address", "Email address", value: visit.typed("address"), type: "email",
                                    autocomplete: "email")
                            ], submit: "Send me the link")
                    ]),
                PageBlock(links: [.init("Sign in", "/login", hint: "if you have an account already")]),
            ])
    }

    private func asked(_ visit: Visit, _ form: FormBody) async throws -> Response {
        try await web.people.signUp.request(address: try form.text("address", upTo: 254), visitor: visit.visitor)
        return visit.done("/signup", .linkSent)
    }

    private func complete(_ visit: Visit) async throws -> AccountPage {
        let link = visit.link
        let offer = try await web.people.signUp.offer(link: link)
        let characters = web.people.core.policy.passwordCharacters
        let name = visit.form.map { $0["name"] } ?? offer.name ?? ""
        var fields: [FieldView] = [
            .hidden("link", link),
            .text(
                "name", "User name", value: name,
                hint: "Letters, digits and single hyphens. It is shown beside what you publish and cannot be changed.",
                autocomplete: "username", limit: 64),
            .password(
                "password", "Password",
                hint: "At least \(characters) characters. A few words that only you put together are best.",
                autocomplete: "new-password"),
        ]
        if offer.address == nil {
            fields.insert(
                .text(
                    "address", "Email address", value: visit.typed("address"),
                    hint: "For notices about your account. You confirm it with a link.", type: "email",
                    autocomplete: "email"), at: 1)
        }
        let lead =
            offer.isAdministrator
            ? "This account will administer the registry."
            : offer.address.map { "The address \($0) is confirmed by the link that you followed." }
        return visit.page(
            "Make your account", lead: lead,
            [PageBlock(forms: [visit.form("/signup/complete", fields, submit: "Make my account")])])
    }

    private func completed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let address = try form.text("address", upTo: 254)
        let started = try await web.people.signUp.complete(
            link: form["link"], name: try form.text("name"), password: form["password"],
            address: address.isEmpty ? nil : address, visitor: visit.visitor)
        return web.goOn(started, visit, to: nil, .welcome)
    }

    private func confirm(_ visit: Visit) async throws -> AccountPage {
        let address = try await web.people.addresses.address(link: visit.link)
        return visit.page(
            "Confirm your address", lead: address,
            [
                PageBlock(
                    ["Notices about your account will be sent there, and a link if you forget your password."],
                    forms: [
                        visit.form("/account/confirm", [.hidden("link", visit.link)], submit: "Confirm the address")
                    ])
            ])
    }

    private func confirmed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        _ = try await web.people.addresses.confirm(link: form["link"])
        return visit.done(visit.principal == nil ? "/login" : "/account/addresses", .addressConfirmed)
    }
}

extension Visit {
    /// The secret of a mailed link: of the address, or of the form that was sent from it.
    var link: String { form.map { $0["link"] } ?? context.parameters.get("link") ?? "" }
}
