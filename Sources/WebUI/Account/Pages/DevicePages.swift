import Accounts
import HTTPSupport
import Hummingbird
import RegistryModel

/// Programs that wait for somebody to allow them: `hallmark login`, npm's login and its challenge at publish.
struct DevicePages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.pair("/device", show, decided)
    }

    private func show(_ visit: Visit) async throws -> AccountPage {
        let code = visit.form.map { $0["code"] } ?? visit.query["code"]
        guard !code.isEmpty else { return ask(visit) }
        let grant = try await web.account.deviceGrants.pending(
            userCode: code, by: try visit.person(), visitor: visit.visitor)
        let isChallenge = grant.kind == .npmChallenge
        let may =
            grant.scopes.isEmpty
            ? "everything that you may" : grant.scopes.map(\.description).joined(separator: ", ")
        let hidden = FieldView.hidden("code", grant.userCode)
        return visit.page(
            isChallenge ? "Confirm this publish" : "Allow this program?",
            [
                PageBlock(
                    [
                        "Allow it only if you started it yourself just now, and the code is the one that it shows. Nobody from this registry ever asks you to."
                    ],
                    facts: [
                        .init("Code", grant.userCode, isMono: true), .init("Program", grant.client),
                        .init("Asks from", grant.network.isEmpty ? "an unknown network" : grant.network),
                        .init("Asked", DateView(grant.createdAt).exact),
                    ] + (isChallenge ? [] : [.init("May", may, isMono: true)]),
                    forms: [
                        visit.form(
                            "/device", id: "allow", [hidden, .hidden("answer", "allow")], submit: "Allow",
                            effect: isChallenge
                                ? "The publish that waits goes on."
                                : "The program gets a token and can act in your name until you revoke it."),
                        visit.form(
                            "/device", id: "deny", [hidden, .hidden("answer", "deny")], submit: "Refuse",
                            isDanger: true),
                    ])
            ])
    }

    private func ask(_ visit: Visit) -> AccountPage {
        // A form that only looks something up: it is sent to the page that shows what is asked.
        visit.page(
            "Allow a program",
            [
                PageBlock(
                    ["Type the code that the program shows."],
                    forms: [
                        visit.form(
                            "/device", [.hidden("answer", "look"), .text("code", "Code", limit: 16)],
                            submit: "Go on")
                    ])
            ])
    }

    private func decided(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let code = try form.text("code", upTo: 16)
        let session = try visit.session()
        switch form["answer"] {
        case "allow":
            guard web.people.sessions.isFresh(session) else {
                throw PageRedirect(
                    "/login/again?next=\(ProjectPath.encode("/device?code=\(ProjectPath.encode(code))"))")
            }
            try await web.account.deviceGrants.allow(
                userCode: code, by: try visit.person(), authenticatedAt: session.record.authenticatedAt,
                origin: visit.visitor.origin)
            return visit.done("/account", .deviceAllowed)
        case "deny":
            try await web.account.deviceGrants.deny(userCode: code, by: try visit.person())
            return visit.done("/account", .deviceRefused)
        default:
            return visit.done("/device?code=\(ProjectPath.encode(code))")
        }
    }
}
