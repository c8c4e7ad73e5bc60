import RegistryModel
import Testing

@Suite("Events")
struct EventTests {
    @Test("The body is canonical, complete, and says nothing else")
    func body() throws {
        let event = Event.make(
            id: 7_000_000_000_000_000_001, kind: "release.published",
            at: Timestamp(microseconds: 1_767_225_600_000_042),
            actor: "alice", via: .operatorToken, projectID: 12, visibility: .private,
            details: [("version", "1.0.0"), ("files", .strings(["é.txt"])), ("reason", nil)])
        let expected =
            #"{"actor":"alice","at":"2026-01-01T00:00:00.000042Z","files":["é.txt"],"id":"7000000000000000001","#
            + #""kind":"release.published","reason":null,"schema":1,"version":"1.0.0","via":"operator-token"}"#
        #expect(String(decoding: event.body, as: UTF8.self) == expected)
        #expect(try JSONValue.parse(event.body).canonicalBytes() == event.body)
        #expect(event.id == 7_000_000_000_000_000_001 && event.projectID == 12 && event.visibility == .private)
    }

    @Test(
        "Visibility narrows",
        arguments: [
            (Visibility.public, Visibility?.none, Visibility.public), (.public, .some(.private), .private),
            (.private, .some(.public), .private),
            (.internal, .some(.public), .internal), (.internal, .some(.private), .private), (.private, .none, .private),
        ])
    func narrowed(own: Visibility, other: Visibility?, expected: Visibility) {
        #expect(own.narrowed(to: other) == expected)
    }

    @Test("Only live and yanked releases are offered")
    func visibleStates() {
        #expect(ReleaseState.allCases.filter(\.isVisible) == [.live, .yanked])
    }
}
