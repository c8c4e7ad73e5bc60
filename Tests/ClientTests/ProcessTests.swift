import Foundation
import HallmarkTesting
import Persistence
import Testing

/// What holds across processes: a node that is killed, and several nodes on one database.
@Suite("Server processes", .serialized, .enabled(if: hasPython, "needs scripts/bootstrap test"))
struct ProcessTests {
    let home: ClientHome

    init() throws {
        home = try ClientHome()
    }

    @Test("A publish that was acknowledged is there after kill -9")
    func killed() async throws {
        var options = ServerProcess.Options(data: home.directory.appending(path: "data"))
        let first = try await ServerProcess(options)
        let token = try await first.publisher("survivor")
        let wheel = try await home.wheel("survived-lamp", "1.0")
        try await home.twine(first, token: token, files: [wheel]).checked()
        await first.kill()

        options.environment = ["HALLMARK_LOG_LEVEL": "debug"]
        let second = try await ServerProcess(options)
        try await home.pipInstall(second, ["survived-lamp"]).checked()
        #expect(try await home.moduleValue("survived_lamp") == "1")
        try await home.twine(second, token: token, files: [wheel]).checked()
        try await second.stop()
        #expect(!second.log.contains(token), "a token must not reach the log")
    }

    @Test("Two nodes on one PostgreSQL: one winner, and each sees what the other published")
    func twoNodes() async throws {
        try await withTestDatabase(.postgres) { database in
            let environment = [
                "HALLMARK_DATABASE_URL": database.url, "HALLMARK_BLOBS_URL": "file:\(home.path("blobs"))",
                "HALLMARK_MASTER_KEY_FILE": home.path("master"),
            ]
            let left = try await ServerProcess(ServerProcess.Options(environment: environment))
            let right = try await ServerProcess(ServerProcess.Options(environment: environment))
            let token = try await left.publisher("twin")
            let files = [
                try await home.wheel("twin-lamp", "1.0", value: "left", folder: "left"),
                try await home.wheel("twin-lamp", "1.0", value: "right", folder: "right"),
            ]
            // Both nodes remember that there is no such project.
            for node in [left, right] {
                #expect(try await Probe.get("\(node.url)/pypi/simple/twin-lamp/").status == 404)
            }
            async let one = home.twine(left, token: token, files: [files[0]])
            async let other = home.twine(right, token: token, files: [files[1]])
            let results = [try await one, try await other]
            #expect(results.filter(\.succeeded).count == 1, "\(results)")
            let winner = results[0].succeeded ? "left" : "right"
            for node in [left, right] {
                try await waitUntil("the other node has it") {
                    try await Probe.get("\(node.url)/pypi/simple/twin-lamp/").status == 200
                }
                try await home.pipInstall(node, ["twin-lamp"]).checked()
                #expect(try await home.moduleValue("twin_lamp") == winner)
            }
            try await left.stop()
            try await right.stop()
        }
    }

    @Test("A node that loses the connection which announces changes answers nothing stale")
    func lostAnnouncements() async throws {
        try await withTestDatabase(.postgres) { database in
            let environment = [
                "HALLMARK_DATABASE_URL": database.url, "HALLMARK_BLOBS_URL": "file:\(home.path("blobs"))",
                "HALLMARK_MASTER_KEY_FILE": home.path("master"),
            ]
            let left = try await ServerProcess(ServerProcess.Options(environment: environment))
            let right = try await ServerProcess(ServerProcess.Options(environment: environment))
            let token = try await left.publisher("announcer")
            try await home.twine(left, token: token, files: [try await home.wheel("heard-lamp", "1.0")]).checked()
            let page = "/pypi/simple/heard-lamp/"
            try await waitUntil("the other node has it") { try await Probe.get(right.url + page).status == 200 }
            let driver = try database.open()
            try await driver.write { connection in
                try connection.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                        AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')
                    """)
            }
            await driver.shutdown()
            try await home.twine(left, token: token, files: [try await home.wheel("heard-lamp", "2.0")]).checked()
            try await waitUntil("the other node has it") {
                try await Probe.get(right.url + page).text.contains("heard_lamp-2.0")
            }
            try await left.stop()
            try await right.stop()
        }
    }

    /// Asks again until the answer is yes, or ten seconds have passed.
}
