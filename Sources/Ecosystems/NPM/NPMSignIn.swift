import Accounts
import Foundation
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOHTTP1
import RegistryModel

/// npm's own dialogues with a browser: signing in, and a second factor for a change.
struct NPMSignIn: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }
    /// How many seconds npm waits between two questions.
    private static let interval = "2"

    /// `POST /-/v1/login`: where a person allows it, and where npm asks whether they have.
    func begin(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let started = try await services.trust().deviceGrants.begin(
            .npmLogin, client: "npm", scopes: ["read+publish+yank+manage:\(NPMFormat.ecosystem)"],
            visitor: context.visitor)
        return mount.answer([
            "loginUrl": .string(page(started)),
            "doneUrl": .string("\(mount.base)/-/v1/done?session=\(started.deviceCode)"),
        ])
    }

    /// `GET /-/v1/done`: 202 until somebody has decided, then the token.
    func done(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let code = request.uri.queryParameters["session"].map(String.init) ?? ""
        switch try await services.trust().deviceGrants.poll(code, kind: .npmLogin, isPatient: true) {
        case .pending, .slowDown: return waiting()
        case .token(let text, _): return mount.answer(["token": .string(text)])
        case .denied: throw Problem(.forbidden, "The sign-in was denied in the browser.")
        case .expired, .proof: throw Self.over
        }
    }

    /// `GET /-/v1/proof`: 202 until somebody has decided, then what npm sends along as its one-time password.
    func proof(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let code = request.uri.queryParameters["session"].map(String.init) ?? ""
        switch try await services.trust().deviceGrants.poll(code, kind: .npmChallenge, isPatient: true) {
        case .pending, .slowDown: return waiting()
        case .proof: return mount.answer(["token": .string(code)])
        case .denied: throw Problem(.forbidden, "The change was denied in the browser.")
        case .expired, .token: throw Self.over
        }
    }

    private static let over = Problem(.notFound, "This sign-in is over. Begin again.")

    private func waiting() -> Response {
        var response = mount.answer(.object([]), status: .accepted)
        response.headers[.retryAfter] = Self.interval
        return response
    }

    /// The challenge that npm answers with a factor: by `--otp`, at its prompt, or in the browser.
    func challenge(_ problem: Problem, _ request: Request, _ context: RegistryContext) async throws -> Response {
        guard let credential = context.credential else { throw problem }
        let principal = try await services.accounts.authenticate(credential, from: context.visitor)
        if problem.code == .phishingResistanceRequired {
            // A code of digits does not help here, and npm would ask for nothing else: only who has a key is sent to it.
            let hasKey = try await services.trust().deviceGrants.hasSecurityKey(principal)
            guard hasKey, context.oneTimePassword == nil else { throw problem }
        }
        let started = try await services.trust().deviceGrants.challenge(
            principal, client: "npm",
            details: [
                "command": request.headers[.npmCommand] ?? request.method.rawValue,
                "address": request.uri.path.removingPercentEncoding ?? "",
            ], visitor: context.visitor)
        var response = mount.answer(
            [
                "error": .string("This needs a one-time password. \(problem.detail)"),
                "code": .string(problem.code.rawValue), "authUrl": .string(page(started)),
                "doneUrl": .string("\(mount.base)/-/v1/proof?session=\(started.deviceCode)"),
            ], status: .unauthorized)
        response.headers[.wwwAuthenticate] = "OTP"
        return response
    }

    private func page(_ started: DeviceGrants.Started) -> String {
        services.publicURL("/device?code=\(started.grant.userCode)")
    }
}

/// Turns the refusal of a change without a factor into npm's challenge.
///
/// A critical project's demand for a security key is met the same way where its person has one: the page asks for it.
struct NPMChallenge: RouterMiddleware {
    typealias Context = RegistryContext

    let signIn: NPMSignIn

    func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem where Self.canBeProven(problem.code) {
            guard request.method != .get, request.method != .head, context.credential != nil else { throw problem }
            return try await signIn.challenge(problem, request, context)
        }
    }

    private static func canBeProven(_ code: Problem.Code) -> Bool {
        code == .reauthenticationRequired || code == .codeInvalid || code == .phishingResistanceRequired
    }
}
