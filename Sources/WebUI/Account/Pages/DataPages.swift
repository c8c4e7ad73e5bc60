import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// A copy of one's own data, and the end of an account.
struct DataPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.page("/account/data", show)
        pages.form("/account/data/export", for: .fresh, back: "/account/data", show: show, act: export)
        pages.pair("/account/data/close", for: .fresh, close, closed)
    }

    private func show(_ visit: Visit) -> AccountPage {
        visit.page(
            "Your data", at: .data,
            [
                PageBlock(
                    "A copy", ["Everything that is kept about you, as one JSON file."],
                    forms: [visit.form("/account/data/export", id: "export", submit: "Get the file")]),
                PageBlock(
                    "Close the account",
                    [
                        "What you published stays, and your name is never given to anybody else. Everything else is deleted."
                    ],
                    links: [.init("Close the account", "/account/data/close")]),
            ])
    }

    private func export(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let data = try await web.people.own.export(session: try visit.session())
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "private, no-store",
                .contentDisposition: "attachment; filename=\"hallmark-account.json\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: data.bytes())))
    }

    private func close(_ visit: Visit) throws -> AccountPage {
        let name = try visit.person().userName
        return visit.page(
            "Close the account", at: .data,
            [
                PageBlock(
                    warning: "This cannot be undone.",
                    forms: [
                        visit.form(
                            "/account/data/close",
                            [.text("name", "Type “\(name)” to confirm", autocomplete: "off")],
                            submit: "Close my account",
                            effect:
                                "All tokens and sessions end, and your addresses, factors and history are deleted. Projects that only you own must be given to somebody first.",
                            isDanger: true)
                    ])
            ])
    }

    private func closed(_ visit: Visit, _ form: FormBody) async throws -> Response {
        guard try form.text("name") == (try visit.person().userName) else {
            throw Problem(.badRequest, "That is not the name of the account. Nothing was changed.")
        }
        try await web.people.own.close(session: try visit.session(), visitor: visit.visitor)
        return visit.done("/login", .accountClosed, cookies: [PageCookie.session(web.publicURL).clearing])
    }
}
