import Ecosystems
import RegistryModel
import Testing
import WebUI

@Suite("Addresses and install lines of pages")
struct WebValueTests {
    private func path(_ segments: String...) -> ProjectPath? {
        ProjectPath(segments: segments, presentations: WebSamples.presentations)
    }

    @Test("Project addresses are read as they are written")
    func roundTrip() throws {
        let cases: [(String, String, String?, ProjectTab)] = [
            ("pypi", "lantern", nil, .readme), ("pypi", "lantern", "1!2.0+local", .files),
            ("cargo", "lantern", "1.0.0-beta.1+build", .readme), ("npm", "@scope/name", nil, .history),
            ("npm", "@scope/name", "1.0.0", .dependencies), ("npm", "name", "versions", .readme),
        ]
        for (ecosystem, name, version, tab) in cases {
            let address = ProjectPath.path(EcosystemID(rawValue: ecosystem), name, version: version, tab: tab)
            let segments = address.split(separator: "/").dropFirst().map { $0.removingEscapes }
            let read = try #require(ProjectPath(segments: segments, presentations: WebSamples.presentations))
            #expect(read.ecosystem.rawValue == ecosystem && read.name == name)
            #expect(read.version == version && read.tab == tab, "\(address)")
        }
        #expect(
            ProjectPath.path(EcosystemID(rawValue: "npm"), "@scope/name", version: "1.0.0")
                == "/p/npm/@scope/name/1.0.0")
        #expect(path("npm", "@scope/name", "files")?.tab == .files)
        #expect(path("npm", "@scope/name")?.name == "@scope/name")
    }

    @Test("Addresses that lead nowhere")
    func nowhere() {
        #expect(path() == nil)
        #expect(path("pypi") == nil)
        #expect(path("unknown", "lantern") == nil)
        #expect(path("npm", "@scope") == nil)
        #expect(path("pypi", "lantern", "1.0", "owners") == nil)
        #expect(path("pypi", "lantern", "1.0", "files", "x") == nil)
        #expect(path("pypi", "lantern", "") == nil)
    }

    @Test("Searches keep their words in the address")
    func search() {
        #expect(ProjectPath.search("") == "/search")
        #expect(
            ProjectPath.search("a&b=c d", ecosystem: EcosystemID(rawValue: "npm"), page: 3)
                == "/search?q=a%26b%3Dc%20d&ecosystem=npm&page=3")
    }

    @Test("Install lines are quoted for the shell")
    func shell() {
        let lines = EcosystemPresentation.npm.installLines("@scope/name", "1.0.0", "https://h.example")
        #expect(lines.map(\.command).first == "npm install --registry https://h.example/npm/ @scope/name@1.0.0")
        let python = EcosystemPresentation.pypi.installLines("lantern", "1!2.0", "https://h.example")
        #expect(python.first?.command == "pip install --index-url https://h.example/pypi/simple/ 'lantern==1!2.0'")
        let swift = EcosystemPresentation.swift.installLines("mona.List", "1.0.0", "https://h.example")
        #expect(swift.map(\.command) == ["swift package add-dependency --type registry mona.List --from 1.0.0"])
        let odd = EcosystemPresentation.cargo.installLines("a'; rm -rf ~", nil, "https://h.example")
        #expect(odd.first?.command == "cargo add --registry hallmark 'a'\\''; rm -rf ~'")
    }

    @Test("Every presentation names its clients, its guides and where its files are")
    func presentations() {
        for presentation in Ecosystems.presentations {
            #expect(!presentation.clients.isEmpty && !presentation.guides("https://h.example").isEmpty)
            #expect(presentation.filePath("name", "1.0", "a b").contains("name"))
            #expect(!presentation.filePath("na/me", "1 0", "a\"b").contains("\""))
            for guide in presentation.guides("https://h.example") {
                #expect(guide.steps.contains { $0.code.contains("h.example") || $0.code.contains("hallmark") })
            }
        }
    }

    @Test("The version a page shows")
    func release() {
        let history = WebSamples.history()
        let scheme = EcosystemPresentation.pypi.versions
        #expect(ProjectSubject.release(nil, in: history, scheme: scheme)?.version.display == "1.4.2")
        #expect(ProjectSubject.release("1.4.2", in: history, scheme: scheme)?.version.display == "1.4.2")
        #expect(ProjectSubject.release("9", in: history, scheme: scheme) == nil)
        let odd = WebSamples.history(WebSamples.project(latest: nil))
        #expect(ProjectSubject.release(nil, in: odd, scheme: scheme)?.version.display == "2.0.0rc1")
    }

    @Test("Dates are absolute and exact")
    func dates() {
        let date = DateView(WebSamples.now)
        #expect(date.text == "22 Nov 2026" && date.iso == "2026-11-22T14:03:05Z")
        #expect(date.exact == "2026-11-22 14:03:05 UTC")
    }

    @Test("The chart shows whole days only and survives any number")
    func chart() {
        let chart = DownloadChart([100: 5, 99: .max, 98: .max, 97: -4], today: 100)
        #expect(chart.days.count == 30 && chart.bars.count == 30)
        #expect(chart.days.first?.iso == "1970-04-10")
        #expect(!DownloadChart([100: 5], today: 100).hasAny)
    }
}

extension Substring {
    /// The text behind percent escapes.
    fileprivate var removingEscapes: String {
        var out: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self))?.first
            {
                out.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
