package import RegistryModel

/// The rules for npm package names.
///
/// They are npm's rules for new packages (`validate-npm-package-name`): lower case, at most 214 characters with the scope,
/// only characters that a URL needs not escape, no leading `.` or `_`. Beyond them, names of node's own modules are refused
/// rather than warned about, because `require` would never find such a package, and so is `-`, which begins the paths of
/// the registry's API.
package enum NPMName {
    /// How many characters a name may have, scope included.
    package static let maximumLength = 214

    /// Checks a name and computes its forms.
    ///
    /// The name is its own key. Two names that differ in `.`, `-` and `_` only are confusable, as on npmjs.com; the scope
    /// counts as it is written, since whoever owns it decides about its names.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    package static func parse(_ raw: String) throws(Problem) -> ProjectName {
        guard !raw.isEmpty else { throw Problem(.nameInvalid, "A package needs a name.") }
        guard raw.utf8.count <= maximumLength else {
            throw Problem(.nameInvalid, "npm package names have at most \(maximumLength) characters.")
        }
        guard !raw.utf8.contains(where: { (0x41...0x5A).contains($0) }) else {
            throw Problem(.nameInvalid, "npm package names are written in lower case: \"\(raw.lowercased())\".")
        }
        let (scope, bare) = try split(raw)
        try check(part: bare, of: raw, extra: "")
        if let scope {
            try check(part: scope, of: raw, extra: "~")
        } else if reserved.contains(raw) {
            throw Problem(.nameReserved, "The name \"\(raw)\" is reserved.")
        } else if coreModules.contains(raw) {
            throw Problem(.nameReserved, "The name \"\(raw)\" belongs to a module of node itself.")
        }
        let folded = bare.filter { $0 != "." && $0 != "-" && $0 != "_" }
        let likeness = folded.isEmpty ? bare : folded
        return ProjectName(display: raw, key: raw, confusable: scope.map { "@\($0)/\(likeness)" } ?? likeness)
    }

    /// The name without its scope: the first part of a tarball's file name.
    package static func bare(_ name: String) -> String {
        name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private static func split(_ raw: String) throws(Problem) -> (scope: String?, bare: String) {
        guard raw.hasPrefix("@") else { return (nil, raw) }
        let parts = raw.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw Problem(.nameInvalid, "A scoped name has the form @scope/name.")
        }
        return (parts[0], parts[1])
    }

    private static func check(part: String, of name: String, extra: String) throws(Problem) {
        guard let first = part.first, first != ".", first != "_" else {
            throw Problem(.nameInvalid, "\"\(name)\": a name does not begin with \".\" or \"_\".")
        }
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._" + extra
        guard part.utf8.allSatisfy({ allowed.utf8.contains($0) }) else {
            throw Problem(
                .nameInvalid, "npm package names consist of lower-case letters, digits and \"-\", \".\", \"_\".")
        }
    }

    private static let reserved: Set<String> = ["node_modules", "favicon.ico", "-"]

    /// Modules of node that `require` finds without the `node:` prefix.
    private static let coreModules: Set<String> = [
        "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
        "diagnostics_channel", "dns", "domain", "events", "freelist", "fs", "http", "http2", "https", "inspector",
        "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream",
        "string_decoder", "sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi",
        "worker_threads", "zlib",
    ]
}
