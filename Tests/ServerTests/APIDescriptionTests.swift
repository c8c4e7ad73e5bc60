import Foundation
import HallmarkServer
import HallmarkTesting
import RegistryModel
import Testing

@Suite("/api/openapi.json", .timeLimit(.minutes(10)))
struct APIDescriptionTests {
    /// Routes below the API's address that speak as another standard says: RFC 8628, and crates.io's exchange of tokens.
    private static let others = ["device/", "trusted_publishing/"]

    @Test("It describes every route of the API and no other")
    func routes() async throws {
        let described = try await withDescription { document -> Set<String> in
            let paths = try #require(document["paths"]?.members)
            return Set(
                paths.flatMap { path in
                    (path.value.members ?? []).map { "\($0.name.uppercased()) /api/v1\(path.name)" }
                })
        }
        let served = try await AccessRoutes.all().filter {
            route in
            route.path.hasPrefix("/api/v1/") && !Self.others.contains { route.path.hasPrefix("/api/v1/" + $0) }
        }
        #expect(described == Set(served.map { "\($0.method) \($0.path)" }))
        #expect(described.count == served.count)
    }

    @Test(
        "It is valid OpenAPI 3.1",
        .enabled(if: SystemPython.has("openapi_spec_validator"), "needs openapi-spec-validator"))
    func valid() async throws {
        let script = """
            import json, sys, openapi_spec_validator
            openapi_spec_validator.validate(json.load(sys.stdin))
            print('valid')
            """
        let text = try await withDescription { String(decoding: $0.bytes(), as: UTF8.self) }
        #expect(try await SystemPython.lines(of: script, reading: [text]) == ["valid"])
    }

    @Test("Every operation has an id of its own, words, and says which token it needs")
    func operations() async throws {
        try await withDescription { document in
            let operations = (document["paths"]?.members ?? []).flatMap { $0.value.members ?? [] }.map(\.value)
            let ids = operations.compactMap { $0["operationId"]?.stringValue }
            #expect(ids.count == operations.count && Set(ids).count == ids.count)
            for operation in operations {
                #expect(operation["summary"]?.stringValue?.hasSuffix(".") == true)
                let security = try #require(operation["security"]?.arrayValue)
                #expect(security == [["token": []]] || security == [.object([]), ["token": []]])
                let answers = try #require(operation["responses"]?.members?.map(\.name))
                #expect(answers.dropFirst() == ["4XX", "5XX"] && ["200", "204"].contains(answers.first))
            }
        }
    }

    @Test("Answers have the shape that is described", .enabled(if: SystemPython.has("jsonschema"), "needs jsonschema"))
    func shapes() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner", scopes: ["read+publish+yank+manage"])
            try await server.publish(.make("npm", "lamp"), token: owner)
            try await server.admin("critical", "npm", "lamp")
            for words in [["create", "acme", "--owner", "owner"], ["team", "create", "acme:core"]] {
                try await server.process.admin(["organization"] + words).checked()
            }
            let description = try await server.call("GET", "/api/openapi.json").json()
            let calls: [(schema: String, path: String, token: String?)] = [
                ("Project", "/projects/npm/lamp", nil), ("Events", "/projects/npm/lamp/events", nil),
                ("Members", "/projects/npm/lamp/members", owner), ("User", "/user", owner),
                ("People", "/projects/npm/lamp/people", owner), ("Transfers", "/projects/npm/lamp/transfer", owner),
                ("Transfers", "/transfers", owner), ("Invitations", "/invitations", owner),
                ("Organizations", "/organizations", owner), ("Organization", "/organizations/acme", owner),
                ("Organization", "/organizations/acme", nil), ("Team", "/organizations/acme/teams/core", owner),
                ("CriticalProjects", "/critical", nil),
                ("SearchResults", "/search?q=lamp", nil), ("SearchResults", "/search?q=nothing", nil),
                ("Problem", "/projects/npm/nothing", nil), ("Problem", "/user", nil), ("Problem", "/nowhere", nil),
            ]
            var lines = [String(decoding: description.bytes(), as: UTF8.self)]
            for call in calls {
                let answer = try await server.call("GET", "/api/v1\(call.path)", token: call.token)
                lines.append(
                    String(
                        decoding: JSONValue.object([
                            .init("schema", .string(call.schema)), .init("body", try answer.json()),
                        ]).bytes(), as: UTF8.self))
            }
            let verdicts = try await SystemPython.lines(of: Self.schemaScript, reading: lines)
            #expect(verdicts == calls.map { _ in "valid" })
        }
    }

    /// Reads the description, then one answer a line with the name of its schema.
    ///
    /// Members that no schema names are refused, so that nothing is answered that is not described.
    private static let schemaScript = """
        import json, sys, jsonschema
        document = json.loads(sys.stdin.readline())
        for name, schema in document['components']['schemas'].items():
            if 'properties' in schema: schema['additionalProperties'] = False
        for line in sys.stdin:
            line = json.loads(line)
            schema = {'$ref': '#/components/schemas/' + line['schema'], 'components': document['components']}
            try:
                jsonschema.Draft202012Validator(schema).validate(line['body'])
                print('valid')
            except jsonschema.ValidationError as error:
                print(line['schema'], error.message)
        """

    @Test("It is kept by clients: entity tag, 304, HEAD")
    func conditional() async throws {
        try await withLiveServer { server in
            let full = try await server.call("GET", "/api/openapi.json")
            let tag = try #require(full["etag"])
            #expect(full.status == 200 && full["content-type"] == "application/json")
            let again = try await server.call("GET", "/api/openapi.json", headers: ["If-None-Match: \(tag)"])
            #expect(again.status == 304 && again.body.isEmpty)
            let head = try await server.call("HEAD", "/api/openapi.json")
            #expect(head.status == 200 && head.body.isEmpty && head["etag"] == tag)
            #expect(head["content-length"] == full["content-length"])
        }
    }

    private func withDescription<Result>(_ body: (JSONValue) throws -> Result) async throws -> Result {
        var result: Result?
        try await withLiveServer { server in
            result = try body(try await server.call("GET", "/api/openapi.json").json())
        }
        return try #require(result)
    }
}
