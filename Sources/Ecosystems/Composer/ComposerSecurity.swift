import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// What clients report and what they ask about vulnerabilities and malware.
struct ComposerSecurity: Sendable {
    let mount: ComposerMount

    private static let maximumBytes = 1 << 20
    /// How many packages one request may ask about.
    private static let maximumPackages = 5000

    /// `POST downloads`: what a client has installed, from its own cache too.
    ///
    /// It is read to its end and forgotten: downloads are counted where archives leave, and nothing is counted twice.
    func downloads(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await context.sendContinue()
        var count = 0
        for try await chunk in request.body {
            count += chunk.readableBytes
            guard count <= Self.maximumBytes else {
                throw Problem(.tooLarge, "A report has at most \(Self.maximumBytes) bytes.")
            }
        }
        return mount.answer(["status": "success"])
    }

    /// `POST api/security-advisories`: the advisories of packages, of which none is known yet.
    ///
    /// A package that the reader may see is answered with an empty list, which means that it is known to have none; others are
    /// left out, so that the client asks elsewhere.
    func advisories(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let reader = try await mount.services.reader(context)
        let body = try await mount.body(request, context, maximumBytes: Self.maximumBytes)
        let form = String(decoding: body, as: UTF8.self) + "&" + (request.uri.query ?? "")
        let keys = try Self.packages(form)
        let known = try await mount.services.catalog.known(Composer.ecosystem, keys: keys, for: reader)
        return mount.answer(["advisories": .object(known.map { .init($0.display, []) })])
    }

    /// The packages that a form names as `packages[]` or `packages[0]`; what cannot be a name is left out.
    static func packages(_ form: String) throws(Problem) -> [String] {
        var names: Set<String> = []
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let member = PathSegment.decode(parts[0]), member.hasPrefix("packages["),
                let name = PathSegment.decode(parts[1], allowingSlash: true)?.lowercased(), ComposerNames.isValid(name)
            else { continue }
            names.insert(name)
            guard names.count <= maximumPackages else {
                throw Problem(.badRequest, "A request asks about at most \(maximumPackages) packages.")
            }
        }
        return names.sorted()
    }

    /// `GET filter/summary.json`: the versions that are malware, of which none is known yet.
    func filter(_ request: Request, _ context: RegistryContext) async throws -> Response {
        mount.answer(["filter": ["malware": .object([])]])
    }
}
