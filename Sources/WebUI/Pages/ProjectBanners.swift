import Ecosystems
import RegistryModel
import Versioning

extension ProjectHead.Banner {
    /// What must be said about a project and a version, the gravest first.
    static func all(for subject: ProjectSubject) -> [ProjectHead.Banner] {
        [status(subject), yanked(subject), deprecated(subject), newer(subject)].compactMap(\.self)
    }

    private static func status(_ subject: ProjectSubject) -> ProjectHead.Banner? {
        let project = subject.project
        guard let mark = StateMark(project.status) else { return nil }
        let advice =
            switch project.status {
            case .active, .deprecated: "It still works, but its owners advise against it for anything new."
            case .archived: "Nothing new will be published. What is there stays and can be installed."
            case .quarantined:
                "Do not install it. Its files are not served while it is under investigation; if you have it installed already, remove it."
            }
        let last = subject.events.first {
            $0.kind == "project.status" && $0.details["status"] == project.status.rawValue
        }
        return ProjectHead.Banner(
            kind: mark.kind, icon: mark.icon, label: "Status", title: "This project is \(mark.label)\(by(last)).",
            reason: project.statusReason, advice: advice, href: nil, linkText: nil)
    }

    private static func yanked(_ subject: ProjectSubject) -> ProjectHead.Banner? {
        guard subject.release.state == .yanked else { return nil }
        let last = subject.events.first { $0.kind == "release.yanked" && $0.details["version"] == subject.version }
        let other = alternative(to: subject)
        return ProjectHead.Banner(
            kind: "stop", icon: "✕", label: "Yanked version",
            title: "Version \(subject.version) was yanked\(by(last)).",
            reason: subject.release.stateReason,
            advice:
                "Installers skip it unless a build names exactly this version. \(other == nil ? "" : "Use another:")",
            href: other.map { subject.path(version: $0) }, linkText: other)
    }

    private static func deprecated(_ subject: ProjectSubject) -> ProjectHead.Banner? {
        guard let message = subject.release.deprecation else { return nil }
        let last = subject.events.first {
            $0.kind == "release.deprecated" && $0.details["version"] == subject.version
        }
        return ProjectHead.Banner(
            kind: "warn", icon: "⚠", label: "Deprecated version",
            title: "Version \(subject.version) is deprecated\(by(last)).",
            reason: message.isEmpty ? nil : message,
            advice: "It can be installed; clients print this message when they do.", href: nil, linkText: nil)
    }

    private static func newer(_ subject: ProjectSubject) -> ProjectHead.Banner? {
        guard subject.isPinned, subject.release.state == .live, let latest = subject.project.latestVersion,
            subject.presentation.versions.compare(latest, subject.version) > 0
        else { return nil }
        return ProjectHead.Banner(
            kind: "quiet", icon: "↑", label: "Newer version", title: "This is not the newest version.", reason: nil,
            advice: "The newest is", href: ProjectPath.path(subject.project.ecosystem, subject.name), linkText: latest)
    }

    /// The newest live version, where that is another one.
    private static func alternative(to subject: ProjectSubject) -> String? {
        if let latest = subject.project.latestVersion, latest != subject.version { return latest }
        let scheme = subject.presentation.versions
        return subject.history.releases.filter { $0.state == .live && $0.version != subject.release.version }
            .map(\.version.display).max { scheme.compare($0, $1) < 0 }
    }

    /// Who did it, and when, where that is known.
    private static func by(_ event: EventLine?) -> String {
        event.map { " by \($0.actor) on \($0.date.text)" } ?? ""
    }
}
