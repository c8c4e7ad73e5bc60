import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

/// What an operator does on the command line, while the server serves.
@Suite("Backup, restore, verify and export on the command line", .serialized)
struct AdminUpkeepTests {
    private func lines(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    }

    @Test("A data directory of the first schema opens, serves every byte, and is clean")
    func firstSchema() async throws {
        let fixture = try await AdminFixture()
        let server = try await ServerProcess(ServerProcess.Options(data: fixture.data))
        try await fixture.expectEverything(of: server)
        let check = try await server.admin(["verify", "--json"])
        #expect(check.status == 0, "\(check)")
        let summary = try #require(try lines(check.output).last)
        #expect(summary["schema"] == .integer(Int64(Migration.all.count)))
        #expect(summary["files"]?.integerValue ?? 0 >= 5 && summary["clean"] == true)
        try await fixture.expectEverything(of: server)
        try await server.stop()
    }

    @Test("A data directory with blobs in the earlier layout and in today's is read, verified, collected and backed up")
    func bothLayouts() async throws {
        let fixture = try await AdminFixture()
        let earlier = try fixture.blobPaths()
        #expect(earlier.count == 6 && earlier.allSatisfy { $0.split(separator: "/").count == 3 })
        let server = try await ServerProcess(ServerProcess.Options(data: fixture.data))
        let token = try await server.publisher("newcomer")
        let wheel = try await fixture.home.wheel("new-lamp", "1.0")
        try await fixture.home.hallmark(server, ["publish", wheel], token: token).checked()
        let paths = try fixture.blobPaths()
        #expect(paths.filter { $0.split(separator: "/").count == 2 }.count == 1)
        #expect(Set(paths).isSuperset(of: earlier))
        try await fixture.expectEverything(of: server)
        #expect(try await server.admin(["gc"]).status == 0)
        #expect(try await server.admin(["verify"]).status == 0)
        #expect(try await server.admin(["backup", fixture.home.path("both")]).status == 0)
        try await server.stop()
        let restore = try await fixture.hallmark(["admin", "restore", "both", "--new-key"], data: "restored")
        #expect(restore.status == 0 && restore.output.contains("Everything is right"), "\(restore)")
    }

    @Test("A database of the first migration alone is brought up to date", arguments: TestBackend.allCases)
    func firstMigration(backend: TestBackend) async throws {
        try await withTestDatabase(backend, migrations: Array(Migration.all.prefix(1))) { database in
            let fixture = try await AdminFixture()
            let environment = ["HALLMARK_DATABASE_URL": database.url]
            let early = try await fixture.hallmark(["admin", "migrate"], data: "fresh", environment: environment)
            #expect(early.status == 0, "\(early)")
            let check = try await fixture.hallmark(
                ["admin", "verify", "--json"], data: "fresh", environment: environment)
            #expect(check.status == 0, "\(check)")
            #expect(try lines(check.output).last?["schema"] == .integer(Int64(Migration.all.count)))
        }
    }

    @Test(
        "A newer schema is refused by every command, with both numbers and what to do", arguments: TestBackend.allCases)
    func newerSchema(backend: TestBackend) async throws {
        try await withTestDatabase(backend, migrations: Migration.all) { database in
            let driver = try database.open()
            try await driver.write { connection in
                try connection.execute(
                    """
                    INSERT INTO schema_migrations (number, name, applied_at, checksum) VALUES (987, 'later', 0, 'x')
                    """)
            }
            await driver.shutdown()
            let fixture = try await AdminFixture()
            let commands = [
                ["serve", "--listen", "127.0.0.1:28399"], ["admin", "verify"], ["admin", "gc"], ["admin", "migrate"],
                ["admin", "backup", "there"], ["admin", "export", "there"],
                ["admin", "user", "create", "ada", "--email", "ada@example.org"],
            ]
            for words in commands {
                let result = try await fixture.hallmark(
                    words, data: "schema-1", environment: ["HALLMARK_DATABASE_URL": database.url])
                #expect(result.status == 1, "\(result)")
                #expect(result.errors.contains("schema 987"), "\(result)")
                #expect(result.errors.contains("up to \(Migration.all.count)"), "\(result)")
                #expect(result.errors.contains("Run the newer version"), "\(result)")
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.home.path("there/backup.json")))
        }
    }

    @Test(
        "A backup made while serving is restored elsewhere, from a folder and from a stream",
        arguments: TestBackend.allCases)
    func backup(backend: TestBackend) async throws {
        try await withTestDatabase(backend) { database in
            let fixture = try await AdminFixture()
            let server = try await ServerProcess(ServerProcess.Options(data: fixture.data))
            let folder = try await server.admin(["backup", fixture.home.path("folder")])
            #expect(folder.status == 0 && folder.output.contains("key is not in the backup"), "\(folder)")
            let stream = try await fixture.hallmark(
                ["admin", "backup", "-", "--include-key"], data: "schema-1", pipe: "> stream.tar")
            #expect(stream.status == 0 && stream.errors.contains("key is in the backup"), "\(stream)")
            try await server.stop()

            // The stream brings its key along.
            let first = try await fixture.hallmark(["admin", "restore", "-"], data: "one", pipe: "< stream.tar")
            #expect(first.status == 0 && first.output.contains("Everything is right"), "\(first)")
            let one = try await ServerProcess(
                ServerProcess.Options(data: URL(filePath: fixture.home.path("one"))))
            try await fixture.expectEverything(of: one)
            try await one.createUser("later")
            try await one.stop()

            // The folder does not, and goes into another database.
            let environment = [
                "HALLMARK_DATABASE_URL": backend == .postgres ? database.url : "sqlite:\(fixture.home.path("other.db"))"
            ]
            let second = try await fixture.hallmark(
                ["admin", "restore", "folder"], data: "two", environment: environment)
            #expect(second.status == 0 && second.output.contains("master key is missing"), "\(second)")
            let keyless = try await fixture.hallmark(["admin", "gc"], data: "two", environment: environment)
            #expect(keyless.status == 1 && keyless.errors.contains("is missing"), "\(keyless)")
            let keys = fixture.home.path("two/keys/master")
            try Data(repeating: 1, count: 32).write(to: URL(filePath: keys))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys)
            let wrong = try await fixture.hallmark(["admin", "gc"], data: "two", environment: environment)
            #expect(wrong.status == 1 && wrong.errors.contains("not the one"), "\(wrong)")
            try FileManager.default.removeItem(atPath: keys)
            try FileManager.default.copyItem(atPath: fixture.data.appending(path: "keys/master").path, toPath: keys)
            let two = try await ServerProcess(
                ServerProcess.Options(environment: environment, data: URL(filePath: fixture.home.path("two"))))
            try await fixture.expectEverything(of: two)
            try await two.stop()

            let again = try await fixture.hallmark(
                ["admin", "restore", "folder"], data: "three", environment: environment)
            #expect(again.status == 1 && again.errors.contains("Restore into a new one"), "\(again)")
        }
    }

    @Test("What is of no use as a backup is refused, and leaves nothing behind")
    func refused() async throws {
        let fixture = try await AdminFixture(isMigrated: true)
        let made = try await fixture.hallmark(["admin", "backup", "-"], data: "schema-1", pipe: "> stream.tar")
        #expect(made.status == 0, "\(made)")
        for (words, pipe, reason) in [
            (["admin", "restore", "-"], "< /dev/null", "not complete"),
            (["admin", "restore", "nowhere"], "", "not complete"),
            (["admin", "restore", "-"], "< schema-1/hallmark.sqlite", "damaged"),
        ] {
            let result = try await fixture.hallmark(words, data: "target", pipe: pipe)
            #expect(result.status == 1 && result.errors.contains(reason), "\(result)")
        }
        let whole = try Data(contentsOf: URL(filePath: fixture.home.path("stream.tar")))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: fixture.home.path("half.tar")))
        let half = try await fixture.hallmark(["admin", "restore", "-"], data: "target", pipe: "< half.tar")
        #expect(half.status == 1 && half.errors.contains("not complete"), "\(half)")
        #expect(!FileManager.default.fileExists(atPath: fixture.home.path("target")))
        let full = try await fixture.hallmark(["admin", "restore", "-"], data: "schema-1", pipe: "< stream.tar")
        #expect(full.status == 1 && full.errors.contains("not empty"), "\(full)")
        // A restore that was killed.
        try Data().write(to: fixture.data.appending(path: "restore-not-finished"))
        let killed = try await fixture.hallmark(["admin", "verify"], data: "schema-1")
        #expect(killed.status == 1 && killed.errors.contains("was not finished"), "\(killed)")
    }

    @Test("Damage is found, said in JSON, and ends with 1")
    func damage() async throws {
        let fixture = try await AdminFixture(isMigrated: true)
        let blob = try fixture.anyBlob()
        var content = try Data(contentsOf: blob)
        content[content.count / 2] ^= 1
        try content.write(to: blob)
        let check = try await fixture.hallmark(["admin", "verify", "--json"], data: "schema-1")
        #expect(check.status == 1, "\(check)")
        let found = try lines(check.output)
        #expect(found.contains { $0["kind"] == "finding" && $0["check"] == "blob-damaged" }, "\(check)")
        #expect(found.last?["clean"] == false && found.last?["findings"] == 1)
        let backup = try await fixture.hallmark(["admin", "backup", "folder", "--json"], data: "schema-1")
        #expect(backup.status == 1, "\(backup)")
        #expect(try lines(backup.output).first?["missing"]?.arrayValue?.count == 1)
    }

    @Test("An export and a collection say what they did; wrong usage ends with 2")
    func others() async throws {
        let fixture = try await AdminFixture(isMigrated: true)
        let export = try await fixture.hallmark(["admin", "export", "out"], data: "schema-1")
        #expect(export.status == 0, "\(export)")
        let wheel = fixture.home.path("out/files/pypi/oldlamp/oldlamp-1.0.0-py3-none-any.whl")
        #expect(FileManager.default.fileExists(atPath: wheel))
        let everything = try await fixture.hallmark(
            ["admin", "export", "-"], data: "schema-1", pipe: "| cat > out.tar")
        #expect(everything.status == 0, "\(everything)")
        let tar = try Data(contentsOf: URL(filePath: fixture.home.path("out.tar")))
        #expect(!tar.isEmpty)
        #expect(tar.range(of: Data("ada@example.org".utf8)) == nil)
        let dry = try await fixture.hallmark(["admin", "gc", "--dry-run", "--json"], data: "schema-1")
        #expect(dry.status == 0, "\(dry)")
        #expect(try lines(dry.output).first?["examined"] == 6)
        for words in [["gc", "--older-than", "soon"], ["backup"], ["restore"], ["verify", "--since", "-1d"]] {
            let result = try await fixture.hallmark(["admin"] + words, data: "schema-1")
            #expect(result.status == 2, "\(result)")
        }
    }
}
