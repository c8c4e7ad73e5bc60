import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Crate names")
struct CargoNameTests {
    private let format = CargoFormat()

    @Test("The three forms of a name")
    func forms() throws {
        let name = try format.projectName("Tiny-Crate_x")
        #expect(name == ProjectName(display: "Tiny-Crate_x", key: "tiny_crate_x", confusable: "tinycratex"))
        #expect(try format.projectName("a").key == "a")
        #expect(format.lookupKey("tiny_Crate-x") == name.key)
        #expect(format.lookupKey("std") == "std")
        #expect(format.lookupKey("no way") == nil)
    }

    @Test(
        "Impossible names",
        arguments: [
            "", "1a", "-a", "_a", "a.b", "a b", "a/b", "a@b", "ä", "aé", "a\u{0}", "a\n", ".", "..",
            String(repeating: "a", count: 65),
        ])
    func impossible(name: String) {
        #expect(throws: Problem.self) { try format.projectName(name) }
        #expect(format.lookupKey(name) == nil)
    }

    @Test(
        "Reserved names in any spelling",
        arguments: [
            "std", "core", "Proc-Macro", "proc_macro", "CON", "nul", "com1", "LPT9", "fn", "Self", "async", "test",
        ])
    func reserved(name: String) {
        #expect {
            try format.projectName(name)
        } throws: {
            ($0 as? Problem)?.code == .nameReserved
        }
    }

    @Test("The longest name is accepted")
    func longest() throws {
        #expect(try format.projectName(String(repeating: "a", count: 64)).key.count == 64)
    }

    @Test("Versions keep their build metadata but are not told apart by it")
    func versions() throws {
        #expect(
            try format.version("1.0.0-rc.1+b.5") == ReleaseVersion(display: "1.0.0-rc.1+b.5", key: "1.0.0-rc.1"))
        for text in ["1.0", "v1.0.0", "1.0.0 ", "", "1.0.0-01"] {
            #expect {
                try format.version(text)
            } throws: {
                ($0 as? Problem)?.code == .versionInvalid
            }
        }
    }

    @Test(
        "Index paths",
        arguments: [
            ("a", "1/a"), ("Ab", "2/ab"), ("abc", "3/a/abc"), ("Serde", "se/rd/serde"),
            ("Tiny-Crate", "ti/ny/tiny-crate"),
        ])
    func paths(name: String, path: String) {
        #expect(CargoIndex.path(name).joined(separator: "/") == path)
    }
}
