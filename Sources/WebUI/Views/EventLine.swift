package import RegistryModel

/// An event in words.
package struct EventLine: Sendable {
    /// The event's number.
    package let id: String
    package let kind: String
    package let icon: String
    package let actor: String
    package let date: DateView
    /// What happened, in one sentence.
    package let sentence: String
    /// The reason that was given, in the actor's own words.
    package let reason: String?
    /// The text members of the event's body.
    package let details: [String: String]
    /// The event's canonical bytes as text.
    package let json: String

    /// Reads an event; nil where its body is no object (which the registry never writes).
    package init?(_ event: Event) {
        guard let body = try? JSONValue.parse(event.body), let members = body.members else { return nil }
        var details: [String: String] = [:]
        for member in members { details[member.name] = member.value.stringValue }
        self.details = details
        id = String(event.id)
        kind = event.kind
        actor = details["actor"] ?? "somebody"
        date = DateView(event.at)
        json = String(decoding: event.body, as: UTF8.self)
        reason = details["reason"] ?? details["message"]
        (icon, sentence) = Self.words(kind, details, versions: body["versions"]?.arrayValue?.count ?? 0)
    }

    private static func words(_ kind: String, _ details: [String: String], versions: Int) -> (String, String) {
        let version = details["version"] ?? "?"
        let actor = details["actor"] ?? "Somebody"
        let file = details["file"].map { " (\($0))" } ?? ""
        let what: (String, String) =
            switch kind {
            case "project.created": ("+", "\(actor) created the project")
            case "file.published", "release.published": ("▲", "\(actor) published \(version)\(file)")
            case "file.held", "release.held": ("◌", "\(actor) published \(version)\(file), which is held for review")
            case "release.yanked": ("✕", "\(actor) yanked \(version)")
            case "release.unyanked": ("✓", "\(actor) took back the yank of \(version)")
            case "release.deprecated": ("⚠", "\(actor) deprecated \(version)")
            case "release.undeprecated": ("✓", "\(actor) took back the deprecation of \(version)")
            case "release.removed": ("−", "\(actor) removed \(version)")
            case "release.restored": ("✓", "\(actor) restored \(version)")
            case "project.removed":
                ("−", "\(actor) removed the project with \(Quantity.count(Int64(versions), "version", "versions"))")
            case "project.status": ("●", "\(actor) set the project's status to \(details["status"] ?? "?")")
            case "project.visibility": ("◐", "\(actor) made the project \(details["visibility"] ?? "?")")
            case "tag.set": ("⌁", "\(actor) pointed the tag \(details["tag"] ?? "?") at \(version)")
            case "tag.removed": ("⌁", "\(actor) removed the tag \(details["tag"] ?? "?")")
            case "member.added":
                ("+", "\(actor) made \(details["user"] ?? "?") \(role(details["role"])) of the project")
            case "member.removed":
                ("−", "\(actor) took from \(details["user"] ?? "?") the role of \(details["role"] ?? "member")")
            default: ("•", "\(actor): \(kind)")
            }
        return (what.0, what.1 + way(details["via"]) + ".")
    }

    private static func role(_ role: String?) -> String {
        role == "owner" ? "an owner" : "a \(role ?? "member")"
    }

    private static func way(_ via: String?) -> String {
        switch via.flatMap(Principal.Kind.init(rawValue:)) {
        case .operatorToken: ", with a token issued by the operator"
        case .commandLine: ", as the operator on the command line"
        case .trustedPublisher: ", as a trusted publisher"
        case .token, .session, nil: ""
        }
    }
}
