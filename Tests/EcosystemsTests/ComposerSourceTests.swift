import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Source repositories of PHP packages")
struct ComposerSourceTests {
    @Test(
        "Spellings of one repository have one key",
        arguments: [
            ("https://github.com/Acme/Lamp", "github.com/acme/lamp"),
            ("http://github.com/acme/lamp/", "github.com/acme/lamp"),
            ("https://www.github.com/acme/lamp.git", "github.com/acme/lamp"),
            ("https://github.com/acme/lamp/tree/1.2.3", "github.com/acme/lamp"),
            ("https://gitlab.com/acme/sub/lamp/-/tree/main", "gitlab.com/acme/sub/lamp"),
            ("https://bitbucket.org/acme/lamp/src/main/?at=x#y", "bitbucket.org/acme/lamp"),
            ("https://user:secret@git.example:8443/lamp", "git.example:8443/lamp"),
            ("https://git.example/src/tree", "git.example/src/tree"),
        ])
    func keys(address: String, key: String) throws {
        let pin = try #require(ComposerSource.pin(address))
        #expect(pin.key == key && pin.address == address && key.hasPrefix(pin.host))
    }

    @Test(
        "Addresses of nothing",
        arguments: [
            "", "github.com/acme/lamp", "git@github.com:acme/lamp.git", "ssh://git@github.com/acme", "https://",
            "https://github.com", "https:///acme/lamp",
        ])
    func none(address: String) {
        #expect(ComposerSource.pin(address) == nil)
    }
}
