package import RegistryModel

/// A refusal for people: what happened, what is safe, what to do.
package struct ErrorPage: PageContent {
    package static let template = "error"

    package let frame: PageFrame
    let status: String
    let heading: String
    let detail: String
    let safe: String
    let advice: String
    let code: String
    let requestID: String?
    /// Where to sign in and come back from; nil where that would not help.
    let signInHref: String?

    /// Describes a refusal; `path` is the address that was asked for, where signing in may open it.
    package init(_ problem: Problem, status: Int, requestID: String?, publicURL: String, path: String? = nil) {
        signInHref = status == 401 ? path.map { "/login?next=\(ProjectPath.encode($0))" } : nil
        self.status = String(status)
        self.requestID = requestID
        code = problem.code.rawValue
        detail = problem.detail
        (heading, advice) = Self.words(status)
        safe =
            status >= 500
            ? "What is published is safe, and nothing was changed by this request."
            : "Nothing was changed by this request."
        frame = PageFrame(title: heading, publicURL: publicURL, isIndexed: false)
    }

    private static func words(_ status: Int) -> (String, String) {
        switch status {
        case 401:
            (
                "This page needs you to sign in",
                "Sign in, or send a token with the scope “read” as the password of the user __token__."
            )
        case 403: ("This is not yours to see", "Ask an owner of the project, or the operator of this registry.")
        case 404: ("There is nothing at this address", "Check the address, or search for it.")
        case 405: ("This address cannot do that", "Follow a link or use the search instead.")
        case 429: ("Too many requests", "Wait a minute, then try again.")
        case 503: ("The registry is busy", "Try again in a few seconds.")
        case 500...599:
            ("Something went wrong here", "Try again. If it stays, tell the operator the request's id.")
        default: ("This request cannot be answered", "Go back and try another way.")
        }
    }
}
