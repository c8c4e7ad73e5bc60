import Ecosystems
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Maven deployments that nobody completes")
struct MavenSweepTests {
    private static func completion(_ server: EcosystemServer) -> MavenCompletion {
        let registry = server.registry
        return MavenCompletion(
            publishing: registry.publishing, catalog: registry.catalog, lifecycle: registry.lifecycle)
    }

    @Test("What is complete is published after a minute, once, by whichever node looks first")
    func idle() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.put(sample, token: token) == [])
            let completion = Self.completion(server)
            #expect(try await completion.sweep() == MavenCompletion.Sweep())
            server.registry.clock.advance(bySeconds: MavenCompletion.idleSeconds + 1)
            async let first = completion.sweep()
            async let second = Self.completion(server).sweep()
            let published = try await (first.published, second.published)
            #expect(published.0 + published.1 >= 1)
            #expect(try await server.read("releases/\(sample.directory)/tiny-1.0.jar").body == sample.jar)
            #expect(try await completion.sweep() == MavenCompletion.Sweep())
        }
    }

    @Test("What never becomes complete goes after an hour; its blobs are kept until then and collected afterwards")
    func incomplete() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            _ = try await server.put("releases/\(sample.directory)/tiny-1.0.jar", sample.jar, token: token)
            let completion = Self.completion(server)
            let collector = GarbageCollector(core: server.registry.core, policy: UnpublishPolicy())
            server.registry.clock.advance(bySeconds: 1800)
            #expect(try await completion.sweep() == MavenCompletion.Sweep())
            #expect(try await collector.run(grace: 0, isDryRun: true).discarded == 0)
            server.registry.clock.advance(bySeconds: 1801)
            #expect(try await completion.sweep().dropped == 1)
            #expect(try await collector.run(grace: 0, isDryRun: true).discarded == 1)
        }
    }

    @Test("A credential that has ended publishes nothing")
    func ended() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.put(sample, token: token) == [])
            server.registry.clock.advance(bySeconds: 3601)
            let swept = try await Self.completion(server).sweep()
            #expect(swept.published == 0 && swept.dropped == 1)
            #expect(try await server.read("releases/\(sample.directory)/tiny-1.0.jar").status == 404)
        }
    }
}
