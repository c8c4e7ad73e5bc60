import Foundation
import RegistryModel
import Synchronization

/// Registration data of domains (RDAP, [RFC 9083](https://www.rfc-editor.org/rfc/rfc9083)): all were registered long ago,
/// but for those that somebody has registered anew.
final class StandInRegistrations: Sendable {
    private let anew = Mutex<[String: String]>([:])

    /// Lets somebody register a domain now, which its owner had given up.
    func registerAnew(_ domain: String) {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970)).rfc3339(.seconds)
        anew.withLock { $0[domain] = now }
    }

    /// Answers `…/domain/NAME`; nil for other paths.
    func answer(_ request: StandInRequest) -> StandInAnswer? {
        guard let range = request.path.range(of: "/domain/") else { return nil }
        let name = request.path[range.upperBound...].lowercased()
        let date = anew.withLock { $0[name] } ?? "2001-01-01T00:00:00Z"
        let document: JSONValue = [
            "objectClassName": "domain", "ldhName": .string(name),
            "events": [["eventAction": "registration", "eventDate": .string(date)]],
        ]
        return StandInAnswer(mediaType: "application/rdap+json", body: document.bytes())
    }
}
