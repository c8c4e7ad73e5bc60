import RegistryModel

/// Finds and reads a package's README.
enum NPMReadme {
    /// READMEs up to this many bytes are read.
    static let maximumBytes = 512 << 10

    /// The README among the files in the package's root: one in Markdown, else one without an extension, else any.
    static func choose(_ files: [String]) -> String? {
        let candidates = files.filter { file in
            let lower = file.lowercased()
            return !file.contains("/") && (lower == "readme" || lower.hasPrefix("readme."))
        }.sorted()
        return candidates.first { isMarkdown($0) } ?? candidates.first { !$0.contains(".") } ?? candidates.first
    }

    /// Reads the text; bytes that are not UTF-8 are replaced.
    static func read(_ bytes: [UInt8], file: String) -> Readme {
        let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\u{0}" }
        let mediaType =
            isMarkdown(file) ? "text/markdown" : file.lowercased().hasSuffix(".rst") ? "text/x-rst" : "text/plain"
        return Readme(mediaType: mediaType, text: text)
    }

    /// The first paragraph, which npm takes for the description of a package that has none.
    static func description(_ readme: Readme) -> String? {
        var words: [Substring] = []
        for line in readme.text.split(separator: "\n", maxSplits: 400, omittingEmptySubsequences: false).prefix(400) {
            let line = Substring(line.trimmed)
            if line.isEmpty || line.hasPrefix("#") {
                if words.isEmpty { continue }
                break
            }
            words.append(line)
        }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Whether the extension is an abbreviation of `markdown`: its letters in their order.
    private static func isMarkdown(_ file: String) -> Bool {
        guard let dot = file.lastIndex(of: ".") else { return false }
        var rest = file[file.index(after: dot)...].lowercased()[...]
        guard rest.hasPrefix("m") else { return false }
        for letter in "markdown" where rest.first == letter { rest = rest.dropFirst() }
        return rest.isEmpty
    }
}
