import Client
import HTTPTypes
import RegistryModel

/// What it takes to publish, and to publish what many depend on.
enum CriticalProbes {
    static let all: [Probe] = [everybody, critical, resistant]

    /// AUTHN-3.2: without a second factor no token; with one that was taken away no publish.
    private static let everybody = Probe(id: "AUTHN-3.2") { stage in
        let person = try await stage.member("plain", generator: false)
        let early = try await stage.askForToken(person)
        try expect(early.token == nil, "an account without a second factor was given a token")
        try await person.addGenerator()
        let token = try await stage.token(person)
        let project = stage.freshName("guarded-lamp")
        guard try await SamplePackage(name: project, version: "1.0").publish(to: stage.scratch, token: token) == nil
        else { throw ProbeFault("with a second factor nothing can be published") }
        guard try await person.removeGenerators() else {
            return "no token without a second factor (\(early.status)), and the last one cannot be removed"
        }
        let late = try await SamplePackage(name: project, version: "1.1").publish(to: stage.scratch, token: token)
        try expect(late != nil, "the token of an account that gave up its second factor still publishes")
        return
            "no token without a second factor (\(early.status)), and none that works after it is gone (\(late?.status ?? 0))"
    }

    /// A project that is marked as critical with immediate effect, and whose owner has a code generator.
    private static func project(_ stage: ProbeStage) async throws -> (owner: Person, name: String, token: String) {
        let owner = try await stage.member("pillar")
        let token = try await stage.token(owner)
        let name = stage.freshName("pillar-lamp")
        guard try await SamplePackage(name: name, version: "1.0").publish(to: stage.scratch, token: token) == nil
        else { throw ProbeFault("nothing can be published with a code generator") }
        try await mark(name, stage)
        return (owner, name, token)
    }

    /// AUTHN-2.3: a critical project takes nothing from who shows no second factor, the operator's token included.
    private static let critical = Probe(id: "AUTHN-2.3") { stage in
        let (owner, name, _) = try await project(stage)
        let reader = try await stage.token(owner, ProbeStage.TokenWish(actions: [.read]))
        let list = try await stage.call(.get, "/api/v1/critical", token: reader)
        try expect(list.isSuccess && list.text.contains(name), "the critical project is not listed as one")
        var seen = ["a marked project is listed as critical"]
        let plain = try await stage.member("pillar-helper", generator: false)
        let bare = try await stage.askForToken(plain)
        if let token = bare.token {
            // Policy asks nobody for a second factor, so that only the project's being critical can.
            seen.append(try await withoutFactor(plain, token, stage))
        } else {
            seen.append("without a second factor nobody is given a token (\(bare.status))")
        }
        guard stage.scratch.policies["operator-tokens"] != "refuse" else {
            return seen.joined(separator: ", ") + ", not even the operator"
        }
        let operated = try await stage.operate(["admin", "token", "create", "--user", owner.name])
        let other = stage.freshName("plain-lamp")
        guard try await SamplePackage(name: other, version: "1.0").publish(to: stage.scratch, token: operated) == nil
        else { throw ProbeFault("an operator's token publishes nothing at all") }
        let refused = try await SamplePackage(name: name, version: "1.1").publish(to: stage.scratch, token: operated)
        try expect(refused != nil, "an operator's token, which needs no factor, published a critical project")
        seen.append(
            "an operator's token, which needs none, is refused there and nowhere else (\(refused?.status ?? 0))")
        return seen.joined(separator: ", ")
    }

    /// Publishes something of one's own without a factor, before and after it is critical.
    private static func withoutFactor(_ person: Person, _ token: String, _ stage: ProbeStage) async throws -> String {
        let name = stage.freshName("bare-lamp")
        guard try await SamplePackage(name: name, version: "1.0").publish(to: stage.scratch, token: token) == nil
        else { return "and without a second factor nothing is published" }
        try await mark(name, stage)
        let refused = try await SamplePackage(name: name, version: "1.1").publish(to: stage.scratch, token: token)
        try expect(refused != nil, "an account without a second factor published a critical project")
        return "an account without a second factor is refused there (\(refused?.status ?? 0))"
    }

    /// Marks a project as critical with immediate effect.
    private static func mark(_ name: String, _ stage: ProbeStage) async throws {
        let overseer = try await stage.token(
            try await stage.overseer(), ProbeStage.TokenWish(actions: [.read, .manage]))
        let marked = try await stage.call(
            .put, "/api/v1/projects/pypi/\(name)/critical", token: overseer, ["now": true])
        guard marked.isSuccess else { throw ProbeFault("a project cannot be marked as critical: \(marked.text)") }
    }

    /// AUTHN-3.3: codes are not enough for a critical project; a security key is.
    private static let resistant = Probe(id: "AUTHN-3.3") { stage in
        let (owner, name, token) = try await project(stage)
        let codes = try await SamplePackage(name: name, version: "1.1").publish(to: stage.scratch, token: token)
        try expect(codes != nil, "a critical project was published with a code generator only")
        try await owner.addKey()
        try await owner.signInAgain(usingKey: true)
        let strong = try await stage.token(owner)
        let taken = try await SamplePackage(name: name, version: "1.2").publish(to: stage.scratch, token: strong)
        try expect(taken == nil, "with a security key a critical project cannot be published: \(taken?.detail ?? "")")
        return
            "a critical project refuses a token made with codes (\(codes?.status ?? 0)) and takes one made with a security key"
    }
}
