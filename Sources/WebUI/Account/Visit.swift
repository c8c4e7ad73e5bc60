import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// One request for a page of somebody's own, with what every such page needs.
struct Visit: Sendable {
    let request: Request
    let context: RegistryContext
    let publicURL: PublicURL
    /// Makes the tokens of the forms on the page.
    let forms: FormToken
    /// `Set-Cookie` values that go out with the answer.
    var cookies: [String]
    /// What happened with the last form.
    let note: PageNote?
    /// Why the form that was just sent was refused, and what was in it: the page is shown again.
    var problem: Problem?
    var form: FormBody?

    /// Reads what the browser sent.
    ///
    /// Who is signed in gets forms of their session; everybody else gets some that are tied to a cookie, which is set here
    /// where there is none: otherwise a stranger's page could sign a person in to the stranger's account.
    init(_ request: Request, _ context: RegistryContext, publicURL: PublicURL, random: () -> [UInt8]) {
        self.request = request
        self.context = context
        self.publicURL = publicURL
        cookies = []
        if let session = context.session {
            forms = session.forms
        } else {
            let cookie = PageCookie.form(publicURL)
            let known = cookie.value(request).flatMap { $0.utf8.count == 64 ? Hex.decode($0) : nil }
            let key = known ?? random()
            forms = FormToken(key: key)
            if known == nil { cookies.append(cookie.setting(Hex.encode(key))) }
        }
        let noted = PageCookie.note(publicURL)
        note = noted.value(request).flatMap(PageNote.init(rawValue:))
        if note != nil, request.method == .get { cookies.append(noted.clearing) }
    }

    /// The path as it was sent; forms that lead here have tokens for it.
    var path: String { request.uri.path }
    /// The values of the query.
    var query: QueryValues { QueryValues(request.uri.query) }
    /// Who stands before the page.
    var visitor: Visitor { context.visitor(request, at: publicURL) }
    /// Who is signed in.
    var principal: Principal? { context.session?.principal }

    /// The session of who is signed in.
    /// - Throws: ``PageRedirect`` to where that is done.
    func session() throws -> Session {
        guard let session = context.session?.session else { throw PageRedirect("/login") }
        return session
    }

    /// Who is signed in.
    /// - Throws: ``PageRedirect`` to where that is done.
    func person() throws -> Principal {
        guard let principal else { throw PageRedirect("/login") }
        return principal
    }

    /// A parameter of the path, decoded.
    /// - Throws: ``Problem/Code/notFound``.
    func parameter(_ name: String) throws(Problem) -> String {
        guard let raw = context.parameters.get(name), let text = PathSegment.decode(raw, allowingSlash: true) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }

    /// What the last form had in a field, where it is shown again; never a secret.
    func typed(_ name: String) -> String { form?[name] ?? "" }

    /// Where to go on to: the field or query value `next`, where it is a path of ours.
    var next: OwnPath? {
        let text = form.map { $0["next"] } ?? query["next"]
        return text.isEmpty ? nil : OwnPath(text)
    }

    /// A form with its token.
    func form(
        _ action: String, id: String = "form", _ fields: [FieldView] = [], submit: String, subject: String? = nil,
        effect: String? = nil, isDanger: Bool = false
    ) -> FormView {
        FormView(
            action, token: forms, id: id, fields, submit: submit, subject: subject, effect: effect, isDanger: isDanger)
    }

    /// A button with its token, beside what it acts on.
    func button(
        _ action: String, _ label: String, subject: String, hidden: [FieldView] = [], isDanger: Bool = false
    ) -> FormView {
        FormView(
            action, token: forms, hidden, submit: label, subject: subject, isDanger: isDanger, isInline: true)
    }

    /// A page.
    func page(
        _ heading: String, at section: AccountSection? = nil, lead: String? = nil, _ blocks: [PageBlock]
    ) -> AccountPage {
        let shown = problem.map(AccountPage.Note.refused) ?? note.map { AccountPage.Note.done($0.text) }
        return AccountPage(
            heading, lead: lead, person: principal?.userName, note: shown,
            menu: principal.map { AccountSection.menu(for: $0, at: section) } ?? [], blocks: blocks,
            publicURL: publicURL.text)
    }

    /// Where somebody goes after a form was taken, with what they are told there.
    func done(_ path: String, _ note: PageNote? = nil, cookies: [String] = []) -> Response {
        var response = PageRedirect(path).response
        let noted = note.map { [PageCookie.note(publicURL).setting($0.rawValue, seconds: 60)] } ?? []
        for cookie in self.cookies + noted + cookies { response.headers.append(.init(name: .setCookie, value: cookie)) }
        return response
    }
}

/// Leads a browser elsewhere on these pages, with GET.
struct PageRedirect: Error {
    let location: String

    init(_ location: String) {
        self.location = location
    }

    var response: Response {
        Response(status: .seeOther, headers: [.location: location, .cacheControl: "private, no-store"])
    }
}
