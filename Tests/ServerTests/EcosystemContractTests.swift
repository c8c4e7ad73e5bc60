import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// What every ecosystem keeps alike, whatever its protocol: the same calls over all of them.
@Suite("What holds for every ecosystem", .serialized, .enabled(if: SamplePackage.isAvailable, "needs Python"))
struct EcosystemContractTests {
    /// A project of one ecosystem on a server of its own.
    private struct Case: Sendable {
        let contract: EcosystemContract
        let server: LiveServer
        let owner: String
        let bare: String

        var index: String { contract.index(bare) }
        var file: String { contract.file(bare) }
        var project: String {
            "/api/v1/projects/\(contract.ecosystem)/\(contract.name(bare).replacing("/", with: "%2F"))"
        }

        /// Sends version 1.0.0; other `fill`s are other bytes.
        func publish(fill: Int = 0, headers: [String] = [], token: String? = nil) async throws -> RawResponse {
            let sample = try await SamplePackage.make(
                contract.ecosystem, contract.name(bare), "1.0.0", fill: fill)
            // Maven's portal has a word of its own for it.
            let path = headers.isEmpty ? sample.path : sample.path.replacing("AUTOMATIC", with: "USER_MANAGED")
            return try await server.call(
                sample.method, path, token: token ?? owner,
                headers: headers + ["Content-Type: \(sample.mediaType)"], body: sample.body)
        }

        func get(_ path: String, token: String? = nil) async throws -> RawResponse {
            try await server.call("GET", path, token: token)
        }

        /// Waits for an answer: some publishes are worked off after they are answered.
        func wait(_ path: String, for status: Int, token: String? = nil) async throws -> RawResponse {
            try await waitFor("\(status) for \(path)", every: .milliseconds(100)) {
                let answer = try await get(path, token: token)
                return answer.status == status ? answer : nil
            }
        }

        /// Waits until some staging of this ecosystem has come so far, and gives its key.
        func staging(_ state: String) async throws -> String {
            try await waitFor("a staging that is \(state)", every: .milliseconds(100)) {
                let list = try await get("/api/v1/stagings", token: owner).json()["stagings"]?.arrayValue ?? []
                let found = list.first {
                    $0["ecosystem"]?.stringValue == contract.ecosystem && $0["state"]?.stringValue == state
                }
                return found?["key"]?.stringValue
            }
        }
    }

    private func with(
        _ contract: EcosystemContract, _ body: (Case) async throws -> Void
    ) async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await body(Case(contract: contract, server: server, owner: owner, bare: "lamp"))
        }
    }

    @Test("A publish is listed and served; the same again changes nothing", arguments: EcosystemContract.all)
    func repeats(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            let published = try await it.publish()
            #expect((200..<300).contains(published.status), "\(published.text)")
            let file = try await it.wait(it.file, for: 200)
            #expect(file.status == 200 && !file.body.isEmpty)
            let index = try await it.get(it.index)
            #expect(index.status == 200 && index.text.contains("1.0.0"), "\(index.text)")
            let again = try await it.publish()
            #expect(again.status < 500, "\(again.text)")
            #expect(try await it.get(it.index).body == index.body)
            #expect(try await it.get(it.file).body == file.body)
        }
    }

    @Test("A published version never changes", arguments: EcosystemContract.all)
    func immutable(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            _ = try await it.publish()
            let file = try await it.wait(it.file, for: 200)
            let other = try await it.publish(fill: 64)
            if contract.ecosystem == "maven" {
                // A bundle is refused after it was received.
                _ = try await it.staging("failed")
            } else {
                #expect((400..<500).contains(other.status), "\(other.status) \(other.text)")
            }
            #expect(try await it.get(it.file).body == file.body)
        }
    }

    @Test("Nobody else publishes to a project, and nobody without a token", arguments: EcosystemContract.all)
    func rights(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            _ = try await it.publish()
            _ = try await it.wait(it.file, for: 200)
            let stranger = try await it.server.person("stranger")
            let sample = try await SamplePackage.make(contract.ecosystem, contract.name(it.bare), "2.0.0")
            for token in [stranger, nil] {
                let answer = try await it.server.call(
                    sample.method, sample.path, token: token, headers: ["Content-Type: \(sample.mediaType)"],
                    body: sample.body)
                if contract.ecosystem == "maven", token != nil { continue }
                #expect(answer.status == (token == nil ? 401 : 403), "\(answer.status) \(answer.text)")
            }
            #expect(try await !it.get(it.index).text.contains("2.0.0"))
        }
    }

    @Test("What is not there is refused in the client's own form", arguments: EcosystemContract.all)
    func absent(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            for path in [contract.index("nothing"), contract.file("nothing")] {
                let answer = try await it.get(path)
                #expect(answer.status == 404, "\(path)")
                let type = answer["content-type"] ?? ""
                #expect(type.hasPrefix(contract.errorType), "\(path): \(type)")
                #expect(!answer.body.isEmpty, "\(path)")
            }
        }
    }

    @Test(
        "MAVEN-3 What is staged is at its private address alone until it is released", arguments: EcosystemContract.all)
    func staging(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            let stranger = try await it.server.person("stranger")
            let answer = try await it.publish(headers: ["Hallmark-Stage: true"])
            #expect((200..<300).contains(answer.status), "\(answer.text)")
            let key = try await it.staging("staged")
            for path in [it.index, it.file] {
                #expect(try await it.get(path, token: it.owner).status == 404, "\(path)")
                let shown = try await it.get("/staging/\(key)\(path)", token: it.owner)
                #expect(shown.status == 200 && shown["cache-control"] == "private, no-store", "\(path): \(shown.text)")
                #expect(try await it.get("/staging/\(key)\(path)", token: stranger).status == 404, "\(path)")
                #expect(try await it.get("/staging/\(key)\(path)").status == 401, "\(path)")
            }
            let released = try await it.server.call("POST", "/api/v1/stagings/\(key)/release", token: it.owner)
            #expect(released.status == 204, "\(released.text)")
            #expect(try await it.get(it.file).status == 200)
            #expect(try await it.get(it.index).text.contains("1.0.0"))
            #expect(try await it.get("/staging/\(key)\(it.index)", token: it.owner).status == 404)
        }
    }

    @Test("MAVEN-3 What is dropped frees its version", arguments: EcosystemContract.all)
    func drop(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            _ = try await it.publish(headers: ["Hallmark-Stage: true"])
            let key = try await it.staging("staged")
            #expect(try await it.server.call("DELETE", "/api/v1/stagings/\(key)", token: it.owner).status == 204)
            let answer = try await it.publish(fill: 64)
            #expect((200..<300).contains(answer.status), "\(answer.text)")
            #expect(try await it.wait(it.file, for: 200).status == 200)
        }
    }

    @Test(
        "GEN-2.1 A removed version is gone, never used again, and comes back as it was",
        arguments: EcosystemContract.all)
    func tombstone(contract: EcosystemContract) async throws {
        try await with(contract) { it in
            let warden = try await it.server.person("warden", isAdministrator: true)
            _ = try await it.publish()
            let file = try await it.wait(it.file, for: 200)
            let release = "\(it.project)/releases/1.0.0"
            #expect(
                try await it.server.call("PUT", release + "/yank", token: it.owner, json: ["reason": "dim"]).status
                    == 204)
            #expect(try await it.get(it.file).body == file.body, "who has pinned it still gets it")
            #expect(try await it.server.call("DELETE", release, token: it.owner).status == 204)
            #expect(try await it.get(it.file).status == 404)
            #expect(try await !it.get(it.index).text.contains("1.0.0"))
            let again = try await it.publish()
            if contract.ecosystem == "maven" {
                _ = try await it.staging("failed")
            } else {
                #expect((400..<500).contains(again.status), "\(again.status) \(again.text)")
            }
            #expect(try await it.server.call("POST", release + "/restore", token: it.owner).status == 403)
            #expect(try await it.server.call("POST", release + "/restore", token: warden).status == 204)
            #expect(try await it.get(it.file).body == file.body)
        }
    }
}
