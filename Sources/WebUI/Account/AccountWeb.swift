import Accounts
import Ecosystems
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// Who a page of somebody's own is for.
enum PageNeed: Sendable {
    /// Everybody.
    case anybody
    /// Whoever has proven something: a second factor or another password may still be asked for.
    case session
    /// Who is signed in.
    case person
    /// Who is signed in and has proven a factor lately: for what cannot be undone.
    case fresh
}

/// What the pages of people's own work with, and the one way in which they are answered.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
final class AccountWeb: Sendable {
    let services: RegistryServices
    let people: AccountUseCases
    let account: AccountServices
    let presentations: [EcosystemPresentation]
    let renderer: PageRenderer

    init(
        services: RegistryServices, people: AccountUseCases, account: AccountServices,
        presentations: [EcosystemPresentation], renderer: PageRenderer
    ) {
        self.services = services
        self.people = people
        self.account = account
        self.presentations = presentations
        self.renderer = renderer
    }

    /// Where the pages are.
    var publicURL: PublicURL { services.publicURL }

    /// What people call an ecosystem.
    func name(of ecosystem: EcosystemID) -> String {
        presentations.first { $0.id == ecosystem }?.displayName ?? ecosystem.rawValue
    }

    /// The form, once it is known that a page of ours sent it in this browser's name.
    /// - Throws: `Problem`: ``Problem/Code/forbidden`` where it did not.
    func received(_ visit: Visit) async throws -> FormBody {
        try FormOrigin.check(visit.request.headers, publicURL: publicURL)
        let form = try await FormBody.read(visit.request, visit.context)
        guard visit.forms.accepts(form[FormToken.field], for: visit.path) else {
            throw Problem(
                .forbidden,
                "The form is out of date: you were signed in or out since it was opened, or cookies are turned off. "
                    + "Nothing was changed. Open the page again and repeat it.")
        }
        return form
    }

    /// The page with the form once more, with what was refused on top.
    func refusal(
        _ problem: Problem, of form: FormBody, on visit: Visit, show: (Visit) async throws -> AccountPage
    ) async throws -> Response {
        visit.context.record.note(problem: problem)
        var visit = visit
        visit.problem = problem
        visit.form = form
        return answer(try await show(visit), to: visit, status: problem.code.status)
    }

    /// Answers a request for whoever the page is for; leads everybody else to where they can become that.
    func answer(
        _ request: Request, _ context: RegistryContext, for need: PageNeed, back: String?,
        _ body: (Visit) async throws -> Response
    ) async throws -> Response {
        let visit = Visit(request, context, publicURL: publicURL) { people.core.random.bytes(32) }
        do {
            try check(need, visit, back: back)
            return try await body(visit)
        } catch let redirect as PageRedirect {
            return redirect.response
        } catch let problem as Problem {
            guard let redirect = Self.redirect(for: problem, back: back ?? Self.target(visit)) else { throw problem }
            return redirect.response
        }
    }

    /// Leads whoever may not see a page to where they can change that.
    private func check(_ need: PageNeed, _ visit: Visit, back: String?) throws {
        guard need != .anybody else { return }
        let target = back ?? Self.target(visit)
        guard let session = visit.context.session?.session else {
            throw PageRedirect("/login?next=\(ProjectPath.encode(target))")
        }
        guard need != .session else { return }
        guard session.record.state == .active else {
            throw PageRedirect("/login/factor?next=\(ProjectPath.encode(target))")
        }
        guard !session.mustChangePassword else { throw PageRedirect("/account/password") }
        if need == .fresh, !people.sessions.isFresh(session) {
            throw PageRedirect("/login/again?next=\(ProjectPath.encode(target))")
        }
    }

    /// The address to come back to: that of the page itself, with its query.
    private static func target(_ visit: Visit) -> String {
        let query = visit.request.uri.query.map { "?\($0)" } ?? ""
        return visit.path + (visit.request.method == .get ? query : "")
    }

    /// Where a refusal of the use cases can be mended.
    private static func redirect(for problem: Problem, back: String) -> PageRedirect? {
        let next = "next=\(ProjectPath.encode(back))"
        return switch problem.code {
        case .reauthenticationRequired: PageRedirect("/login/again?\(next)")
        case .passwordChangeRequired: PageRedirect("/account/password")
        default: nil
        }
    }

    /// The answer: a page that nobody keeps and no other site can frame.
    func answer(_ page: AccountPage, to visit: Visit, status: HTTPResponse.Status) -> Response {
        var response = PageResponses.refusal(renderer.html(page), status: status)
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        if status == .unauthorized {
            response.headers[.wwwAuthenticate] = PageResponses.challenge
        }
        for cookie in visit.cookies { response.headers.append(.init(name: .setCookie, value: cookie)) }
        return response
    }

    /// The cookies of a session that was just begun or rotated.
    func cookies(of started: StartedSession) -> [String] {
        var out = [PageCookie.session(publicURL).setting(started.secret, seconds: people.core.policy.sessionSeconds)]
        if let device = started.device {
            out.append(PageCookie.device(publicURL).setting(device, seconds: 400 * 86_400))
        }
        out.append(PageCookie.form(publicURL).clearing)
        return out
    }

    /// Where somebody goes whose session was just begun or has got on.
    func goOn(_ started: StartedSession, _ visit: Visit, to path: OwnPath?, _ note: PageNote? = nil) -> Response {
        let next = path?.text ?? "/account"
        let place =
            switch started.next {
            case .nothing: next
            case .secondFactor: "/login/factor?next=\(ProjectPath.encode(next))"
            case .newPassword: "/account/password"
            }
        return visit.done(place, started.next == .nothing ? note : nil, cookies: cookies(of: started))
    }
}

extension Problem.Code {
    /// Whether the page with the form is the right place to say it, rather than one of its own.
    var isForThePage: Bool {
        switch self {
        case .reauthenticationRequired, .passwordChangeRequired, .notFound, .internalError, .overloaded, .unavailable,
            .blobDamaged:
            false
        default: true
        }
    }
}
