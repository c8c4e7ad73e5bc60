import Client
import HTTPTypes
import RegistryModel

/// Publishing from build services without long-lived tokens.
enum TrustedPublishingProbes {
    static let all: [Probe] = [exchange]

    /// The audience of the documented exchange, which is this instance's own.
    private static func audience(_ stage: ProbeStage) async throws -> String {
        let answer = try await stage.call(.get, "/_/oidc/audience", token: nil)
        guard let audience = answer.json?["audience"]?.stringValue else {
            throw ProbeFault("the instance names no audience for identity tokens (\(answer.status))")
        }
        return audience
    }

    private static func mint(_ token: String, _ stage: ProbeStage) async throws -> HTTPAnswer {
        try await stage.call(.post, "/_/oidc/mint-token", token: nil, ["token": .string(token)])
    }

    /// AUTHZ-3.1: the right workflow is given a token for its project; every other one, and the same again, is refused.
    private static let exchange = Probe(id: "AUTHZ-3.1") { stage in
        let owner = try await stage.member("builder")
        let project = stage.freshName("built-lamp")
        let issuer = stage.scratch.issuer
        _ = try await stage.operate([
            "admin", "issuer", "add", "assess", "--issuer", issuer.url, "--claim", "repository=match", "--claim",
            "repository_id=id",
        ])
        try await register("pypi", project, owner, stage)
        let audience = try await audience(stage)
        let claims: [String: JSONValue] = [
            "sub": "repo:lamps/lamp", "repository": "lamps/lamp", "repository_id": "4711",
        ]
        func refused(_ what: String, _ token: String) async throws {
            let answer = try await mint(token, stage)
            try expect(!answer.isSuccess, "\(what) was given a token")
        }
        try await refused(
            "a workflow of another repository",
            issuer.token(
                audience: audience, claims: claims.merging(["repository": "fork/lamp"]) { $1 }))
        try await refused(
            "another subject",
            issuer.token(
                audience: audience, claims: claims.merging(["sub": "repo:fork/lamp"]) { $1 }))
        try await refused("a token for another registry", issuer.token(audience: "pypi", claims: claims))
        try await refused(
            "a token that its issuer did not sign",
            issuer.token(
                audience: audience, claims: claims, stranger: true))
        let identity = try issuer.token(audience: audience, claims: claims)
        let minted = try await mint(identity, stage)
        guard let token = minted.json?["token"]?.stringValue else {
            throw ProbeFailure("the right workflow is refused (\(minted.status)): \(Refusal(minted).detail)")
        }
        try await refused("an identity token that was used", identity)
        try await refused(
            "the same repository's name under another owner",
            issuer.token(
                audience: audience, claims: claims.merging(["repository_id": "4712"]) { $1 }))
        let taken = try await SamplePackage(name: project, version: "1.0").publish(to: stage.scratch, token: token)
        try expect(taken == nil, "the exchanged token does not publish its project: \(taken?.detail ?? "")")
        let other = try await SamplePackage(name: stage.freshName("stray-lamp"), version: "1.0")
            .publish(to: stage.scratch, token: token)
        try expect(other != nil, "the exchanged token published another project")
        let others = try await exchangeElsewhere(owner, claims, stage)
        return
            "the right claims were exchanged once and published one project; wrong repository, subject, audience, signature, a replay and a resurrected owner are refused; exchanged for \(others.joined(separator: ", ")) too"
    }

    /// The documented exchange, for the ecosystems whose clients have none that is like PyPI's.
    /// - Returns: The ecosystems for which a token was given.
    private static func exchangeElsewhere(
        _ owner: Person, _ claims: [String: JSONValue], _ stage: ProbeStage
    ) async throws -> [String] {
        let projects = [
            ("swift", "built-lamps.Lamp", "built-lamps"), ("cargo", "built-lamp", nil), ("npm", "built-lamp", nil),
            ("composer", "built-lamps/lamp", "built-lamps"), ("maven", "org.example.lamps:lamp", "org.example.lamps"),
        ]
        let named = try await stage.call(.get, "/api/v1/oidc/audience", token: nil)
        guard let audience = named.json?["audience"]?.stringValue else {
            throw ProbeFault("the documented exchange names no audience (\(named.status))")
        }
        for (ecosystem, project, namespace) in projects {
            if let namespace {
                // So that it is the owner's under every policy about namespaces.
                _ = try await stage.operate([
                    "admin", "namespace", "assign", ecosystem, namespace, "--owner", owner.name,
                ])
            }
            try await register(ecosystem, project, owner, stage)
            let body = { (token: String) -> JSONValue in
                ["token": .string(token), "ecosystem": .string(ecosystem), "project": .string(project)]
            }
            let path = "/api/v1/oidc/exchange"
            let stray = claims.merging(["repository": "fork/lamp"]) { $1 }
            let refused = try await stage.call(
                .post, path, token: nil, body(try stage.scratch.issuer.token(audience: audience, claims: stray)))
            try expect(!refused.isSuccess, "\(ecosystem): a workflow of another repository was given a token")
            let given = try await stage.call(
                .post, path, token: nil, body(try stage.scratch.issuer.token(audience: audience, claims: claims)))
            guard given.json?["token"]?.stringValue?.hasPrefix("hlmk_") == true else {
                throw ProbeFailure(
                    "\(ecosystem): the right workflow is refused (\(given.status)): \(Refusal(given).detail)")
            }
        }
        return projects.map(\.0)
    }

    /// Lets a workflow create the project, through the REST API.
    private static func register(
        _ ecosystem: String, _ project: String, _ owner: Person, _ stage: ProbeStage
    ) async throws {
        let token = try await stage.token(owner, ProbeStage.TokenWish(actions: [.manage]))
        let added = try await stage.call(
            .post, "/api/v1/trusted-publishers", token: token,
            [
                "ecosystem": .string(ecosystem), "name": .string(project), "provider": "custom",
                "issuer": .string(stage.scratch.issuer.url),
                "settings": ["sub": "repo:lamps/lamp", "repository": "lamps/lamp"],
            ])
        guard added.isSuccess else { throw ProbeFault("a trusted publisher cannot be added: \(Refusal(added).detail)") }
    }
}
