import Ecosystems
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("The publisher portal's API")
struct MavenPublisherTests {
    private static let base = "/maven/api/v1/publisher"
    private static let type = "Content-Type: multipart/form-data; boundary=lantern"

    private static func bearer(_ token: String) -> String {
        "Authorization: Bearer \(Data("__token__:\(token)".utf8).base64EncodedString())"
    }

    private static func upload(
        _ server: EcosystemServer, _ files: [(path: String, bytes: [UInt8])], _ mode: String, token: String
    ) async throws -> String {
        let answer = try await server.exchange(
            "POST \(base)/upload?name=demo&publishingType=\(mode)", [bearer(token), type], body: MavenSample.form(files)
        )
        #expect(answer.status == 201, "\(answer.text)")
        return answer.text
    }

    private static func status(_ server: EcosystemServer, _ id: String, token: String) async throws -> JSONValue {
        let answer = try await server.exchange("POST \(base)/status?id=\(id)", [bearer(token)], body: [])
        #expect(answer.status == 200, "\(answer.text)")
        return try JSONValue.parse(answer.body)
    }

    @Test("AUTOMATIC: a bundle of two releases is published at once")
    func automatic() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let parent = MavenSample(artifact: "parent", pomExtra: "<packaging>pom</packaging>")
            let files = MavenSample().layout() + parent.layout([("parent-1.0.pom", parent.pom)])
            let id = try await Self.upload(server, files, "AUTOMATIC", token: token)
            let status = try await Self.status(server, id, token: token)
            #expect(status["deploymentState"] == "PUBLISHED" && status["deploymentName"] == "demo")
            #expect(
                status["purls"]?.arrayValue == ["pkg:maven/org.hm.test/parent@1.0", "pkg:maven/org.hm.test/tiny@1.0"])
            #expect(status["errors"]?.members?.isEmpty == true)
            #expect(try await server.read("releases/org/hm/test/tiny/1.0/tiny-1.0.jar").status == 200)
            let published = try await server.get(
                "\(Self.base)/published?namespace=org.hm.test&name=tiny&version=1.0", [Self.bearer(token)])
            #expect(published.text == "{\"published\":true}")
        }
    }

    @Test("USER_MANAGED: validated, downloaded before release by its publisher alone, then published")
    func userManaged() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let other = try await server.token("eve")
            let sample = MavenSample()
            let id = try await Self.upload(server, sample.layout(), "USER_MANAGED", token: token)
            #expect(try await Self.status(server, id, token: token)["deploymentState"] == "VALIDATED")
            let file = "\(sample.directory)/tiny-1.0.jar"
            #expect(try await server.read("releases/\(file)").status == 404)
            for place in ["deployment/\(id)/download/\(file)", "deployments/download/\(file)"] {
                let own = try await server.get("\(Self.base)/\(place)", [Self.bearer(token)])
                #expect(own.status == 200 && own.body == sample.jar && own["Cache-Control"] == "private, no-store")
                #expect(try await server.get("\(Self.base)/\(place)", [Self.bearer(other)]).status == 404)
                #expect(try await server.get("\(Self.base)/\(place)").status == 401)
            }
            let digest = try await server.get(
                "\(Self.base)/deployment/\(id)/download/\(file).sha1", [Self.bearer(token)])
            #expect(digest.text.count == 40)
            #expect(try await server.exchange("POST \(Self.base)/deployment/\(id)", [Self.bearer(other)]).status == 404)
            #expect(try await server.exchange("POST \(Self.base)/deployment/\(id)", [Self.bearer(token)]).status == 204)
            #expect(try await Self.status(server, id, token: token)["deploymentState"] == "PUBLISHED")
            #expect(try await server.read("releases/\(file)").status == 200)
            #expect(try await server.exchange("POST \(Self.base)/deployment/\(id)", [Self.bearer(token)]).status == 400)
        }
    }

    @Test("A dropped deployment leaves its coordinates free")
    func dropped() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let id = try await Self.upload(server, MavenSample().layout(), "USER_MANAGED", token: token)
            #expect(
                try await server.exchange("DELETE \(Self.base)/deployment/\(id)", [Self.bearer(token)]).status == 204)
            let gone = try await server.exchange("POST \(Self.base)/status?id=\(id)", [Self.bearer(token)], body: [])
            #expect(gone.status == 404)
            #expect(try await server.deploy(MavenSample(content: "2"), token: token).status == 201)
        }
    }

    @Test("FAILED: all faults of all releases by their package URLs, and nothing is published")
    func failed() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let bad = MavenSample(artifact: "bad")
            let files =
                MavenSample().layout() + [("\(bad.directory)/bad-1.0.pom", bad.pom), ("notes.txt", Array("x".utf8))]
            let id = try await Self.upload(server, files, "AUTOMATIC", token: token)
            let status = try await Self.status(server, id, token: token)
            #expect(status["deploymentState"] == "FAILED")
            let errors = status["errors"]
            let own = errors?["pkg:maven/org.hm.test/bad@1.0"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(
                own.contains { $0.contains("no file bad-1.0.jar") } && own.contains { $0.contains(".md5") }, "\(own)")
            #expect(errors?["bundle"]?.arrayValue?.count == 1)
            #expect(try await server.read("releases/org/hm/test/tiny/maven-metadata.xml").status == 404)
            let none = try await server.exchange(
                "POST \(Self.base)/upload", [Self.bearer(token), Self.type],
                body: Array("--lantern\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--lantern--\r\n".utf8))
            #expect(none.status == 400)
        }
    }
}
