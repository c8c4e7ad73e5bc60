import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "Attacks: markup in every form", .timeLimit(.minutes(10)), .enabled(if: SamplePackage.isAvailable, "needs python3"))
struct AttackFieldTests {
    private static let canary = "\"'><hm-canary onload=alert(1)></title></script>"
    /// What would end the session, the account, or what the pages are about.
    private static let final = ["/logout", "/account/data/close", "/account/sessions/", "/delete", "/issuers/remove"]

    @Test("Stored and reflected XSS: nothing that is typed into any form of any page becomes markup on any page")
    func forms() async throws {
        try await PageWorld.with { world in
            var sent: Set<String> = []
            for (name, isFirst) in [("owner", true), ("boss", false), ("chief", false)] {
                let person = try await world.person(name, agent: Self.canary)
                for route in PageWorld.pages {
                    let page = try await person.get(PageWorld.address(route))
                    Self.check(route, page)
                    for form in OfferedForm.all(in: page) {
                        guard !form.typed.isEmpty, !Self.final.contains(where: form.action.contains) else { continue }
                        // What is an account's own is the same for all.
                        guard isFirst || !sent.contains(form.action) else { continue }
                        sent.insert(form.action)
                        for values in Self.hostile(form) {
                            Self.check(form.action, try await person.send(form.action, values))
                        }
                    }
                }
                for route in PageWorld.pages { Self.check(route, try await person.get(PageWorld.address(route))) }
            }
            #expect(sent.count > 15, "\(sent.sorted())")
        }
    }

    @Test("Reflected XSS: nothing in any address of a page becomes markup")
    func addresses() async throws {
        try await PageWorld.with { world in
            let person = try await world.person("chief")
            let hostile = "%22%27%3E%3Chm-canary%20onload=alert(1)%3E"
            for row in AccessPages.rows where row.method == "GET" {
                let filled = row.route.replacing(/\{[a-z]+\}/, with: hostile)
                let query = ["next", "after", "before", "code", "name", "state", "error"].map { "\($0)=\(hostile)" }
                for path in [filled, PageWorld.address(row.route) + "?" + query.joined(separator: "&")] {
                    let answer = try await person.get(path)
                    #expect(answer.status < 500, "\(path): \(answer.status)")
                    Self.check(path, answer)
                    let location = answer["location"] ?? "/"
                    #expect(location.hasPrefix("/") && !location.contains("<"), "\(path) leads to \(location)")
                }
            }
        }
    }

    /// A form with everything hostile at once, and with one field at a time, as one bad field can hide another.
    private static func hostile(_ form: OfferedForm) -> [[String: String]] {
        let texts = form.typed.sorted()
        var good = form.values
        for name in texts where good[name]?.isEmpty != false { good[name] = plain(name) }
        return [good.merging(texts.map { ($0, canary) }) { $1 }]
            + texts.map { good.merging([$0: canary]) { $1 } }
    }

    private static func plain(_ name: String) -> String {
        switch name {
        case "address": "somebody@example.net"
        case "workflow": "release.yml"
        case "name", "title", "repository", "owner": "plain"
        default: "helper"
        }
    }

    private static func check(_ place: String, _ answer: RawResponse) {
        #expect(answer.status < 500, "\(place): \(answer.status)")
        guard answer["content-type"]?.hasPrefix("text/html") == true else { return }
        WebPageTests.check(place, answer.text)
        #expect(!answer.text.contains("<hm-canary"), "\(place)")
    }
}
