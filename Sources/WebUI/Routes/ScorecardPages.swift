import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel
import Response

/// What is said about the instance's own security.
///
///     /security/scorecard         what the last assessment found
///     /policies/security          how to report a weakness
///     /.well-known/security.txt   the same for programs, RFC 9116; 404 where no contact is configured
struct ScorecardPages: Sendable {
    let services: RegistryServices
    let renderer: PageRenderer
    let assessment: Assessment
    /// Where to report weaknesses, as addresses.
    let contacts: [String]

    /// For how long `security.txt` may be believed; RFC 9116 asks for less than a year.
    private static let lifetimeSeconds: Int64 = 90 * 86_400

    func addRoutes(to router: some RouterMethods<RegistryContext>) {
        router.get("/security/scorecard", use: scorecard)
        router.get("/policies/security") { [services, renderer, contacts] request, context in
            try await services.index.respond(request, context, tag: nil, representation: "page", vary: nil) { _ in
                let page = SecurityPolicyPage(contacts: contacts, publicURL: services.publicURL.text)
                return PageResponses.document(renderer.html(page), isPublic: true)
            }
        }
        router.get("/.well-known/security.txt", use: securityText)
    }

    /// What the first page says about the last assessment, in one line.
    func summary() async throws -> String? {
        guard let (scorecard, isCurrent) = try await assessment.current() else { return nil }
        let levels = Track.allCases.map { "\($0.title.lowercased()) \(scorecard.level(of: $0))" }
        return "level of \(levels.joined(separator: ", "))" + (isCurrent ? "." : ", of an earlier state.")
    }

    private func scorecard(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let current = try await assessment.current()
        let page = ScorecardPage(
            current?.scorecard, isCurrent: current?.isCurrent ?? false, publicURL: services.publicURL.text)
        let response = try await services.index.respond(
            request, context, tag: nil, representation: "page", vary: nil
        ) { _ in PageResponses.document(renderer.html(page), isPublic: false) }
        return PageResponses.withoutStoring(response)
    }

    /// [RFC 9116](https://www.rfc-editor.org/rfc/rfc9116); made anew for each request, as it ends 90 days later.
    private func securityText(_ request: Request, _ context: RegistryContext) async throws -> Response {
        guard !contacts.isEmpty else {
            throw Problem(.notFound, "The operator of this registry has named no contact for weaknesses.")
        }
        let end = services.clock.now().advanced(bySeconds: Self.lifetimeSeconds).rfc3339(.seconds)
        let lines =
            contacts.map { "Contact: \($0)" }
            + [
                "Expires: \(end)", "Canonical: \(services.publicURL("/.well-known/security.txt"))",
                "Policy: \(services.publicURL("/policies/security"))", "Preferred-Languages: en",
            ]
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n")))
    }
}
