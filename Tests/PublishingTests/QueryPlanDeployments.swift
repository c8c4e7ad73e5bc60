import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

extension QueryPlanTests {
    /// Everything that is asked about publishes that take several requests, and about keys.
    static func useDeployments(_ registry: TestRegistry, _ user: Principal) async throws {
        let deployments = registry.publishing.deployments
        let ecosystem = EcosystemID(rawValue: "plain")
        let place = Deployments.Place(ecosystem: ecosystem, name: "wax", version: "1.0.0")
        let grant = try await registry.publishing.open(UploadHead(ecosystem: ecosystem), by: user)
        let spool = registry.publishing.spool(for: grant)
        try await spool.write(Array("wax\n1.0.0".utf8))
        let file = try await spool.finish(name: "wax-1.0.0.txt")
        try await deployments.receive(file, as: "wax-1.0.0.txt", into: place, by: user)
        registry.clock.advance(bySeconds: 60)
        try await deployments.touch(place, by: user)
        let open = try #require(try await deployments.open(place, by: user))
        #expect(try await deployments.files(open).count == 1)
        #expect(try await deployments.open(ecosystem, name: "wax", by: user).count == 1)
        _ = try await deployments.existing(place, file: "wax-1.0.0.txt")
        _ = try await deployments.isInNamespace(ecosystem, name: "wax")
        #expect(try await deployments.sender(of: open)?.userID == user.userID)
        #expect(try await deployments.idle(ecosystem, .open, seconds: 0).count == 1)
        try await deployments.annotate(open, ["x": 1])
        #expect(try await deployments.claim(open))
        try await deployments.reopen(open)
        try await deployments.drop(open)
        let staging = try await registry.stagings.begin(ecosystem, label: "lost", by: user)
        try await registry.stagings.extend(staging.id)
        registry.clock.advance(bySeconds: 3600)
        #expect(try await registry.stagings.recover() == 1)
        try await registry.driver.write { connection in
            let store = SigningKeyStore(connection)
            try store.put(
                SigningKey(
                    id: registry.core.ids.next(), userID: user.userID, kind: "openpgp", fingerprint: "00", bytes: [1],
                    createdAt: registry.clock.now()))
            #expect(try store.list(userID: user.userID, kind: "openpgp").count == 1)
            let now = registry.clock.now()
            #expect(try store.revoke(userID: user.userID, kind: "openpgp", fingerprint: "00", at: now))
        }
    }
}
