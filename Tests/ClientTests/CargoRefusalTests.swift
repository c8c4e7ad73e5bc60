import Foundation
import HallmarkTesting
import Testing

/// What a refused publisher reads: cargo prints every `detail` of the `errors` in the body.
@Suite("Refusals to cargo", .serialized, .server, .enabled(if: hasCargo, "needs cargo"))
struct CargoRefusalTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Sends a frame that cargo itself would not make.
    private func put(frame arguments: [String], token: String) async throws -> Probe {
        try await home.run(.python, [Checkout.script("cargo_frame.py"), home.path("frame")] + arguments).checked()
        return try await Probe.send(
            "PUT", "\(server.url)/cargo/api/v1/crates/new", headers: ["Authorization": token],
            arguments: ["--data-binary", "@\(home.path("frame"))"])
    }

    /// The first `detail` of an error body.
    private func detail(_ answer: Probe) -> String {
        let errors = (answer.json as? [String: Any])?["errors"] as? [[String: Any]]
        return (errors?.first?["detail"] as? String ?? "").lowercased()
    }

    @Test("A token that nobody issued")
    func wrongToken() async throws {
        try home.useCargo(server, token: "hlmk_000000000000000000000000000000000000")
        try home.crate("token_lamp", "0.1.0", folder: "lamp")
        let refused = try await home.cargoPublish("lamp")
        #expect(!refused.succeeded)
        #expect(refused.says("the remote server responded with an error (status 40"), "\(refused)")
        #expect(refused.says("token"), "\(refused)")
    }

    @Test("Somebody else's crate, whichever way it is spelled")
    func otherOwner() async throws {
        try home.useCargo(server, token: try await server.publisher("crate-alice"))
        try home.crate("taken_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        let other = try ClientHome()
        try other.useCargo(server, token: try await server.publisher("crate-mallory"))
        for name in ["taken_lamp", "taken-lamp", "Taken_Lamp"] {
            try other.crate(name, "0.2.0", folder: name)
            let refused = try await other.cargoPublish(name)
            #expect(!refused.succeeded, "\(refused)")
            #expect(refused.says("the remote server responded with an error"), "\(refused)")
            #expect(refused.says("taken_lamp"), "\(refused)")
        }
        let yank = try await other.cargo(["yank", "--version", "0.1.0", "taken_lamp"])
        #expect(!yank.succeeded && yank.says("taken_lamp"), "\(yank)")
    }

    @Test("A version that exists, by cargo and by the server")
    func existingVersion() async throws {
        let token = try await server.publisher("crate-repeater")
        try home.useCargo(server, token: token)
        try home.crate("repeated_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        try home.crate("repeated_lamp", "0.1.0", source: "pub fn value() -> u32 { 2 }\n", folder: "lamp")
        let refused = try await home.cargoPublish("lamp")
        #expect(!refused.succeeded && refused.says("already exists"), "\(refused)")

        // cargo looks before it sends; the server must refuse whoever does not, build metadata or not.
        for version in ["0.1.0", "0.1.0+other"] {
            let answer = try await put(frame: ["repeated_lamp", version], token: token)
            #expect((400..<500).contains(answer.status), "\(answer.text)")
            #expect(detail(answer).contains("already exist"), "\(answer.text)")
        }
    }

    @Test("Archives that are none, leave their tree, or name another crate")
    func badArchives() async throws {
        let token = try await server.publisher("crate-breaker")
        let cases: [(arguments: [String], says: String)] = [
            (["bad_lamp", "0.1.0", "--fault", "not-an-archive"], "archive"),
            (["bad_lamp", "0.1.0", "--fault", "traversal"], "outside.rs"),
            (["bad_lamp", "0.1.0", "--fault", "link"], "passwords"),
            (["bad_lamp", "0.1.0", "--fault", "length"], ""),
            (["bad_lamp", "0.1.0", "--inside", "other_lamp"], "other_lamp"),
        ]
        for refused in cases {
            let answer = try await put(frame: refused.arguments, token: token)
            #expect((400..<500).contains(answer.status), "\(refused.arguments): \(answer.status) \(answer.text)")
            #expect(!detail(answer).isEmpty, "\(answer.text)")
            #expect(refused.says.isEmpty || detail(answer).contains(refused.says), "\(answer.text)")
        }
        #expect(try await Probe.get("\(server.url)/cargo/ba/d_/bad_lamp").status == 404)
    }

    @Test("A reserved name")
    func reservedName() async throws {
        try home.useCargo(server, token: try await server.publisher("crate-squatter"))
        let answer = try await put(
            frame: ["std", "0.1.0"], token: try await server.token(user: "crate-squatter"))
        #expect((400..<500).contains(answer.status), "\(answer.text)")
        #expect(detail(answer).contains("std"), "\(answer.text)")
    }

    @Test("Two publishes of one version at once: one wins")
    func race() async throws {
        let token = try await server.publisher("crate-racer")
        let homes = [home, try ClientHome()]
        for (index, home) in homes.enumerated() {
            try home.useCargo(server, token: token)
            try home.crate("raced_lamp", "0.1.0", source: "pub fn value() -> u32 { \(index) }\n", folder: "lamp")
        }
        async let left = homes[0].cargoPublish("lamp")
        async let right = homes[1].cargoPublish("lamp")
        let results = [try await left, try await right]
        #expect(results.filter(\.succeeded).count == 1, "\(results)")
        let lines = try await Probe.get("\(server.url)/cargo/ra/ce/raced_lamp").text.split(separator: "\n")
        #expect(lines.count == 1)
    }

    @Test("A publish that is cut off leaves nothing visible, and can be made again")
    func cutOff() async throws {
        let token = try await server.publisher("crate-cutter")
        let frame = home.path("frame")
        try await home.run(
            .python, [Checkout.script("cargo_frame.py"), frame, "cut_lamp", "0.1.0", "--fill", "400000"]
        ).checked()
        for share in ["0.01", "0.5", "0.99"] {
            try await home.run(
                .python,
                [
                    Checkout.script("cut_off.py"), "\(server.port)", "PUT", "/cargo/api/v1/crates/new", frame, share,
                    "Authorization: \(token)",
                ]
            ).checked()
            #expect(try await Probe.get("\(server.url)/cargo/cu/t_/cut_lamp").status == 404)
        }
        try home.useCargo(server, token: token)
        try home.crate("cut_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
    }
}
