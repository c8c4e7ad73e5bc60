package import HTTPSupport
package import HTTPTypes
package import Hummingbird
package import RegistryModel

/// How Maven and Gradle are told about refusals.
///
/// Maven 3 shows the reason phrase, which ``ProblemMiddleware`` fills, and nothing else; Maven 4 shows title and detail of
/// `application/problem+json`. Quarantine is 403 and never 404: an artifact that is not there is remembered as absent for
/// a day without a word.
package struct MavenErrorDialect: ErrorDialect {
    private let structured: ProblemJSONDialect

    /// Makes the dialect of a registry at that address.
    package init(publicURL: PublicURL) {
        structured = ProblemJSONDialect(publicURL: publicURL)
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        structured.response(to: problem, status: status, request: request, context: context)
    }
}
