import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// Device authorization, [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628), for clients that cannot show a page.
///
/// There are no registered clients: `client_id` is what the client calls itself, and people are shown it.
struct DeviceRoutes: Sendable {
    let services: RegistryServices

    static let authorizationPath = "/v1/device/authorization"
    static let tokenPath = "/v1/device/token"
    private static let grantType = "urn:ietf:params:oauth:grant-type:device_code"

    func addRoutes(to group: RouterGroup<RegistryContext>) {
        group.post(RouterPath(Self.authorizationPath)) { try await authorize($0, $1) }
        group.post(RouterPath(Self.tokenPath)) { try await token($0, $1) }
    }

    /// Section 3.1 and 3.2.
    private func authorize(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let form = try await FormBody.read(request, context)
        let client = try form.text("client_id", upTo: 100)
        guard !client.isEmpty else { return refusal("invalid_request", "'client_id' is missing.") }
        let scopes = try form.text("scope", upTo: 2000).split(separator: " ").map(String.init)
        let started: DeviceGrants.Started
        do {
            started = try await services.trust().deviceGrants.begin(
                .token, client: client, scopes: scopes, visitor: context.visitor)
        } catch let problem as Problem where problem.code == .badRequest || problem.code == .nameInvalid {
            return refusal("invalid_scope", problem.detail)
        }
        let page = services.publicURL("/device")
        return answer([
            "device_code": .string(started.deviceCode), "user_code": .string(started.grant.userCode),
            "verification_uri": .string(page),
            "verification_uri_complete": .string("\(page)?code=\(started.grant.userCode)"),
            "expires_in": .integer(DeviceGrants.seconds), "interval": .integer(DeviceGrants.intervalSeconds),
        ])
    }

    /// Section 3.4 and 3.5.
    private func token(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let form = try await FormBody.read(request, context)
        guard form["grant_type"] == Self.grantType else {
            return refusal("unsupported_grant_type", "'grant_type' must be \(Self.grantType).")
        }
        switch try await services.trust().deviceGrants.poll(try form.text("device_code"), kind: .token) {
        case .pending: return refusal("authorization_pending", "Nobody has allowed it yet.")
        case .slowDown: return refusal("slow_down", "Ask less often.")
        case .denied: return refusal("access_denied", "It was denied.")
        case .expired, .proof: return refusal("expired_token", "The code is over. Begin again.")
        case .token(let text, let record):
            return answer([
                "access_token": .string(text), "token_type": "Bearer",
                "expires_in": .integer(record.expiresAt.seconds - record.createdAt.seconds),
                "scope": .string(record.scopes.map(\.description).joined(separator: " ")),
            ])
        }
    }

    /// [RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    private func refusal(_ error: String, _ description: String) -> Response {
        var response = answer(["error": .string(error), "error_description": .string(description)])
        response.status = .badRequest
        return response
    }

    private func answer(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}
