import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// `npm stage`: the addresses below `/-/stage` (MAVEN-4 for npm's own client).
///
/// What they show is the registry's staging of one release each; the staging's key is npm's stage id.
struct NPMStaging: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }

    /// The largest page of a list.
    private static let largestPage = 100

    /// `POST /-/stage/package/:package`: a publish that waits.
    func publish(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await NPMPublish(mount: mount).put(request, context, staging: StagingWish())
    }

    /// `GET /-/stage?package=&page=&perPage=`: what waits for whoever asks, newest first.
    func list(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let query = request.uri.queryParameters
        func number(_ name: Substring, _ fallback: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard let text = query[name] else { return fallback }
            guard let number = Int(text), range.contains(number) else {
                throw Problem(
                    .badRequest, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }
        let page = try number("page", 0, 0...1000)
        let size = try number("perPage", Self.largestPage, 1...Self.largestPage)
        let name = query["package"].map(String.init)
        let waiting = try await services.stagings.list(by: principal, limit: 1000).filter { staging in
            staging.ecosystem == NPMFormat.ecosystem && staging.state == .staged
                && (name == nil || staging.report.releases.contains { $0.project == name })
        }
        var items: [JSONValue] = []
        for staging in waiting.dropFirst(page * size).prefix(size) {
            items.append(try await item(staging, principal))
        }
        return mount.answer([
            "page": .integer(Int64(page)), "perPage": .integer(Int64(size)),
            "total": .integer(Int64(waiting.count)), "items": .array(items),
        ])
    }

    /// `GET /-/stage/:id`.
    func show(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (staging, principal) = try await find(context)
        return mount.answer(try await item(staging, principal))
    }

    /// `GET /-/stage/:id/tarball`.
    func tarball(_ request: Request, _ context: RegistryContext) async throws -> Response {
        context.record.keepFromLane()
        let (staging, principal) = try await find(context)
        guard let release = staging.report.releases.first, let file = release.files.first else {
            throw Problem(.notFound, "This staging holds no tarball.")
        }
        let shown = services.showing(staging, at: services.publicURL)
        let found = try await shown.catalog.file(
            NPMFormat.ecosystem, name: release.project, file: file.name, for: .principal(principal))
        var response = try await shown.files.respond(
            request, context, file: found, mediaType: "application/octet-stream")
        response.headers[.cacheControl] = "private, no-store"
        return response
    }

    /// `POST /-/stage/:id/approve`.
    func approve(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (staging, principal) = try await find(context)
        try await services.stagings.release(staging.key, by: principal)
        return mount.done()
    }

    /// `DELETE /-/stage/:id`.
    func reject(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (staging, principal) = try await find(context)
        try await services.stagings.drop(staging.key, by: principal)
        return mount.done()
    }

    private func find(_ context: RegistryContext) async throws -> (staging: Staging, principal: Principal) {
        let principal = try await services.principal(context)
        let staging = try await services.stagings.find(mount.parameter("id", context), by: principal)
        guard staging.ecosystem == NPMFormat.ecosystem, staging.state == .staged else {
            throw Problem(.notFound, "There is no such staged package here.")
        }
        return (staging, principal)
    }

    private func item(_ staging: Staging, _ principal: Principal) async throws -> JSONValue {
        let found = staging.report.releases.first
        let history = try? await services.catalog.showing(staging).history(
            NPMFormat.ecosystem, name: found?.project ?? "", for: .principal(principal))
        let release = history?.releases.first { $0.stagingID == staging.id }
        return .compactObject([
            ("id", .string(staging.key)), ("packageName", .string(found?.project ?? "")),
            ("version", .string(found?.version ?? "")), ("tag", .string(found?.tags.first ?? "latest")),
            ("createdAt", .string(staging.createdAt.rfc3339(.milliseconds))), ("actor", .string(staging.creator)),
            ("actorType", "user"), ("access", history?.project.visibility == .public ? "public" : "restricted"),
            ("shasum", release?.files.first.map { .string(Hex.encode($0.digests.sha1)) }),
        ])
    }
}
