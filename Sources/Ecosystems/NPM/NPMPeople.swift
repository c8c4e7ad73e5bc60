import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Who somebody is, tokens, and signing in.
struct NPMPeople: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }
    private static let userPrefix = "org.couchdb.user:"

    /// `GET /-/whoami`.
    func whoami(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        return mount.answer(["username": .string(principal.userName)])
    }

    /// `GET /-/user/org.couchdb.user:NAME`, which npm asks before it adds or removes an owner.
    func user(_ request: Request, _ context: RegistryContext) async throws -> Response {
        _ = try await services.principal(context)
        let id = try mount.parameter("user", context)
        guard id.hasPrefix(Self.userPrefix) else { throw NPMMount.nothingHere }
        let name = String(id.dropFirst(Self.userPrefix.count))
        guard let user = try await services.accounts.user(named: name) else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return mount.answer([
            "_id": .string(Self.userPrefix + user.name), "name": .string(user.name), "email": .string(email(user.name)),
        ])
    }

    /// `GET /-/npm/v1/user`.
    func profile(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let user = try await services.accounts.user(named: principal.userName)
        let created = user?.createdAt.rfc3339(.milliseconds) ?? ""
        return mount.answer([
            "tfa": false, "name": .string(principal.userName), "email": .string(email(principal.userName)),
            "email_verified": false, "created": .string(created), "updated": .string(created), "fullname": "",
            "homepage": "", "freenode": "", "twitter": "", "github": "",
        ])
    }

    /// `POST /-/npm/v1/user`: profiles are changed elsewhere.
    func changeProfile(_ request: Request, _ context: RegistryContext) async throws -> Response {
        throw Problem(.notSupported, "Profiles and second factors cannot be changed through npm yet.")
    }

    /// `GET /-/npm/v1/tokens`.
    func tokens(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let tokens = try await services.accounts.tokens(of: services.principal(context))
        let objects = tokens.map { token -> JSONValue in
            let isReadOnly = !token.scopes.isEmpty && token.scopes.allSatisfy { $0.actions == [.read] }
            return [
                "key": .string(token.key), "token": .string(token.prefix),
                "created": .string(token.createdAt.rfc3339(.milliseconds)),
                "updated": .string((token.lastUsedAt ?? token.createdAt).rfc3339(.milliseconds)),
                "expires": .string(token.expiresAt.rfc3339(.milliseconds)), "readonly": .bool(isReadOnly),
                "cidr_whitelist": token.networks.isEmpty ? nil : .strings(token.networks.map(\.description)),
            ]
        }
        return mount.answer(["objects": .array(objects), "total": .integer(Int64(objects.count)), "urls": .object([])])
    }

    /// `DELETE /-/npm/v1/tokens/token/:key`; npm sends the key, or the token itself where the user gave that.
    func revokeToken(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let key = try mount.parameter("key", context)
        if key.hasPrefix("hlmk_") {
            try await services.accounts.revoke(Credential(secret: key), from: context.visitor)
        } else {
            try await services.accounts.revokeToken(key: key, by: principal)
        }
        return mount.done()
    }

    /// `DELETE /-/user/token/:token`: signing out ends the token in the path.
    func logout(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.accounts.revoke(
            Credential(secret: mount.parameter("token", context)), from: context.visitor)
        return mount.done()
    }

    /// Signing in with a password, and making tokens with one: passwords are for the pages, where a second factor is asked
    /// for too.
    func login(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let key = mount.base.drop { $0 != "/" }
        throw Problem(
            .notSupported,
            "Passwords are for this registry's pages. Sign in through the browser (npm login --auth-type=web), or make a "
                + "token at \(services.publicURL("/account/tokens")) and: npm config set \(key)/:_authToken=TOKEN")
    }

    private func email(_ name: String) -> String { "\(name)@users.noreply.\(services.publicURL.host)" }
}
