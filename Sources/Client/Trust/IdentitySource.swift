import Foundation
import HTTPTypes
import RegistryModel

/// Where an identity token comes from: a file or a variable that is named, or what the CI service offers.
package struct IdentitySource: Sendable {
    /// A file that holds nothing but the identity token.
    private let file: String?
    /// The variable that holds it.
    private let variable: String
    private let environment: [String: String]
    /// The variable that is looked at where none is named.
    package static let usualVariable = "HALLMARK_ID_TOKEN"

    /// Names the places.
    package init(file: String?, variable: String?, environment: [String: String]) {
        self.file = file
        self.variable = variable ?? Self.usualVariable
        self.environment = environment
    }

    /// Finds a token for an audience.
    ///
    /// GitHub Actions makes one on demand, where the job has `permissions: id-token: write`; GitLab and others put one into
    /// a variable that the job names.
    /// - Throws: ``ClientFault``, saying what to set.
    func token(audience: String, caller: HTTPCaller) async throws -> Secret {
        if let file { return try Secret(reading: file) }
        if let text = environment[variable], !text.isEmpty { return try Secret(text, from: variable) }
        guard let url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"], !url.isEmpty,
            let key = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], !key.isEmpty
        else {
            throw ClientFault(
                "There is no identity token. In GitHub Actions give the job 'permissions: id-token: write'; elsewhere put a "
                    + "token for the audience '\(audience)' into \(Self.usualVariable) or name its place with --id-token-file "
                    + "or --id-token-variable.")
        }
        return try await actionsToken(url, key: key, audience: audience, caller)
    }

    private func actionsToken(
        _ url: String, key: String, audience: String, _ caller: HTTPCaller
    ) async throws -> Secret {
        guard let scheme = url.firstRange(of: "://"),
            let address = RegistryAddress(
                String(url[..<(url[scheme.upperBound...].firstIndex(of: "/") ?? url.endIndex)]))
        else { throw ClientFault("ACTIONS_ID_TOKEN_REQUEST_URL is no address.") }
        guard address.isSecure || address.isLoopback else {
            throw ClientFault("ACTIONS_ID_TOKEN_REQUEST_URL is not https.")
        }
        let path = String(url[scheme.upperBound...].drop { $0 != "/" })
        let separator = path.contains("?") ? "&" : "?"
        let call = HTTPCall(
            .get, "\(path)\(separator)audience=\(HTTPCall.encode(audience))", authentication: .none)
        let answer = try await caller.send(call, to: address, authorization: "bearer \(key)")
        guard answer.isSuccess, let value = answer.json?["value"]?.stringValue else {
            throw ClientFault("GitHub gave no identity token: status \(answer.status).")
        }
        return try Secret(value, from: "GitHub's answer")
    }
}

extension RegistryClient {
    /// The same with a token that the registry gives for an identity token: trusted publishing.
    /// - Throws: ``ClientFault`` with the refusal.
    func trusted(
        by source: IdentitySource, ecosystem: String, project: String
    ) async throws -> RegistryClient {
        guard address.isSecure || address.isLoopback else {
            throw ClientFault("\(address) is not https: the token would be readable on the way.")
        }
        let audience = try await demand(HTTPCall(.get, "/api/v1/oidc/audience", authentication: .none))
        guard let name = audience.json?["audience"]?.stringValue else {
            throw ClientFault("\(address) does not say for whom identity tokens must be.")
        }
        let identity = try await source.token(audience: name, caller: caller)
        let body: JSONValue = [
            "token": .string(identity.text), "ecosystem": .string(ecosystem), "project": .string(project),
        ]
        let answer = try await demand(
            HTTPCall(
                .post, "/api/v1/oidc/exchange", headers: [.contentType: "application/json"],
                body: UploadBody([.bytes(body.bytes())]), authentication: .none))
        guard let text = answer.json?["token"]?.stringValue else {
            throw ClientFault("\(address) gave no token.")
        }
        return with(try Secret(text, from: "The registry's answer"))
    }
}
