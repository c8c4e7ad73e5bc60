import HallmarkTesting
import RegistryModel
import Testing

/// The part of the matrix that sessions have: AUTHZ-2.1 on the pages.
@Suite(
    "AUTHZ-2.1 Role × page × form", .timeLimit(.minutes(10)), .enabled(if: SamplePackage.isAvailable, "needs python3"))
struct AccessPageTests {
    /// Everybody with a session, and what they may do on the pages beyond their own account.
    private static let people: [(name: String, sees: Set<Place>, changes: Set<Place>)] = [
        ("stranger", [], []), ("maintainer", [.project], []), ("owner", [.project], [.project]),
        ("mate", [.organization], []), ("boss", [.organization], [.organization]),
        ("walter", [.administration, .project], []), ("mona", [.administration, .project], []),
        ("chief", [.administration, .project, .organization], [.administration, .project, .organization]),
    ]

    /// Pages that not everybody sees who sees the others of the place.
    private static let narrower: [String: Set<String>] = [
        "/administration/reporters": ["chief"], "/administration/domains": ["chief", "walter"],
        "/organizations/{name}/teams/{team}": ["mate", "boss", "walter", "chief"],
    ]

    private enum Place: String, CaseIterable {
        case administration, organization, project

        init?(_ path: String) {
            guard let place = Self.allCases.first(where: { path.hasPrefix("/\($0.rawValue)") }) else { return nil }
            self = place
        }
    }

    @Test("Every page is shown to the sessions that may see it, and to no other")
    func pages() async throws {
        try await PageWorld.with { world in
            for (name, sees, _) in Self.people {
                let person = try await world.person(name)
                for route in PageWorld.pages where route != "/logout" {
                    let label: Comment = "\(name): \(route)"
                    let answer = try await person.get(PageWorld.address(route))
                    guard let place = Place(route), place != .project else {
                        #expect([200, 303, 404].contains(answer.status), "\(label): \(answer.status)")
                        if name == "stranger" { #expect(!answer.text.contains(PageWorld.hidden), label) }
                        continue
                    }
                    // Organizations are shown to everybody who is signed in, and their forms to who may send them.
                    let usual = place == .organization || sees.contains(place)
                    let isShown = Self.narrower[route]?.contains(name) ?? usual
                    #expect(isShown ? [200, 404].contains(answer.status) : answer.status == 403, label)
                }
                let settings = try await person.get("/projects/npm/\(PageWorld.hidden)/settings")
                #expect(settings.status == (sees.contains(.project) ? 200 : 404), "\(name): private settings")
            }
        }
    }

    @Test("Administration links nobody to a page that is not for them")
    func administration() async throws {
        try await PageWorld.with { world in
            for name in ["mona", "walter", "chief"] {
                let person = try await world.person(name)
                let page = try await person.get("/administration").text
                let links = page.matches(of: /href="(\/administration\/[a-z]+)"/).map { String($0.output.1) }
                #expect(Set(links).count == (name == "chief" ? 6 : name == "walter" ? 5 : 4), "\(name): \(links)")
                for link in Set(links) { #expect(try await person.get(link).status == 200, "\(name): \(link)") }
            }
        }
    }

    @Test("Every form is taken from the sessions that may send it, and from no other")
    func forms() async throws {
        try await PageWorld.with { world in
            var people: [String: PagePerson] = [:]
            for (name, _, _) in Self.people { people[name] = try await world.person(name) }
            var sent: Set<String> = []
            for (place, offered) in [(Place.project, "owner"), (.organization, "boss"), (.administration, "chief")] {
                let holder = try #require(people[offered])
                for route in PageWorld.pages where Place(route) == place {
                    let forms = OfferedForm.all(in: try await holder.get(PageWorld.address(route)))
                    for form in forms where Place(form.action) == place {
                        let values = Self.filled(form)
                        // Whoever has a role may give it back.
                        for (name, _, changes) in Self.people
                        where !changes.contains(place) && values["user"] != name {
                            let answer = try await people[name]?.send(form.action, values)
                            let isRefused = [403, 404].contains(answer?.status)
                            #expect(isRefused, "\(name): \(form.action) \(values): \(answer?.status ?? 0)")
                        }
                        sent.insert(form.action)
                    }
                }
            }
            #expect(sent.count > 12, "\(sent.sorted())")
            // Nothing of that was done, and the same form is good where its sender may send it.
            let owner = try #require(people["owner"])
            let settings = "/projects/npm/\(PageWorld.project)/settings"
            #expect(!(try await owner.get(settings).text.contains(">helper<")))
            #expect(try await owner.send(settings + "/tokens", ["policy": "trusted"]).status == 303)
        }
    }

    /// What somebody would type, who means it.
    private static func filled(_ form: OfferedForm) -> [String: String] {
        var values = form.values
        for name in form.typed where values[name]?.isEmpty != false {
            let team = Place(form.action) == .organization ? "extra" : "acme:core"
            values[name] = ["address": "helper@example.net", "team": team][name] ?? "helper"
        }
        return values
    }
}
