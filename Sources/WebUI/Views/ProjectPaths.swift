package import Ecosystems
package import RegistryModel

/// A tab of the project page.
package enum ProjectTab: String, CaseIterable, Sendable {
    case readme, versions, dependencies, files, history

    /// Whether the tab shows one version rather than the project.
    var isOfVersion: Bool { self != .versions && self != .history }
}

/// The addresses of project pages.
///
///     /p/{ecosystem}/{name}                     the newest version's readme
///     /p/{ecosystem}/{name}/{tab}               another tab
///     /p/{ecosystem}/{name}/{version}           one version's readme
///     /p/{ecosystem}/{name}/{version}/{tab}     another tab of it
///
/// A name of several parts (`@scope/name`) takes several segments; its escaped form in one segment is understood too. A
/// version that is spelled like a tab is written with its tab (`…/versions/readme`).
package struct ProjectPath: Equatable, Sendable {
    /// The ecosystem's id.
    package let ecosystem: EcosystemID
    /// The project's name as it was written.
    package let name: String
    /// The version as it was written; nil for the newest.
    package let version: String?
    package let tab: ProjectTab

    /// Reads the decoded segments after `/p/`, or returns nil where they lead nowhere or to no ecosystem that is shown.
    package init?(segments: [String], presentations: [EcosystemPresentation]) {
        guard let first = segments.first, let presentation = presentations.first(where: { $0.id.rawValue == first }),
            segments.count > 1
        else { return nil }
        let wanted = segments[1].contains("/") ? 1 : max(1, presentation.nameSegments(segments[1]))
        guard segments.count > wanted else { return nil }
        let name = segments[1...wanted].joined(separator: "/")
        let rest = Array(segments[(wanted + 1)...])
        guard !name.isEmpty, !rest.contains("") else { return nil }
        self.ecosystem = presentation.id
        self.name = name
        switch rest.count {
        case 0:
            self.version = nil
            self.tab = .readme
        case 1:
            let tab = ProjectTab(rawValue: rest[0])
            self.version = tab == nil ? rest[0] : nil
            self.tab = tab ?? .readme
        case 2:
            guard let tab = ProjectTab(rawValue: rest[1]) else { return nil }
            self.version = rest[0]
            self.tab = tab
        default: return nil
        }
    }

    /// The address of a project's page.
    package static func path(
        _ ecosystem: EcosystemID, _ name: String, version: String? = nil, tab: ProjectTab = .readme
    ) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map { encode(String($0)) }
        var out = "/p/\(encode(ecosystem.rawValue))/" + parts.joined(separator: "/")
        if let version {
            out += "/" + encode(version)
            if tab != .readme || ProjectTab(rawValue: version) != nil { out += "/" + tab.rawValue }
        } else if tab != .readme {
            out += "/" + tab.rawValue
        }
        return out
    }

    /// The address of a search.
    package static func search(_ text: String, ecosystem: EcosystemID? = nil, page: Int = 1) -> String {
        var parameters: [String] = []
        if !text.isEmpty { parameters.append("q=" + encode(text)) }
        if let ecosystem { parameters.append("ecosystem=" + encode(ecosystem.rawValue)) }
        if page > 1 { parameters.append("page=\(page)") }
        return parameters.isEmpty ? "/search" : "/search?" + parameters.joined(separator: "&")
    }

    /// Percent-encodes everything that may not stand in a path segment or a query value as it is.
    ///
    /// `@` stays: it is allowed in a segment and scopes read better with it.
    package static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "@"):
                out.append(byte)
            default:
                out.append(UInt8(ascii: "%"))
                out.append(contentsOf: Hex.encode([byte]).uppercased().utf8)
            }
        }
        let encoded = String(decoding: out, as: UTF8.self)
        return encoded == "." || encoded == ".." ? encoded.replacing(".", with: "%2E") : encoded
    }
}
