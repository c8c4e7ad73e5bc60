import Accounts
import Ecosystems
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// `/staging/{key}/…`: what everybody sees and a staged release beside it, for its publishers and their clients (MAVEN-3).
///
/// The adapters are mounted once more, below the staging's address and over a catalog that shows it. Nothing that is read
/// here is kept: no cache, no lane, no count, and no copy with the client.
struct StagingView: Sendable {
    let services: RegistryServices
    let mount: @Sendable (Router<RegistryContext>, RegistryServices) -> Void

    func addRoutes(to router: Router<RegistryContext>) {
        router.get("/staging/:key/**") { try await respond($0, $1) }
    }

    private func respond(_ request: Request, _ context: RegistryContext) async throws -> Response {
        context.record.keepFromLane()
        guard let key = context.parameters.get("key"), let address = services.publicURL.appending("/staging/\(key)")
        else { throw Problem(.notFound, "There is nothing at this address.") }
        var head = request.head
        head.path = String((request.head.path ?? "").dropFirst("/staging/\(key)".count))
        let router = Router(context: RegistryContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: ProblemMiddleware(
                dialect: PathDialects(
                    Ecosystems.dialects(publicURL: address), fallback: ProblemJSONDialect(publicURL: address))))
        do {
            let staging = try await find(key, context)
            mount(router, services.showing(staging, at: address))
        } catch let problem as Problem {
            router.get("/**") { _, _ -> Response in throw problem }
        }
        var response = try await router.buildResponder().respond(
            to: Request(head: head, body: request.body), context: context)
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.vary] = "Authorization"
        return response
    }

    private func find(_ key: String, _ context: RegistryContext) async throws -> Staging {
        let staging = try await services.stagings.find(key, by: try await services.principal(context))
        guard staging.state == .staged else {
            throw Problem(.notFound, "The releases of this staging are \(staging.state.rawValue).")
        }
        return staging
    }
}
