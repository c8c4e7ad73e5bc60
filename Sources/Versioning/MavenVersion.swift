/// A version as Maven orders it.
///
/// Order and equality are those of `ComparableVersion` in maven-artifact 3.8.7, the one that Debian 12 has; its
/// [specification](https://maven.apache.org/pom.html#version-order-specification) leaves open what the class decides.
/// Maven 3.9 and 4 differ from it in a few odd spellings only (`1.0-sp.1`, `1x2`). Narrower than the class: a version has at
/// most ``maximumLength`` visible ASCII characters, none of which Maven's own model validation forbids.
///
/// A version is a chain of lists. A hyphen, and every change between digits and letters, begins a list inside the list
/// before it; zeros and `ga`, `final` and `release` at the end of a list mean nothing.
package struct MavenVersion: Hashable, Sendable, CustomStringConvertible {
    /// What stands between two separators.
    private enum Item: Hashable {
        /// Digits without leading zeros, of any length.
        case number(String)
        /// In lower case, with aliases replaced; empty for a release.
        case qualifier(String)

        var isNull: Bool { self == .number("0") || self == .qualifier("") }
    }

    /// How many characters a version may have.
    package static let maximumLength = 256

    /// The qualifiers Maven knows, in their order; all others come after them in the order of their letters.
    private static let qualifiers = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"]
    private static let release = 5
    private static let aliases = ["ga": "", "final": "", "release": "", "cr": "rc"]
    private static let initials = ["a": "alpha", "b": "beta", "m": "milestone"]

    /// The lists, each of which holds the next as its last element.
    private var lists: [[Item]] = [[]]

    /// Reads a version, or returns nil where the text can be none.
    package init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        let bytes = text.utf8.map(Self.lowercased)
        var isDigit = false
        var start = 0
        for (index, byte) in bytes.enumerated() {
            let word = bytes[start..<index]
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"):
                append(word.isEmpty ? .number("0") : Self.item(word, isDigit: isDigit))
                if byte == UInt8(ascii: "-") { lists.append([]) }
                start = index + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if !isDigit, !word.isEmpty {
                    beginList()
                    append(Self.qualifier(word, precedesDigit: true))
                    lists.append([])
                    start = index
                }
                isDigit = true
            default:
                if isDigit, !word.isEmpty {
                    append(Self.item(word, isDigit: true))
                    lists.append([])
                    start = index
                }
                isDigit = false
            }
        }
        let word = bytes[start...]
        if !word.isEmpty {
            if !isDigit { beginList() }
            append(Self.item(word, isDigit: isDigit))
        }
        dropNulls()
    }

    /// Whether a qualifier says that it comes before its release: `alpha`, `beta`, `milestone`, `rc` or `snapshot`.
    package var isPrerelease: Bool {
        lists.joined().contains { item in
            guard case .qualifier(let text) = item, let rank = Self.qualifiers.firstIndex(of: text) else {
                return false
            }
            return rank < Self.release
        }
    }

    /// One spelling for all that are equal: `1` for `1.0.0` and `1.0-ga`, `1-rc-1` for `1.0.CR1`.
    ///
    /// Reading it gives the version again, which Maven's own canonical form does not promise.
    package var description: String {
        var text = lists.map { list in
            list.map { item in
                switch item {
                case .number(let digits): digits
                case .qualifier(let word): word.isEmpty ? "ga" : word
                }
            }.joined(separator: ".")
        }.joined(separator: "-")
        // A qualifier at the end would begin a list of its own; a zero behind it keeps it in this one.
        if let last = lists.last, last.count > 1, case .qualifier = last[last.count - 1] { text += ".0" }
        return text.isEmpty ? "0" : text
    }
}

extension MavenVersion {
    private static let forbidden = Set("\\/:\"<>|?*[](){},".utf8)

    private static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...maximumLength).contains(bytes.count) else { return false }
        return bytes.allSatisfy { (0x21...0x7E).contains($0) && !forbidden.contains($0) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func item(_ word: ArraySlice<UInt8>, isDigit: Bool) -> Item {
        guard isDigit else { return qualifier(word, precedesDigit: false) }
        let digits = word.drop { $0 == UInt8(ascii: "0") }
        return .number(digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self))
    }

    private static func qualifier(_ word: ArraySlice<UInt8>, precedesDigit: Bool) -> Item {
        var text = String(decoding: word, as: UTF8.self)
        if precedesDigit { text = initials[text] ?? text }
        return .qualifier(aliases[text] ?? text)
    }

    private mutating func append(_ item: Item) {
        lists[lists.count - 1].append(item)
    }

    private mutating func beginList() {
        if lists.last?.isEmpty == false { lists.append([]) }
    }

    private mutating func dropNulls() {
        for index in lists.indices {
            while let last = lists[index].last, last.isNull { lists[index].removeLast() }
        }
        while lists.count > 1, lists.last?.isEmpty == true { lists.removeLast() }
    }
}

extension MavenVersion {
    /// Negative, zero or positive as `left` comes before, beside or after `right`.
    package static func compare(_ left: MavenVersion, _ right: MavenVersion) -> Int {
        compare(left.lists[...], right.lists[...])
    }

    /// What a list has at one place.
    private enum Element {
        case item(Item)
        case list(ArraySlice<[Item]>)
        case nothing
    }

    /// The element at `index` of the first list.
    private static func element(_ lists: ArraySlice<[Item]>, _ index: Int) -> Element {
        guard let first = lists.first else { return .nothing }
        if index < first.count { return .item(first[index]) }
        return index == first.count && lists.count > 1 ? .list(lists.dropFirst()) : .nothing
    }

    private static func compare(_ left: ArraySlice<[Item]>, _ right: ArraySlice<[Item]>) -> Int {
        var index = 0
        while true {
            let (one, other) = (element(left, index), element(right, index))
            if case .nothing = one, case .nothing = other { return 0 }
            let order = compare(one, other)
            if order != 0 { return order }
            index += 1
        }
    }

    private static func compare(_ left: Element, _ right: Element) -> Int {
        switch (left, right) {
        case (.nothing, .nothing): 0
        case (.nothing, let other): -compareToNothing(other)
        case (let one, .nothing): compareToNothing(one)
        case (.item(let one), .item(let other)): compare(one, other)
        case (.item(.number), .list), (.list, .item(.qualifier)): 1
        case (.item(.qualifier), .list), (.list, .item(.number)): -1
        case (.list(let one), .list(let other)): compare(one, other)
        }
    }

    /// A shorter version against what the longer one has more.
    private static func compareToNothing(_ element: Element) -> Int {
        switch element {
        case .nothing: return 0
        case .item(.number(let digits)): return digits == "0" ? 0 : 1
        case .item(.qualifier(let word)): return compareQualifiers(word, "")
        case .list(let lists):
            return compare(lists, [])
        }
    }

    private static func compare(_ left: Item, _ right: Item) -> Int {
        switch (left, right) {
        case (.number(let one), .number(let other)):
            one.utf8.count == other.utf8.count
                ? SemVer.byteOrder(one, other) : (one.utf8.count < other.utf8.count ? -1 : 1)
        case (.number, .qualifier): 1
        case (.qualifier, .number): -1
        case (.qualifier(let one), .qualifier(let other)): compareQualifiers(one, other)
        }
    }

    private static func compareQualifiers(_ left: String, _ right: String) -> Int {
        let ranks = [left, right].map { qualifiers.firstIndex(of: $0) ?? qualifiers.count }
        if ranks[0] != ranks[1] { return ranks[0] < ranks[1] ? -1 : 1 }
        return ranks[0] < qualifiers.count ? 0 : SemVer.byteOrder(left, right)
    }
}
