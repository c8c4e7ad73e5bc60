import Ecosystems
import RegistryModel
import Testing

@Suite("npm names")
struct NPMNameTests {
    @Test(
        "A good name and what it is confusable with",
        arguments: [
            ("tiny", "tiny"), ("left-pad", "leftpad"), ("a.b_c-d", "abcd"), ("@hm/tiny", "@hm/tiny"),
            ("@my-org/left.pad", "@my-org/leftpad"), ("--", "--"), ("7zip", "7zip"), ("@a/fs", "@a/fs"),
            ("@~x/y", "@~x/y"),
        ])
    func accepted(name: String, confusable: String) throws {
        let parsed = try NPMName.parse(name)
        #expect(parsed.display == name)
        #expect(parsed.key == name)
        #expect(parsed.confusable == confusable)
    }

    @Test(
        "A bad name",
        arguments: [
            "", "Tiny", ".tiny", "_tiny", "ti ny", " tiny", "tiny ", "ti~ny", "tiny!", "tiny(", "it's", "a*", "a/b",
            "@hm", "@hm/", "@/tiny", "@hm/a/b", "@hm/.tiny", "@hm/_x", "@HM/tiny", "@.hm/x", "é", "a%2fb", "a\u{0}b",
            "a:b", "a@b", "a\\b", "..",
        ])
    func refused(name: String) {
        #expect(Self.code(name) == .nameInvalid)
    }

    @Test("A reserved name", arguments: ["fs", "http", "worker_threads", "node_modules", "favicon.ico", "-"])
    func reserved(name: String) {
        #expect(Self.code(name) == .nameReserved)
    }

    @Test("The length is bounded with the scope")
    func length() {
        #expect(Self.code(String(repeating: "a", count: 214)) == nil)
        #expect(Self.code(String(repeating: "a", count: 215)) == .nameInvalid)
        #expect(Self.code("@s/" + String(repeating: "a", count: 212)) == .nameInvalid)
    }

    @Test("The bare name", arguments: [("tiny", "tiny"), ("@hm/tiny", "tiny")])
    func bare(name: String, bare: String) {
        #expect(NPMName.bare(name) == bare)
    }

    private static func code(_ name: String) -> Problem.Code? {
        do throws(Problem) {
            _ = try NPMName.parse(name)
            return nil
        } catch {
            return error.code
        }
    }
}
