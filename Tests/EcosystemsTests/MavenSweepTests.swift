import Blobs
import Dispatch
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

    @Test("A deployment whose server died while it published it can be sent again after a minute, or publishes itself")
    func died() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.put(sample, token: token) == [])
            let bob = try await server.registry.principal("bob")
            let deployments = server.registry.publishing.deployments
            let open = try #require(
                try await deployments.open(Maven.ecosystem, name: "org.hm.test:tiny", by: bob).first)
            #expect(try await deployments.claim(open))
            let place = "releases/\(sample.directory)/tiny-1.0.jar"
            let early = try await server.put(place, sample.jar, token: token)
            #expect(early.status == 409 && early.reason.contains("at this moment"), "\(early.reason)")
            server.registry.clock.advance(bySeconds: MavenCompletion.publishingSeconds + 1)
            #expect(try await Self.completion(server).sweep().published == 0)
            #expect(try await server.put(place, sample.jar, token: token).status == 201)
            server.registry.clock.advance(bySeconds: MavenCompletion.idleSeconds + 1)
            #expect(try await Self.completion(server).sweep().published == 1)
            #expect(try await server.read(place).body == sample.jar)
        }
    }

    @Test("What cannot be looked at while the registry is busy is looked at again")
    func busy() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.put(sample, token: token) == [])
            server.registry.clock.advance(bySeconds: MavenCompletion.idleSeconds + 1)
            let pool = server.registry.core.publishingPool
            let gate = DispatchSemaphore(value: 0)
            let crowd = Task {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<1024 { group.addTask { try await pool.run { gate.wait() } } }
                    try await group.waitForAll()
                }
            }
            try await waitUntil("the pool is full") { pool.load == 1024 }
            // Whatever comes of it, the pool is let go.
            let looked = await Task { try await Self.completion(server).sweep() }.result
            for _ in 0..<1024 { gate.signal() }
            try await crowd.value
            let sweep = try looked.get()
            #expect(sweep.published == 0 && sweep.dropped == 0 && sweep.problems.count == 1, "\(sweep)")
            try await waitUntil("the pool is free") { pool.load == 0 }
            #expect(try await Self.completion(server).sweep().published == 1)
            #expect(try await server.read("releases/\(sample.directory)/tiny-1.0.jar").body == sample.jar)
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
