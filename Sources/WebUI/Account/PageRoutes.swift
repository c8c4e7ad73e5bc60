import HTTPSupport
import Hummingbird
import RegistryModel

/// Where pages of people's own are added: who each is for, and how it takes its form.
struct PageRoutes {
    let group: RouterGroup<RegistryContext>
    let web: AccountWeb

    /// Adds a page.
    func page(
        _ path: String, for need: PageNeed = .person, _ show: @escaping @Sendable (Visit) async throws -> AccountPage
    ) {
        group.get(RouterPath(path)) { [web] request, context in
            try await web.answer(request, context, for: need, back: nil) { visit in
                web.answer(try await show(visit), to: visit, status: .ok)
            }
        }
    }

    /// Adds an address that takes a form.
    /// - Parameters:
    ///   - path: The address.
    ///   - need: Who may send it.
    ///   - back: Where the page with the form is, where that is elsewhere; nil where it has the same address.
    ///   - show: The page with the form, shown again where it is refused.
    ///   - act: Does what the form asks.
    func form(
        _ path: String, for need: PageNeed = .person, back: String? = nil,
        show: @escaping @Sendable (Visit) async throws -> AccountPage,
        act: @escaping @Sendable (Visit, FormBody) async throws -> Response
    ) {
        group.post(RouterPath(path)) { [web] request, context in
            try await web.answer(request, context, for: need, back: back) { visit in
                let form = try await web.received(visit)
                do {
                    return try await act(visit, form)
                } catch let problem as Problem where problem.code.isForThePage {
                    return try await web.refusal(problem, of: form, on: visit, show: show)
                }
            }
        }
    }

    /// Adds a page that takes its own form.
    func pair(
        _ path: String, for need: PageNeed = .person, _ show: @escaping @Sendable (Visit) async throws -> AccountPage,
        _ act: @escaping @Sendable (Visit, FormBody) async throws -> Response
    ) {
        page(path, for: need, show)
        form(path, for: need, show: show, act: act)
    }

    /// Adds an address that answers a GET with something other than a page.
    func response(
        _ path: String, for need: PageNeed = .person, _ handle: @escaping @Sendable (Visit) async throws -> Response
    ) {
        group.get(RouterPath(path)) { [web] request, context in
            try await web.answer(request, context, for: need, back: nil) { try await handle($0) }
        }
    }
}
