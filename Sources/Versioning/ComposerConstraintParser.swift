/// Reads one piece of a constraint: everything between two separators.
struct ComposerConstraintParser {
    private typealias Comparator = ComposerConstraint.Comparator
    private typealias Relation = ComposerConstraint.Relation

    /// A version as the operators take it: numbers, a modifier or `.x-dev`, and build metadata.
    private struct Operand {
        let numbers: [String]
        /// Whether a stability, `dev` or `.x-dev` stands behind the numbers.
        let hasModifier: Bool
        let hasWildcard: Bool
        let range: Range<Int>
    }

    /// The comparisons that a piece stands for, or nil where it is none.
    static func parse(_ piece: ArraySlice<UInt8>) -> [ComposerConstraint.Comparator]? {
        var text = ComposerText.withoutAlias(piece)
        var flag: ArraySlice<UInt8>?
        if let (start, word) = ComposerText.stabilityFlag(text),
            !text[..<start].contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") })
        {
            text = start > text.startIndex ? text[..<start] : Array("*".utf8)[...]
            if !word.elementsEqual("stable".utf8) { flag = word }
        }
        text = withoutReference(text)
        if let everything = wildcard(text) { return everything }
        if text.first == UInt8(ascii: "~") {
            if let operand = operand(text, after: 1) { return tilde(text, operand) }
            // `~>` is refused by name; without an operand behind it nothing else fits either.
            return comparison(text, flag: flag)
        }
        if text.first == UInt8(ascii: "^"), let operand = operand(text, after: 1) { return caret(text, operand) }
        return range(text) ?? hyphen(text) ?? comparison(text, flag: flag)
    }

    /// Strips `#reference` from a branch.
    private static func withoutReference(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let hashes = text.indices.filter { text[$0] == UInt8(ascii: "#") && $0 + 1 < text.endIndex }
        func isPlain(_ part: ArraySlice<UInt8>) -> Bool { !part.contains { ", @".utf8.contains($0) } }
        for hash in hashes {
            let name = text[..<hash]
            if name.count > 4, ComposerText.hasPrefix(name, "dev-"), isPlain(name.dropFirst(4)) { return name }
        }
        for hash in hashes {
            let name = text[..<hash]
            if name.count > 6, ComposerText.hasSuffix(name, ".x-dev"), isPlain(name.dropLast(6)) { return name }
        }
        return text
    }

    /// `*`, `x`, `v*` and `*.*`.
    private static func wildcard(_ text: ArraySlice<UInt8>) -> [Comparator]? {
        let hasPrefix = text.first.map { $0 | 0x20 == UInt8(ascii: "v") } ?? false
        let parts = (hasPrefix ? text.dropFirst() : text)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy(ComposerText.isWildcard) else { return nil }
        return [hasPrefix || parts.count > 1 ? .relation(.greaterOrEqual, "0.0.0.0-dev") : .everything]
    }

    /// `1.2.*` and `1.2.x`.
    private static func range(_ text: ArraySlice<UInt8>) -> [Comparator]? {
        guard text.first != UInt8(ascii: "V"), let numbers = ComposerNumbers(text, from: text.startIndex),
            numbers.parts.count <= 3
        else { return nil }
        let rest = text[numbers.end...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard rest.count > 1, rest[0].isEmpty, rest.dropFirst().allSatisfy(ComposerText.isWildcard) else { return nil }
        let position = numbers.parts.count
        guard let low = padded(numbers.parts, position, adding: 0),
            let high = padded(numbers.parts, position, adding: 1)
        else { return nil }
        let ceiling = Comparator.relation(.less, high)
        return low == "0.0.0.0-dev" ? [ceiling] : [.relation(.greaterOrEqual, low), ceiling]
    }

    /// `~1.2.3`: the last number given may grow.
    private static func tilde(_ text: ArraySlice<UInt8>, _ operand: Operand) -> [Comparator]? {
        guard text.dropFirst().first != UInt8(ascii: ">") else { return nil }
        let position = operand.numbers.count + (operand.hasWildcard ? 1 : 0)
        return upTo(text, operand, position: max(1, position - 1))
    }

    /// `^1.2.3`: everything behind the first number that is not zero may grow.
    private static func caret(_ text: ArraySlice<UInt8>, _ operand: Operand) -> [Comparator]? {
        let numbers = operand.numbers
        let position = numbers[0] != "0" || numbers.count < 2 ? 1 : numbers[1] != "0" || numbers.count < 3 ? 2 : 3
        return upTo(text, operand, position: position)
    }

    private static func upTo(_ text: ArraySlice<UInt8>, _ operand: Operand, position: Int) -> [Comparator]? {
        let suffix = operand.hasModifier ? "" : "-dev"
        guard let low = ComposerVersion.normalize(Array(text.dropFirst()) + suffix.utf8),
            let high = padded(operand.numbers, position, adding: 1)
        else { return nil }
        return [.relation(.greaterOrEqual, low), .relation(.less, high)]
    }

    /// `1.0 - 2.0`: from the one to the other, whose missing numbers may be any.
    private static func hyphen(_ text: ArraySlice<UInt8>) -> [Comparator]? {
        var right: Operand?
        let left = operand(text, from: text.startIndex) { end in
            guard let start = hyphenEnd(text, from: end) else { return false }
            right = operand(text, from: start) { $0 == text.endIndex }
            return right != nil
        }
        guard let left, let right, let low = ComposerVersion.normalize(Array(text[left.range])),
            let high = ComposerVersion.normalize(Array(text[right.range]))
        else { return nil }
        let floor = Comparator.relation(.greaterOrEqual, low + (left.hasModifier ? "" : "-dev"))
        if right.numbers.count > 2 || right.hasModifier { return [floor, .relation(.lessOrEqual, high)] }
        guard let ceiling = padded(right.numbers, right.numbers.count, adding: 1) else { return nil }
        return [floor, .relation(.less, ceiling)]
    }

    /// Where the hyphen at `start` ends with the spaces on both sides, of which there must be some.
    private static func hyphenEnd(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
        let rest = text[start...].drop { $0 == UInt8(ascii: " ") }
        guard rest.startIndex > start, rest.first == UInt8(ascii: "-") else { return nil }
        let end = rest.dropFirst().drop { $0 == UInt8(ascii: " ") }
        return end.startIndex > rest.startIndex + 1 ? end.startIndex : nil
    }

    /// `>=1.0`, `!=1.0`, `1.0`, `dev-main`.
    private static func comparison(_ text: ArraySlice<UInt8>, flag: ArraySlice<UInt8>?) -> [Comparator]? {
        let operators: [(text: String, relation: Relation)] = [
            ("<>", .notEqual), ("!=", .notEqual), (">=", .greaterOrEqual), (">", .greater), ("<=", .lessOrEqual),
            ("<", .less), ("==", .equal), ("=", .equal),
        ]
        let found = operators.first { text.starts(with: $0.text.utf8) }
        let rest = text.dropFirst(found?.text.utf8.count ?? 0).drop { $0 == UInt8(ascii: " ") }
        guard var version = ComposerVersion.normalize(Array(rest)) ?? invertedBranch(rest) else { return nil }
        let relation = found?.relation ?? .equal
        if relation != .equal, let flag, ComposerVersion.stability(of: Array(version.utf8)) == .stable {
            version += "-" + String(decoding: flag, as: UTF8.self)
        } else if relation == .less || relation == .greaterOrEqual, !endsInModifier(rest),
            !rest.starts(with: "dev-".utf8)
        {
            version += "-dev"
        }
        return [.relation(relation, version)]
    }

    /// `main-dev`, which should have been `dev-main`.
    private static func invertedBranch(_ text: ArraySlice<UInt8>) -> String? {
        let allowed = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-./".utf8.contains(byte)
        }
        guard String(decoding: text.suffix(4), as: UTF8.self) == "-dev", text.allSatisfy(allowed) else { return nil }
        return ComposerVersion.normalize(Array("dev-".utf8) + text.dropLast(4))
    }

    /// Whether a hyphen and a modifier end it; `RC` is not seen, as in Composer.
    private static func endsInModifier(_ text: ArraySlice<UInt8>) -> Bool {
        text.indices.contains { index in
            guard text[index] == UInt8(ascii: "-") else { return false }
            let end = { $0 == text.endIndex }
            return ComposerModifier.match(text, from: index + 1, takesCandidates: false, then: end) != nil
        }
    }

    /// The first `position` numbers with zeros behind them, the last of the former made larger, as a `-dev` version.
    private static func padded(_ numbers: [String], _ position: Int, adding increment: Int) -> String? {
        var parts = Array(numbers.prefix(position))
        if increment > 0 {
            guard let last = parts.last, last.utf8.count <= 15, let value = Int(last) else { return nil }
            parts[parts.count - 1] = String(value + increment)
        }
        parts += [String](repeating: "0", count: 4 - parts.count)
        return parts.joined(separator: ".") + "-dev"
    }

    private static func operand(_ text: ArraySlice<UInt8>, after operatorLength: Int) -> Operand? {
        var start = text.startIndex + operatorLength
        // `~>` is read as far as here, only to be refused.
        if text.first == UInt8(ascii: "~"), start < text.endIndex, text[start] == UInt8(ascii: ">") { start += 1 }
        return operand(text, from: start) { $0 == text.endIndex }
    }

    private static func operand(
        _ text: ArraySlice<UInt8>, from start: Int, then isEnd: (Int) -> Bool
    ) -> Operand? {
        guard start <= text.endIndex, let numbers = ComposerNumbers(text, from: start) else { return nil }
        var end = numbers.end
        func fits(_ position: Int) -> Bool {
            end = position
            if position < text.endIndex, text[position] == UInt8(ascii: "+") {
                let build = text[(position + 1)...].prefix { $0 != UInt8(ascii: " ") }
                if !build.isEmpty {
                    end = build.endIndex
                    return isEnd(build.endIndex)
                }
            }
            return isEnd(position)
        }
        if let modifier = ComposerModifier.match(text, from: numbers.end, then: fits) {
            return Operand(
                numbers: numbers.parts, hasModifier: modifier.word != nil || modifier.isDevelopment, hasWildcard: false,
                range: start..<end)
        }
        var rest = text[numbers.end...]
        guard rest.count > 2, rest.removeFirst() == UInt8(ascii: "."), ComposerText.isWildcard(rest.prefix(1)) else {
            return nil
        }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: ".") { rest = rest.dropFirst() }
        guard ComposerText.hasPrefix(rest, "dev"), fits(rest.startIndex + 3) else { return nil }
        return Operand(numbers: numbers.parts, hasModifier: true, hasWildcard: true, range: start..<end)
    }
}
