/// Something that happened and is kept for ever.
///
/// A row holds the final canonical JSON bytes, so that what the transparency log commits to is what anybody can read. It
/// holds no personal data: people appear as their user names.
package struct Event: Sendable {
    /// The row id.
    package let id: Int64
    /// What happened, such as `file.published`, `release.yanked` or `member.added`.
    package let kind: String
    package let at: Timestamp
    /// The project it happened to.
    package let projectID: Int64?
    package let visibility: Visibility
    /// Canonical JSON.
    package let body: [UInt8]

    /// The version of the body's shape.
    package static let schemaVersion: Int64 = 1

    /// Collects a row as it was stored.
    package init(id: Int64, kind: String, at: Timestamp, projectID: Int64?, visibility: Visibility, body: [UInt8]) {
        self.id = id
        self.kind = kind
        self.at = at
        self.projectID = projectID
        self.visibility = visibility
        self.body = body
    }

    /// Makes an event with its canonical body.
    ///
    /// `actor` is the user's name or `operator`; `details` are members of the body beyond `schema`, `id`, `kind`, `at`,
    /// `actor` and `via`.
    package static func make(
        id: Int64, kind: String, at: Timestamp, actor: String, via: Principal.Kind, projectID: Int64?,
        visibility: Visibility,
        details: [(String, JSONValue)]
    ) -> Event {
        let members: [(String, JSONValue)] = [
            ("schema", .integer(schemaVersion)), ("id", .string(String(id))), ("kind", .string(kind)),
            ("at", .string(at.rfc3339())),
            ("actor", .string(actor)), ("via", .string(via.rawValue)),
        ]
        let body = JSONValue.object((members + details).map(JSONValue.Member.init))
        return Event(
            id: id, kind: kind, at: at, projectID: projectID, visibility: visibility, body: body.canonicalBytes())
    }
}
