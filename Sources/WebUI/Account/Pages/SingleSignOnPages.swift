import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// Signing in through the organization's own issuer, where the operator configured one.
struct SingleSignOnPages: Sendable {
    let web: AccountWeb
    let signOn: SingleSignOn

    private static let begin = "/login/sso"
    static let link = "/account/single-sign-on"

    func addRoutes(to pages: PageRoutes) {
        pages.response(Self.begin, for: .anybody, start)
        pages.response(SingleSignOn.callbackPath, for: .anybody, finish)
        pages.page(Self.link, for: .person, ask)
        pages.form(Self.link, for: .fresh, show: ask, act: linked)
        pages.form(Self.link + "/remove", for: .fresh, back: Self.link, show: ask) { visit, form in
            try await signOn.unlink(
                issuer: try form.text("issuer", upTo: 2000), subject: try form.text("subject", upTo: 2000),
                by: try visit.session(), visitor: visit.visitor)
            return visit.done(Self.link, .factorRemoved)
        }
    }

    /// The block of the sign-in page; `next` is where it goes on to.
    static func block(_ signOn: SingleSignOn, next: OwnPath?) -> PageBlock {
        let query = next.map { "?next=\(ProjectPath.encode($0.text))" } ?? ""
        return PageBlock(
            "With your organization", links: [.init("Sign in with \(signOn.settings.title)", begin + query)])
    }

    private var cookie: PageCookie { PageCookie("hallmark-sso", at: web.publicURL) }

    /// Leads to the issuer: with a link, not a form, because a form of ours may lead to our own pages only.
    private func start(_ visit: Visit) async throws -> Response {
        let started = try await signOn.begin(next: visit.next?.text ?? "/account")
        var response = PageRedirect(started.address).response
        response.headers.append(
            .init(name: .setCookie, value: cookie.setting(started.cookie, seconds: SingleSignOn.cookieSeconds)))
        return response
    }

    private func finish(_ visit: Visit) async throws -> Response {
        let query = try FormBody(Array((visit.request.uri.query ?? "").utf8))
        let names = ["state", "code", "iss", "error"].filter(query.has)
        let fields = Dictionary(uniqueKeysWithValues: names.map { ($0, query[$0]) })
        let finished = try await signOn.finish(
            fields, cookie: cookie.value(visit.request), visitor: visit.visitor,
            previous: visit.context.session?.secret)
        var visit = visit
        visit.cookies.append(cookie.clearing)
        return web.goOn(finished.started, visit, to: OwnPath(finished.next), finished.isNew ? .welcome : nil)
    }

    // MARK: Linking

    private func ask(_ visit: Visit) async throws -> AccountPage {
        let linked = try await signOn.list(of: try visit.session())
        let rows = linked.map { identity in
            PageTable.Row(
                [
                    .text(identity.issuer == signOn.settings.issuer ? signOn.settings.title : identity.issuer),
                    .code(identity.subject), .date(DateView(identity.linkedAt)),
                ],
                forms: [
                    visit.button(
                        Self.link + "/remove", "Remove", subject: identity.subject,
                        hidden: [.hidden("issuer", identity.issuer), .hidden("subject", identity.subject)],
                        isDanger: true)
                ])
        }
        return visit.page(
            "Single sign-on", at: .factors,
            [
                PageBlock(
                    table: PageTable(["Where", "Who you are there", "Since"], rows),
                    empty: "No account of another place is linked to yours."),
                PageBlock(
                    "Link \(signOn.settings.title)",
                    forms: [
                        visit.form(
                            Self.link, submit: "Go on",
                            effect: "Whoever signs in there as you can use this account from then on.")
                    ]),
            ])
    }

    private func linked(_ visit: Visit, _ form: FormBody) async throws -> Response {
        let started = try await signOn.begin(next: "/account/factors", session: try visit.session())
        var visit = visit
        visit.cookies.append(cookie.setting(started.cookie, seconds: SingleSignOn.cookieSeconds))
        let page = visit.page(
            "Link \(signOn.settings.title)", at: .factors,
            [
                PageBlock(
                    ["Sign in there; you come back here."],
                    links: [.init("Go to \(signOn.settings.title)", started.address)])
            ])
        return web.answer(page, to: visit, status: .ok)
    }
}
