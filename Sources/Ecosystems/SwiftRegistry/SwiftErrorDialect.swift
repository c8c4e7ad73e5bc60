package import HTTPSupport
package import HTTPTypes
package import Hummingbird
package import RegistryModel

/// How SwiftPM is told about refusals: problem details with the version of the protocol beside them
/// ([error handling](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#33-error-handling)).
///
/// It shows `detail`, and only where the answer has `Content-Version`. What is wrong with the content of an upload is 422,
/// as the specification has it. A 401 names the scheme Bearer alone, although Basic is taken too: offered Basic, SwiftPM 6.3
/// on Linux waits for ever for somebody to answer the challenge.
package struct SwiftErrorDialect: ErrorDialect {
    private let details: ProblemJSONDialect

    /// Makes the dialect; `type` links lead to the registry's own page about errors.
    package init(publicURL: PublicURL) {
        details = ProblemJSONDialect(publicURL: publicURL)
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        var response = details.response(
            to: problem, status: Self.status(of: problem) ?? status, request: request, context: context)
        response.headers[.contentVersion] = SwiftProtocolVersion.current
        response.headers[.contentLanguage] = "en"
        if response.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"Hallmark\"" }
        return response
    }

    private static func status(of problem: Problem) -> HTTPResponse.Status? {
        switch problem.code {
        case .metadataInvalid, .metadataMismatch, .archiveInvalid, .archiveUnsafe: .unprocessableContent
        default: nil
        }
    }
}
