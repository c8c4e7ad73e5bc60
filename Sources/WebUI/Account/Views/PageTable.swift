/// A table whose rows may be acted on.
package struct PageTable: Sendable {
    /// One cell.
    package struct Cell: Sendable {
        var label = ""
        let text: String
        let href: String?
        let isMono: Bool
        let icon: String?
        let kind: String?
        let date: DateView?
        let hint: String?

        private init(
            _ text: String, href: String? = nil, isMono: Bool = false, icon: String? = nil, kind: String? = nil,
            date: DateView? = nil, hint: String? = nil
        ) {
            self.text = text
            self.href = href
            self.isMono = isMono
            self.icon = icon
            self.kind = kind
            self.date = date
            self.hint = hint
        }

        /// Words.
        package static func text(_ text: String, href: String? = nil, hint: String? = nil) -> Cell {
            Cell(text, href: href, hint: hint)
        }

        /// What is typed or compared: an address, a digest, a pattern.
        package static func code(_ text: String, hint: String? = nil) -> Cell { Cell(text, isMono: true, hint: hint) }

        /// A state, with its icon; `kind` is one of the style's: `good`, `warn`, `stop`, `quiet`.
        package static func state(_ kind: String, _ icon: String, _ text: String) -> Cell {
            Cell(text, icon: icon, kind: kind)
        }

        /// A date; words where there is none.
        package static func date(_ date: DateView?, none: String = "never") -> Cell {
            date.map { Cell($0.text, date: $0) } ?? Cell(none)
        }
    }

    /// One row: the first cell is its head.
    package struct Row: Sendable {
        let head: Cell
        let cells: [Cell]
        let forms: [FormView]
        let hasForms: Bool

        /// Collects a row.
        package init(_ cells: [Cell], forms: [FormView] = []) {
            self.head = cells.first ?? .text("")
            self.cells = Array(cells.dropFirst())
            self.forms = forms
            hasForms = !forms.isEmpty
        }

        func labelled(_ columns: [String]) -> Row {
            let named = zip(cells, columns.dropFirst()).map { cell, label in
                var cell = cell
                cell.label = label
                return cell
            }
            return Row([head] + named, forms: forms)
        }
    }

    let columns: [String]
    let rows: [Row]
    let hasForms: Bool

    /// Collects a table.
    package init(_ columns: [String], _ rows: [Row]) {
        self.columns = columns
        self.rows = rows.map { $0.labelled(columns) }
        hasForms = rows.contains(where: \.hasForms)
    }
}
