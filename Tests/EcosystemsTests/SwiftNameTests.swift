import Ecosystems
import RegistryModel
import Testing
import Versioning

@Suite("Swift package identities and repositories")
struct SwiftNameTests {
    @Test("Identities that may be", arguments: ["mona.LinkedList", "a.b", "a-b-c.d_e-f", "0.1"])
    func valid(text: String) throws {
        let name = try SwiftNames.projectName(text)
        #expect(name.display == text && name.key == text.lowercased())
        #expect(SwiftFormat().lookupKey(text.uppercased()) == name.key)
    }

    @Test(
        "Identities that may not be",
        arguments: [
            "", "a", ".a", "a.", "a.b.c", "-a.b", "a-.b", "a--b.c", "a_b.c", "a.-b", "a.b-", "a.b__c", "a.b-_c",
            "a b.c",
            "é.a", "a.é", "a.b\n", String(repeating: "a", count: 40) + ".b", "a." + String(repeating: "b", count: 101),
        ])
    func invalid(text: String) {
        #expect(throws: Problem.self) { try SwiftNames.projectName(text) }
        #expect(SwiftFormat().lookupKey(text) == nil)
    }

    @Test("The longest parts")
    func longest() throws {
        let text = String(repeating: "a", count: 39) + "." + String(repeating: "b", count: 100)
        #expect(try SwiftNames.projectName(text).display == text)
    }

    @Test("Versions and tags")
    func versions() throws {
        #expect(
            try SwiftFormat().version("1.2.3-beta.1+x")
                == ReleaseVersion(display: "1.2.3-beta.1+x", key: "1.2.3-beta.1"))
        for text in [
            "1.2", "v1.2.3", "1.2.3.4", "", "9223372036854775808.0.0", "1.0.0-a.zip", "1.0.0+x.JSON",
        ] {
            #expect(throws: Problem.self) { try SwiftFormat().version(text) }
        }
        #expect(SwiftNames.version(ofTag: "v1.2.3")?.description == "1.2.3")
        #expect(SwiftNames.version(ofTag: "1.2.3-rc.1")?.description == "1.2.3-rc.1")
        for tag in ["release-1.2.3", "vv1.2.3", "V1.2.3", "1.2"] { #expect(SwiftNames.version(ofTag: tag) == nil) }
    }

    @Test("Spellings of one repository")
    func repositories() {
        let spellings = [
            "https://github.com/mona/LinkedList", "https://github.com/mona/LinkedList.git",
            "http://github.com/Mona/LinkedList/", "git@github.com:mona/linkedlist.git", "github.com/mona/LinkedList",
            "ssh://git@github.com/mona/LinkedList.git", "ssh://git@github.com:22/mona/LinkedList",
            "ssh://git@github.com:mona/LinkedList.git", "https://ada:secret@github.com:443/mona//LinkedList?x=1#y",
            "git://GitHub.com/mona/Linked%4Cist", "https://github.com/mona/LinkedList.GIT",
        ]
        for spelling in spellings {
            #expect(SwiftRepositoryURL(spelling)?.canonical == "github.com/mona/linkedlist", "\(spelling)")
        }
        #expect(SwiftRepositoryURL("https://h.org/a/%F0%9F%94%97List")?.canonical == "h.org/a/🔗list")
        #expect(
            SwiftRepositoryURL("https://h.org/e\u{301}")?.canonical == SwiftRepositoryURL("https://h.org/É")?.canonical)
        #expect(SwiftRepositoryURL("https://h.org/%EF%BB%BFa")?.canonical == "h.org/\u{FEFF}a")
        #expect(SwiftRepositoryURL("https://h.org/a.git.git")?.canonical == "h.org/a.git")
    }

    @Test(
        "Texts that name no repository",
        arguments: [
            "", "x", "/a/b", "./a", "../a", "file:///a/b", "https://", "https://h.org", "https://h.org/", "https:///a",
            "https://h.org/.git", "https://h.org/a b", "https://h.org/a\n", "https://h.org/%2e%2e/a",
            "https://h.org/a%2fb",
            "https://h.org/%zz", "https://h.org/a/%00", "javascript://h.org/a", "https://h_!/a", "mona/LinkedList",
            "https://h.org:x/a", "h.org:80/a", String(repeating: "a", count: 2049),
        ])
    func noRepositories(text: String) {
        #expect(SwiftRepositoryURL(text) == nil)
    }

    @Test("A repository whose name has dots maps to a legal identity")
    func identities() {
        func identity(_ url: String) -> String? { SwiftRepositoryURL(url)?.suggestedID?.description }
        #expect(identity("https://github.com/groue/GRDB.swift") == "groue.GRDB-swift")
        #expect(identity("https://github.com/groue/GRDB.swift.git") == "groue.GRDB-swift")
        #expect(identity("git@github.com:apple/swift-nio.git") == "apple.swift-nio")
        #expect(identity("https://h.org/a/b/c_d") == "b.c_d")
        #expect(identity("https://h.org/a..b/.x..y.") == "a-b.x-y")
        #expect(identity("https://h.org/LinkedList") == nil)
        #expect(identity("https://h.org/é/x") == nil)
    }
}
