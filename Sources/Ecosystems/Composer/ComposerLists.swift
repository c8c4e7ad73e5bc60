import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// `GET list.json`: the names of packages, all or those of a vendor or of a pattern.
struct ComposerLists: Sendable {
    let mount: ComposerMount

    /// How many names are read at once.
    private static let page = 2000
    /// How many names that are not public are listed for one reader.
    private static let maximumHidden = 10_000

    /// Answers page by page: public names, then those that only this reader may see.
    func names(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let services = mount.services
        if mount.requiresAuthentication { _ = try await services.principal(context) }
        let filters = try Self.filters(request)
        var hidden: [String] = []
        if case .principal(let principal) = try await services.reader(context) {
            hidden = try await services.catalog.hiddenNames(
                Composer.ecosystem, for: principal, limit: Self.maximumHidden
            ).map(\.display)
        }
        let pages = ComposerNamePages(
            hidden: hidden, filters: filters, size: Self.page
        ) { after in
            try await services.catalog.names(Composer.ecosystem, after: after, limit: Self.page).map(\.display)
        }
        var response = ListResponder.respond(request, context, mediaType: "application/json", vary: "Authorization") {
            try await pages.next()
        }
        response.headers[.cacheControl] = "private, no-store"
        return response
    }

    private static func filters(_ request: Request) throws(Problem) -> [ComposerPattern] {
        let parameters = request.uri.queryParameters
        let vendor = parameters["vendor"].map { "\($0)/*" }
        let wanted = [vendor, parameters["filter"].map(String.init)].compactMap { $0?.isEmpty == false ? $0 : nil }
        var filters: [ComposerPattern] = []
        for text in wanted {
            guard let filter = ComposerPattern(text) else {
                throw Problem(.badRequest, "A filter has at most \(ComposerPattern.maximumLength) bytes.")
            }
            filters.append(filter)
        }
        return filters
    }
}
