import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("What a bundle costs")
struct BundleCostTests {
    private static let plain = EcosystemID(rawValue: "plain")

    /// What is read from the database while so many releases are published together, and then released.
    private static func bytes(
        _ count: Int, called name: String, _ registry: TestRegistry, _ counting: RowCountingDriver, by alice: Principal
    ) async throws -> Int {
        var submissions: [Submission] = []
        var grants: [UploadGrant] = []
        for number in 1...count {
            let (submission, grant) = try await registry.submission(
                name, "1.\(number).0", by: alice, extras: ["\(name)-\(number).sig"])
            submissions.append(submission)
            grants.append(grant)
        }
        let before = counting.bytes
        let staging = try await registry.stagings.begin(Self.plain, label: "many", by: alice)
        let receipts = try await registry.publishing.publish(
            submissions, with: try #require(grants.first), into: staging)
        #expect(receipts.count == count && receipts.allSatisfy { $0.staging?.key == staging.key })
        try await registry.stagings.note(staging.id, .staged)
        let found = try await registry.stagings.find(staging.key, by: alice)
        #expect(found.report.releases.map(\.version) == (1...count).map { "1.\($0).0" })
        #expect(found.report.releases.allSatisfy { $0.files.count == 2 })
        try await registry.stagings.release(staging.key, by: alice)
        #expect(try await registry.history(name).releases.count == count)
        return counting.bytes - before
    }

    @Test("MAVEN-3 Four times as many releases read four times as much and no more", arguments: TestBackend.allCases)
    func linear(backend: TestBackend) async throws {
        try await withCountedRegistry(backend) { registry, counting in
            let alice = try await registry.person("alice")
            let few = try await Self.bytes(25, called: "few", registry, counting, by: alice)
            let many = try await Self.bytes(100, called: "many", registry, counting, by: alice)
            #expect(few > 25 * 100)
            #expect(many < few * 5, "\(few) bytes for 25, \(many) for 100")
        }
    }
}
