import Accounts
import HTTPSupport
import HTTPTypes
import RegistryModel
import Response

/// What the instance says about itself, and what its last assessment found.
struct AssessmentOperations: Sendable {
    let assessment: Assessment

    var all: [APIOperation] { [instance, scorecard] }

    private var instance: APIOperation {
        APIOperation(
            method: .get, path: "/instance", id: "getInstance",
            summary: "Which binary runs here, and which policies decide about security.", access: .reader, body: nil,
            query: [], answer: "Instance"
        ) { [assessment] api in
            var members: [(String, JSONValue?)] = [
                ("version", .string(assessment.facts.version)),
                ("binary_sha256", .string(try await assessment.facts.binaryDigest())),
                ("policies", InstanceFacts.json(assessment.facts.policies)),
                ("policy_sha256", .string(assessment.facts.policyDigest)),
            ]
            if case .principal(let principal) = try await api.services.reader(api.context),
                principal.isAdministrator || principal.isAuditor
            {
                members.append(("operator_tokens", .integer(try await assessment.scorecards.liveOperatorTokens())))
            }
            return .compactObject(members)
        }
    }

    private var scorecard: APIOperation {
        APIOperation(
            method: .get, path: "/scorecard", id: "getScorecard",
            summary: "What the last assessment of this instance found.", access: .reader, body: nil, query: [],
            answer: "Scorecard"
        ) { [assessment] _ in
            guard let (scorecard, isCurrent) = try await assessment.current() else {
                throw Problem(.notFound, "This instance has not been assessed. Its operator runs 'hallmark assess'.")
            }
            return scorecard.json.setting("current", to: .bool(isCurrent))
        }
    }
}
