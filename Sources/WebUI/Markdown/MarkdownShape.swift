/// What a cheap look at Markdown says about how it may be parsed.
///
/// Debian's libcmark-gfm 0.29.0.gfm.6 predates several fixes: some inputs take time in the square of their length, a table
/// with many columns is padded to any size, and a long reference definition that is used often makes the library abort the
/// process. This scan refuses them beforehand. It errs on the side of refusal: a refused text is shown as it was written.
struct MarkdownShape: Equatable {
    /// Whether the table extension may see the text.
    private(set) var allowsTables = true
    /// Whether the extension that links bare addresses may see it.
    private(set) var allowsAutolinks = true

    /// How many bytes reference definitions may become when every bracket in the text uses the longest one.
    private static let referenceBudget = 8 << 20
    /// How many pairs of image opener and closing bracket a run of lines may have, in all runs together.
    private static let imagePairs = 20_000_000
    /// How many cells tables may be padded to.
    private static let tableCells = 200_000
    /// How many columns a row may have.
    private static let tableColumns = 256
    /// The sum of the squares of how many bytes stand between the start of a paragraph and each line that could be a
    /// table's second one: the library reads them all again for every such line, some more than once.
    private static let workBeforeTables = 1 << 31
    /// How many quotes and lists a line may open.
    private static let containersInLine = 64
    /// The sum over all words of their length times what could begin or end a bare address in them.
    private static let autolinkWork = 20_000_000

    /// Looks at the text, whose lines end in line feeds only, in time linear in its length.
    /// - Returns: What may see it, or nil where nothing should.
    static func of(_ bytes: [UInt8]) -> MarkdownShape? {
        guard referencesAreBounded(bytes) else { return nil }
        var shape = MarkdownShape()
        var run = Run()
        var pairs = 0
        var cells = 0
        var workBeforeTables = 0
        var autolinkWork = 0
        for line in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A }) {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                pairs += run.imageOpeners * run.closers
                run = Run()
                continue
            }
            guard containers(openedBy: line) <= containersInLine else { return nil }
            let bytesBefore = run.add(line)
            workBeforeTables += bytesBefore * bytesBefore
            autolinkWork += run.autolinkWork
            cells += run.columns
            if run.pipes >= tableColumns { shape.allowsTables = false }
        }
        pairs += run.imageOpeners * run.closers
        if cells > tableCells || workBeforeTables > Self.workBeforeTables { shape.allowsTables = false }
        if autolinkWork > Self.autolinkWork { shape.allowsAutolinks = false }
        return pairs > imagePairs ? nil : shape
    }

    /// Lines without a blank one between them: what a paragraph or a table cannot reach beyond.
    private struct Run {
        var imageOpeners = 0
        var closers = 0
        /// Columns of the widest line so far that could be a table's second one; every later line may be padded to it.
        var columns = 0
        var pipes = 0
        var bytes = 0
        /// Of the last line: the sum over its words of their length times what makes the extension look through them.
        var autolinkWork = 0

        /// Takes in the next line.
        /// - Returns: How many bytes the library reads again if the line may be a table's second one.
        mutating func add(_ line: ArraySlice<UInt8>) -> Int {
            var pipes = 0
            var isDelimiter = true
            var hasDash = false
            var word = Word()
            var previous: UInt8 = 0
            autolinkWork = 0
            for byte in line {
                switch byte {
                case UInt8(ascii: "|"): pipes += 1
                case UInt8(ascii: "["): if previous == UInt8(ascii: "!") { imageOpeners += 1 }
                case UInt8(ascii: "]"): closers += 1
                case UInt8(ascii: "-"): hasDash = true
                default: break
                }
                if byte == 0x20 || byte == 0x09 {
                    autolinkWork += word.work
                    word = Word()
                } else {
                    word.add(byte)
                }
                isDelimiter = isDelimiter && MarkdownShape.delimiterBytes.contains(byte)
                previous = byte
            }
            autolinkWork += word.work
            self.pipes = max(self.pipes, pipes)
            let before = bytes
            bytes += line.count + 1
            guard isDelimiter && hasDash else { return 0 }
            columns = max(columns, pipes + 1)
            return before
        }
    }

    /// Bytes without a space between them.
    private struct Word {
        private var length = 0
        private var triggers = 0
        private var letters = 0

        var work: Int { length * triggers }

        mutating func add(_ byte: UInt8) {
            length += 1
            letters = byte == UInt8(ascii: "w") ? letters + 1 : 0
            let isTrigger = byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: ")")
            if isTrigger || letters == 3 { triggers += 1 }
        }
    }

    /// How many marks of quotes and lists begin the line.
    private static func containers(openedBy line: ArraySlice<UInt8>) -> Int {
        var count = 0
        var marks: Set<UInt8> = []
        var hasDigits = false
        for byte in line {
            switch byte {
            case 0x20, 0x09: hasDigits = false
            case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"):
                marks.insert(byte)
                count += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigits = true
            case UInt8(ascii: "."), UInt8(ascii: ")"):
                guard hasDigits else { return count }
                marks.insert(byte)
                count += 1
            default: return count
            }
        }
        let isRule = marks.count == 1 && !marks.contains(UInt8(ascii: ">"))
        return isRule ? 0 : count
    }

    /// What a table's second line may consist of, with the marks of quotes and lists that it may stand in.
    private static let delimiterBytes = Set("|-: \t\u{0B}\u{0C}>*+.)0123456789".utf8)

    /// Whether no reference definition, used by every bracket of the text, exceeds the budget.
    private static func referencesAreBounded(_ bytes: [UInt8]) -> Bool {
        let closers = bytes.count { $0 == UInt8(ascii: "]") }
        guard closers > 0 else { return true }
        let longest = referenceBudget / closers
        for index in bytes.indices.dropLast()
        where bytes[index] == UInt8(ascii: "]") && bytes[index + 1] == UInt8(ascii: ":") {
            var definition = DefinitionScanner(bytes: bytes, position: index + 2, end: index + 2 + longest)
            guard definition.isShort() else { return false }
        }
        return true
    }

    /// Reads over what could be the address and the title of a reference definition.
    private struct DefinitionScanner {
        let bytes: [UInt8]
        var position: Int
        let end: Int

        private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        /// Whether the definition ends before `end`.
        mutating func isShort() -> Bool {
            skipSpace()
            if current == UInt8(ascii: "<") {
                while let byte = current, byte != UInt8(ascii: ">"), byte != 0x0A, position <= end { position += 1 }
            }
            while let byte = current, !Self.isSpace(byte), position <= end { position += 1 }
            skipSpace()
            guard let quote = current, let closer = Self.closer(of: quote) else { return position <= end }
            position += 1
            var lineIsBlank = false
            while let byte = current, position <= end {
                if byte == closer && bytes[position - 1] != UInt8(ascii: "\\") { return true }
                if byte == 0x0A {
                    if lineIsBlank { return true }
                    lineIsBlank = true
                } else if byte != 0x20 && byte != 0x09 {
                    lineIsBlank = false
                }
                position += 1
            }
            return position <= end
        }

        private mutating func skipSpace() {
            while let byte = current, Self.isSpace(byte) || byte == UInt8(ascii: ">"), position <= end { position += 1 }
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == 0x20 || (0x09...0x0D).contains(byte)
        }

        private static func closer(of quote: UInt8) -> UInt8? {
            switch quote {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote
            case UInt8(ascii: "("): UInt8(ascii: ")")
            default: nil
            }
        }
    }
}
