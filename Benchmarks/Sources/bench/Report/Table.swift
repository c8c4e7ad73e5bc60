/// A table of texts.
struct Table {
    let header: [String]
    var rows: [[String]] = []

    /// For a page.
    var markdown: String {
        let lines = [header, header.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    /// For a terminal.
    var text: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = [header] + rows
        return lines.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            return "\(line)\n"
        }.joined()
    }
}
