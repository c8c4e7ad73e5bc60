import Accounts
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Life after publishing")
struct LifecycleTests {
    private let plain = EcosystemID(rawValue: "plain")

    @Test("A yanked version stays readable, is not the latest, and comes back", arguments: TestBackend.allCases)
    func yank(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.1.0", by: alice)
            try await registry.lifecycle.yank(plain, name: "lantern", version: "1.1.0", reason: "leaks", by: alice)
            var history = try await registry.history("lantern")
            #expect(history.project.latestVersion == "1.0.0")
            #expect(history.releases.last?.state == .yanked)
            #expect(history.releases.last?.stateReason == "leaks")
            _ = try await registry.catalog.file(plain, name: "lantern", file: "lantern-1.1.0.txt", for: .anonymous)
            try await registry.lifecycle.unyank(plain, name: "lantern", version: "1.1.0", by: alice)
            history = try await registry.history("lantern")
            #expect(history.project.latestVersion == "1.1.0")
            #expect(history.releases.last?.stateReason == nil)
            let bob = try await registry.person("bob")
            await expectRefusal(.notOwner) {
                try await registry.lifecycle.yank(plain, name: "lantern", version: "1.0.0", reason: nil, by: bob)
            }
            await expectRefusal(.notFound) {
                try await registry.lifecycle.yank(plain, name: "lantern", version: "9.0.0", reason: nil, by: alice)
            }
        }
    }

    @Test("GEN-2.1 A removed version is a tombstone for ever", arguments: TestBackend.allCases)
    func tombstone(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.1.0", by: alice)
            try await registry.lifecycle.remove(plain, name: "lantern", version: "1.1.0", by: alice)
            #expect(try await registry.history("lantern").releases.map(\.version.display) == ["1.0.0"])
            await expectRefusal(.notFound) {
                _ = try await registry.catalog.file(plain, name: "lantern", file: "lantern-1.1.0.txt", for: .anonymous)
            }
            await expectRefusal(.fileNameReused) { _ = try await registry.publish("lantern", "1.1.0", by: alice) }
            await expectRefusal(.versionRemoved) {
                _ = try await registry.publish("lantern", "1.1.0", by: alice, fileName: "another.txt")
            }
            try await registry.lifecycle.removeProject(plain, name: "lantern", by: alice)
            await expectRefusal(.notFound) { _ = try await registry.history("lantern") }
            let bob = try await registry.person("bob")
            await expectRefusal(.notOwner, "the name stays with its owner") {
                _ = try await registry.publish("lantern", "2.0.0", by: bob)
            }
        }
    }

    @Test(
        "GEN-2.1 Age, downloads and dependents keep a version; an administrator goes beyond",
        arguments: TestBackend.allCases)
    func unpublishPolicy(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let root = try await registry.person("carol", isAdministrator: true)
            func remove(_ name: String, by principal: Principal) async throws {
                try await registry.lifecycle.remove(plain, name: name, version: "1.0.0", by: principal)
            }
            _ = try await registry.publish("old", "1.0.0", by: alice)
            registry.clock.advance(bySeconds: 72 * 3600 + 1)
            await expectRefusal(.unpublishRefused) { try await remove("old", by: alice) }
            try await remove("old", by: root)

            let popular = try await registry.publish("popular", "1.0.0", by: alice)
            let file = try await registry.catalog.file(
                plain, name: "popular", file: "popular-1.0.0.txt", for: .anonymous)
            for _ in 0..<100 { registry.downloads.count(file: file.file.id, project: popular.project.id, family: "t") }
            try await registry.downloads.flush(to: registry.core)
            await expectRefusal(.unpublishRefused) { try await remove("popular", by: alice) }

            _ = try await registry.publish("wick", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.0.0", by: alice, dependencies: ["wick"])
            await expectRefusal(.unpublishRefused) { try await remove("wick", by: alice) }
            try await remove("lantern", by: alice)
            try await remove("wick", by: alice)
        }
    }

    @Test("An administrator restores a removed version within 30 days")
    func restore() async throws {
        try await withRegistry(.sqlite) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            let alice = try await registry.person("alice")
            for version in ["1.0.0", "2.0.0"] {
                _ = try await registry.publish("lantern", version, by: alice)
                try await registry.lifecycle.yank(
                    plain, name: "lantern", version: version, reason: "smokes", by: alice)
                try await registry.lifecycle.remove(plain, name: "lantern", version: version, by: alice)
            }
            await expectRefusal(.forbidden) {
                try await registry.lifecycle.restore(plain, name: "lantern", version: "1.0.0", by: alice)
            }
            try await registry.lifecycle.restore(plain, name: "lantern", version: "1.0.0", by: root)
            let history = try await registry.history("lantern")
            #expect(history.releases.map(\.version.display) == ["1.0.0"])
            #expect(history.releases.first?.state == .yanked, "it comes back as it was")
            #expect(history.releases.first?.stateReason == "smokes")
            #expect(history.releases.first?.files.first?.isRemoved == false)
            registry.clock.advance(bySeconds: 31 * 86_400)
            await expectRefusal(.conflict) {
                try await registry.lifecycle.restore(plain, name: "lantern", version: "2.0.0", by: root)
            }
        }
    }

    @Test("The last owner stays", arguments: TestBackend.allCases)
    func lastOwner(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.person("bob")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            await expectRefusal(.lastOwner) {
                try await registry.lifecycle.removeMember(plain, name: "lantern", user: "alice", by: alice)
            }
            await expectRefusal(.lastOwner) {
                try await registry.lifecycle.addMember(
                    plain, name: "lantern", user: "alice", role: .maintainer, by: alice)
            }
            await expectRefusal(.userUnknown) {
                try await registry.lifecycle.addMember(plain, name: "lantern", user: "nobody", role: .owner, by: alice)
            }
            try await registry.lifecycle.addMember(plain, name: "lantern", user: "bob", role: .owner, by: alice)
            try await registry.lifecycle.removeMember(plain, name: "lantern", user: "alice", by: alice)
            await expectRefusal(.notOwner) { _ = try await registry.publish("lantern", "2.0.0", by: alice) }
        }
    }

    @Test("Tags follow visible releases only", arguments: TestBackend.allCases)
    func tags(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice, tags: ["latest"])
            _ = try await registry.publish("lantern", "2.0.0", by: alice, tags: ["next"])
            var history = try await registry.history("lantern")
            #expect(history.tags == ["latest": "1.0.0", "next": "2.0.0"])
            #expect(history.project.latestVersion == "1.0.0", "the tag decides")
            try await registry.lifecycle.remove(plain, name: "lantern", version: "2.0.0", by: alice)
            history = try await registry.history("lantern")
            #expect(history.tags == ["latest": "1.0.0"])
            await expectRefusal(.notFound) {
                try await registry.lifecycle.removeTag(plain, name: "lantern", tag: "none", by: alice)
            }
        }
    }

    @Test("Archived and quarantined projects take no uploads; quarantine is for administrators")
    func statuses() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            let root = try await registry.person("carol", isAdministrator: true)
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            try await registry.lifecycle.setStatus(plain, name: "lantern", .archived, reason: "done", by: alice)
            await expectRefusal(.projectArchived) { _ = try await registry.publish("lantern", "2.0.0", by: alice) }
            await expectRefusal(.forbidden) {
                try await registry.lifecycle.setStatus(plain, name: "lantern", .quarantined, reason: nil, by: alice)
            }
            try await registry.lifecycle.setStatus(plain, name: "lantern", .quarantined, reason: "malware", by: root)
            await expectRefusal(.projectQuarantined) {
                _ = try await registry.catalog.file(plain, name: "lantern", file: "lantern-1.0.0.txt", for: .anonymous)
            }
            #expect(try await registry.catalog.newest(limit: 10).isEmpty)
            #expect(try await registry.catalog.search(SearchQuery(text: "lantern"), for: .anonymous).total == 0)
            await expectRefusal(.forbidden, "an owner cannot end a quarantine") {
                try await registry.lifecycle.setStatus(plain, name: "lantern", .active, reason: nil, by: alice)
            }
        }
    }
}
