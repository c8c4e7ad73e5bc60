package import Ecosystems
package import HTTPSupport
package import HTTPTypes
package import Hummingbird
package import RegistryModel

/// Refusals for whoever looks at pages: a page for browsers, problem documents for everything else.
package struct PageErrorDialect: ErrorDialect {
    private let renderer: PageRenderer
    private let publicURL: PublicURL
    private let presentations: [EcosystemPresentation]
    /// Whether the addresses are those of pages, so that everybody gets a page.
    private let isForPages: Bool

    /// Makes the dialect for addresses that no route knows; ``WebUIRoutes`` has one of its own.
    package init(renderer: PageRenderer, publicURL: PublicURL, presentations: [EcosystemPresentation]) {
        self.init(renderer: renderer, publicURL: publicURL, presentations: presentations, isForPages: false)
    }

    init(renderer: PageRenderer, publicURL: PublicURL, presentations: [EcosystemPresentation], isForPages: Bool) {
        self.renderer = renderer
        self.publicURL = publicURL
        self.presentations = presentations
        self.isForPages = isForPages
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        guard isForPages || Self.isBrowser(request) else {
            return ProblemJSONDialect(publicURL: publicURL)
                .response(to: problem, status: status, request: request, context: context)
        }
        if problem.code == .notFound {
            let page = NotFoundPage(name: nil, presentations: presentations, publicURL: publicURL.text)
            return PageResponses.refusal(renderer.html(page), status: status)
        }
        let page = ErrorPage(
            problem, status: status.code, requestID: context.requestID, publicURL: publicURL.text,
            path: OwnPath(request.uri.path)?.text)
        var response = PageResponses.refusal(renderer.html(page), status: status)
        if status == .unauthorized, Self.isBrowser(request) {
            // A scheme that browsers do not know: they show the page, which says how to sign in, and no dialogue.
            response.headers[.wwwAuthenticate] = PageResponses.challenge
        }
        return response
    }

    /// Whether the client asks for pages by name, as browsers do and package clients do not.
    private static func isBrowser(_ request: Request) -> Bool {
        guard let accept = ContentNegotiation.accepted(request.headers) else { return false }
        let json = "application/problem+json"
        return ContentNegotiation.choose(accept, from: [json, "text/html"]) == "text/html"
    }
}
