package import RegistryModel

/// The sparse index ([protocol](https://doc.rust-lang.org/cargo/reference/registry-index.html)) at one base address.
package struct CargoIndex: Sendable {
    /// The absolute address of the mount, without a trailing slash.
    package let base: String
    /// Whether cargo has to send its token with every read.
    package let requiresAuthentication: Bool

    /// Makes the index of a mount.
    package init(base: String, requiresAuthentication: Bool) {
        self.base = base
        self.requiresAuthentication = requiresAuthentication
    }

    /// The addresses under which manifests name this index.
    ///
    /// On one's own machine the loopback address and its names are one host.
    package var addresses: [String] {
        let own = "sparse+\(base)/"
        let loopback = ["localhost", "127.0.0.1", "[::1]"]
        for host in loopback {
            guard let range = own.firstRange(of: "://\(host)"), let next = own[range.upperBound...].first,
                next == ":" || next == "/"
            else { continue }
            let others = loopback.filter { $0 != host }.map { own.replacingCharacters(in: range, with: "://\($0)") }
            return [own] + others
        }
        return [own]
    }

    /// `config.json`.
    package func configuration() -> [UInt8] {
        let open: JSONValue = ["dl": .string("\(base)/api/v1/crates"), "api": .string(base)]
        return (requiresAuthentication ? open.setting("auth-required", to: true) : open).bytes()
    }

    /// The file of one crate: a line for every version, oldest first, yanked ones too.
    package static func file(_ history: ProjectHistory) -> [UInt8] {
        var out: [UInt8] = []
        for release in history.releases {
            var line = release.document
            line = line.setting("yanked", to: .bool(release.state == .yanked))
            line = line.setting("pubtime", to: .string(release.publishedAt.rfc3339(.seconds)))
            out += line.bytes()
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    /// Where the file of a crate lies, below the base: directories made from its name in lower case.
    package static func path(_ name: String) -> [String] {
        let lower = name.lowercased()
        switch lower.utf8.count {
        case 0...1: return ["1", lower]
        case 2: return ["2", lower]
        case 3: return ["3", String(lower.prefix(1)), lower]
        default: return [String(lower.prefix(2)), String(lower.dropFirst(2).prefix(2)), lower]
        }
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
