import Client
import HTTPTypes
import RegistryModel

/// Who may do what on a project.
enum RoleProbes {
    static let all: [Probe] = [roles]

    /// AUTHZ-2.1: strangers nothing, maintainers publish, owners manage, the last owner stays.
    private static let roles = Probe(id: "AUTHZ-2.1") { stage in
        let owner = try await stage.member("owner")
        let helper = try await stage.member("helper")
        let project = stage.freshName("shared-lamp")
        let all = ProbeStage.TokenWish(actions: [.publish, .manage])
        let ownerToken = try await stage.token(owner, all)
        let helperToken = try await stage.token(helper, all)
        guard
            try await SamplePackage(name: project, version: "1.0").publish(to: stage.scratch, token: ownerToken) == nil
        else { throw ProbeFault("a project cannot be published by its maker") }
        func publish(_ version: String) async throws -> Int {
            try await SamplePackage(name: project, version: version)
                .publish(to: stage.scratch, token: helperToken)?.status ?? 200
        }
        let members = "/api/v1/projects/pypi/\(project)/members"
        let stranger = try await publish("1.1")
        try expect(stranger != 200, "a stranger published somebody else's project")
        let offered = try await stage.call(.put, "\(members)/\(helper.name)", token: ownerToken, ["role": "maintainer"])
        guard offered.isSuccess else { throw ProbeFault("a role cannot be offered: \(offered.text)") }
        let invited = try await publish("1.2")
        try expect(invited != 200, "a role that was offered holds before it is accepted")
        try await accept(helper, on: stage)
        let maintainer = try await publish("1.3")
        try expect(maintainer == 200, "a maintainer cannot publish (\(maintainer))")
        let raised = try await stage.call(.put, "\(members)/\(helper.name)", token: helperToken, ["role": "owner"])
        try expect(!raised.isSuccess, "a maintainer made themselves owner")
        let last = try await stage.call(.delete, "\(members)/\(owner.name)", token: ownerToken)
        try expect(!last.isSuccess, "the last owner could be removed")
        let administration = try await helper.open("/administration/users")
        try expect(!administration.isSuccess, "somebody without rights on the instance reads its administration")
        return
            "stranger \(stranger), invited \(invited), maintainer publishes but cannot change roles (\(raised.status)); the last owner stays (\(last.status))"
    }

    /// Accepts what the person was offered, on the page.
    private static func accept(_ person: Person, on stage: ProbeStage) async throws {
        let page = try await person.open("/account/invitations")
        guard let form = page.forms.first(where: { $0.action.contains("accept") }) else {
            throw ProbeFault("the page shows no invitation: \(page.excerpt)")
        }
        let done = try await person.visitor.submit(form, from: page, [:])
        guard done.isSuccess else { throw ProbeFault("an invitation cannot be accepted: \(done.excerpt)") }
    }
}
