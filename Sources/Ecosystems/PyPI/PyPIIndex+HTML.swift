package import RegistryModel

extension PyPIIndex {
    /// The page of one project in HTML: [PEP 503](https://peps.python.org/pep-0503/) in the form it has been frozen in.
    package func projectHTML(_ history: ProjectHistory) -> [UInt8] {
        let project = history.project
        var head = "    \(Self.statusMark("pypi:project-status", project.status.rawValue))\n"
        if let reason = project.statusReason {
            head += "    \(Self.statusMark("pypi:project-status-reason", reason))\n"
        }
        let links = Self.files(history).map { link($0, project) }.joined()
        return Self.page(title: "Links for \(project.name.key)", head: head, links: links)
    }

    /// Makes text safe between tags and inside quoted attributes.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) || $0 < 0x20 }) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#x27;"
            // Control characters have no place in HTML, not even as references.
            case _ where scalar.value < 0x20: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private func link(_ offered: OfferedFile, _ project: Project) -> String {
        let file = offered.file
        var attributes = [("href", "\(address(file, offered.release, project))#sha256=\(file.digests.sha256.hex)")]
        if let python = file.document["requires_python"]?.stringValue {
            attributes.append(("data-requires-python", python))
        }
        if let digest = file.metadataDigest {
            attributes.append(("data-dist-info-metadata", "sha256=\(digest.hex)"))
            attributes.append(("data-core-metadata", "sha256=\(digest.hex)"))
        }
        switch offered.yanked {
        case .string(let reason): attributes.append(("data-yanked", reason))
        case .bool(true): attributes.append(("data-yanked", ""))
        default: break
        }
        let text = attributes.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: " ")
        return "    <a \(text)>\(Self.escaped(file.name))</a><br>\n"
    }

    private static func statusMark(_ name: String, _ content: String) -> String {
        "<meta name=\"\(name)\" content=\"\(escaped(content))\">"
    }

    private static func page(title: String, head: String, links: String) -> [UInt8] {
        Array((top(title: title, head: head) + links + bottom).utf8)
    }

    /// What comes before the links.
    static func top(title: String, head: String) -> String {
        """
        <!DOCTYPE html>
        <html>
          <head>
            <meta charset="utf-8">
            <meta name="pypi:repository-version" content="\(apiVersion)">
        \(head)    <title>\(escaped(title))</title>
          </head>
          <body>
            <h1>\(escaped(title))</h1>

        """
    }

    /// What comes behind the links.
    static let bottom = "  </body>\n</html>\n"
}
