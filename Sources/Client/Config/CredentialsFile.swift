import Dispatch
import Foundation
import Glibc
import RegistryModel

/// The file with tokens: on each line a registry's address and its token, with white space between them.
///
/// `#` begins a comment. It must be the user's own and readable by nobody else.
struct CredentialsFile: Sendable {
    private let lines: [(address: RegistryAddress, token: Secret)]

    /// Where it is looked for: `$XDG_CONFIG_HOME/hallmark/credentials`, or below `~/.config`.
    static func path(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            return "\(folder)/hallmark/credentials"
        }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.config/hallmark/credentials" }
    }

    /// Reads it; nil where there is none.
    /// - Throws: ``ClientFault``, when others can read it or a line is none.
    init?(_ path: String) throws(ClientFault) {
        guard access(path, F_OK) == 0 else { return nil }
        try self.init(text: try Self.read(path), path: path)
    }

    /// Reads its text.
    init(text: String, path: String) throws(ClientFault) {
        var lines: [(RegistryAddress, Secret)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 2, let address = RegistryAddress(String(first)) else {
                throw ClientFault("'\(path)', line \(index + 1): write a registry's address and its token.")
            }
            lines.append((address, try Secret(String(words[1]), from: "'\(path)', line \(index + 1),")))
        }
        self.lines = lines
    }

    /// The token for exactly that registry.
    func token(for address: RegistryAddress) -> Secret? {
        lines.first { $0.address == address }?.token
    }

    /// Reads a file that holds a secret.
    /// - Throws: ``ClientFault``, when it is too large, unreadable, or readable by others.
    static func read(_ path: String) throws(ClientFault) -> String {
        let file = try LocalFile(path)
        var state = stat()
        guard stat(path, &state) == 0, state.st_mode & 0o077 == 0 else {
            throw ClientFault("'\(path)' can be read by others. Run: chmod 600 '\(path)'")
        }
        guard file.length <= 1 << 20 else { throw ClientFault("'\(path)' is larger than 1 MiB.") }
        do {
            return String(decoding: try file.read(at: 0, count: file.length), as: UTF8.self)
        } catch {
            throw ClientFault("'\(path)' cannot be read.")
        }
    }
}
