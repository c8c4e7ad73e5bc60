import HallmarkTesting
import Testing

@Suite(
    "yarn 1", .serialized, .server,
    .enabled(if: ClientTool.yarn.isAvailable && ClientTool.npm.isAvailable, "needs yarnpkg and npm"))
struct YarnTests {
    @Test("yarn installs plain and scoped packages with what they depend on")
    func install() async throws {
        let server = try RunningServer.current
        let home = try ClientHome()
        let npm = NPMVersion(tool: .npm, mark: "yarn")
        try home.useNPM(server, token: try await server.publisher("knitter"))
        try await home.npmPublish(npm, "@knitter/oil", "2.1.0", value: "oil", arguments: ["--access", "public"])
            .checked()
        let fields = "\"dependencies\": { \"@knitter/oil\": \"^2.0.0\" }"
        try await home.npmPublish(npm, "yarn-lamp", "1.0.0", fields: fields, value: "lamp").checked()

        try home.npmProject("app")
        try await home.run(.yarn, ["add", "yarn-lamp@^1.0.0", "--non-interactive"], in: "app").checked()
        #expect(try await home.required("yarn-lamp", by: npm, in: "app") == "lamp")
        #expect(try await home.required("@knitter/oil", by: npm, in: "app") == "oil")
        let lock = try home.read("app/yarn.lock")
        #expect(lock.contains("\(server.url)/npm/"), "\(lock)")
        try await home.run(.yarn, ["install", "--frozen-lockfile", "--non-interactive"], in: "app").checked()
    }
}
