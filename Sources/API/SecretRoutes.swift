import Accounts
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import NIOCore
import RegistryModel

/// Where scanners report leaked tokens, and what they look for: AUTHZ-1.2, AUTHZ-3.2.
package struct SecretRoutes: Sendable {
    private let services: RegistryServices
    /// The longest report.
    private static let reportBytes = 2 << 20

    /// Serves `services`.
    package init(services: RegistryServices) {
        self.services = services
    }

    /// Adds the routes, at PyPI's and at crates.io's address, at the host's root.
    package func addRoutes(to router: some RouterMethods<RegistryContext>) {
        let dialect = ProblemJSONDialect(publicURL: services.publicURL)
        let group = router.group("").add(middleware: ProblemMiddleware(dialect: dialect))
        group.post("_/secrets/disclose-token") { try await report($0, $1) }
        group.post("api/github/secret-scanning/verify") { try await report($0, $1) }
        group.get(".well-known/secret-pattern.json") { _, _ in answer(pattern) }
    }

    private func report(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await context.sendContinue()
        let body = try await request.body.collect(upTo: Self.reportBytes)
        let headers = request.headers
        let findings = try await services.trust().secretReports.report(Array(body.readableBytesView)) { name in
            HTTPField.Name(name).flatMap { headers[$0] }
        }
        return answer(
            .array(
                findings.map { finding in
                    [
                        "token_hash": .string(finding.hash), "token_type": .string(finding.type),
                        "label": .string(finding.isOurs ? "true_positive" : "false_positive"),
                    ]
                }))
    }

    /// What a token looks like; docs/tokens.md says the same to people.
    private var pattern: JSONValue {
        [
            "name": "Hallmark API token", "type": "hallmark_api_token", "prefix": .string(TokenText.prefix),
            "regex": "\\bhlmk_[0-9A-Za-z]{36}\\b",
            "checksum": [
                "algorithm": "CRC-32 (IEEE) of the 30 characters behind the prefix", "encoding": "base62, 6 characters",
                "alphabet": "0-9A-Za-z",
            ],
            "report": .string(services.publicURL("/_/secrets/disclose-token")),
        ]
    }

    private func answer(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}
