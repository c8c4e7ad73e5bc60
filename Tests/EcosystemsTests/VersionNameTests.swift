import Ecosystems
import Formats
import RegistryModel
import Testing

@Suite("Versions as they are shown")
struct VersionNameTests {
    @Test(
        "A version that is shown reads as itself: same name, same key",
        arguments: [
            ("pypi", ["1.0", "1.0.0", "v1.0rc1", "1!2.0.post1.dev3+local.7", "2024.01.05"]),
            ("cargo", ["1.0.0", "1.0.0-rc.1", "1.0.0+build.5"]),
            ("npm", ["1.0.0", "1.0.0-rc.1", "1.0.0+build.5"]),
            ("swift", ["1.0.0", "1.0.0-rc.1", "1.0.0+build.5"]),
            ("maven", ["1", "1.0", "1.0.0", "1.0-SNAPSHOT", "1.0-beta-2", "2.0.RELEASE"]),
            (
                "composer",
                [
                    "1.0", "v1.0.0", "1.0.0-beta2", "dev-main", "1.x-dev", "dev-feature/login",
                    "dev-main#" + String(repeating: "a", count: 16),
                ]
            ),
        ])
    func roundTrip(id: String, versions: [String]) throws {
        let signer = try NPMSigner(privateKey: [UInt8](repeating: 1, count: 32), createdAt: Timestamp(seconds: 0))
        let format = try #require(Ecosystems.formats(signer: signer).first { $0.ecosystem.rawValue == id })
        for text in versions {
            let version = try format.version(text)
            #expect(try format.version(version.display) == version, "\(id) \(text)")
        }
    }
}
