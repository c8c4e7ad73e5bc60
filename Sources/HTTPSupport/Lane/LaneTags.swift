/// Reads `If-None-Match`, [RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2).
enum LaneTags {
    /// What the field says of an entity tag.
    enum Outcome: Hashable {
        case contains, lacks
        /// Not a plain list of entity tags: the framework decides.
        case unclear
    }

    /// The longest list that is read.
    private static let maximumBytes = 1024

    /// Looks for a strong tag, weakly compared.
    static func look(
        for tag: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Outcome {
        guard range.count <= maximumBytes else { return .unclear }
        var at = range.lowerBound
        var found = false
        func skipSpace() {
            while at < range.upperBound, bytes[at] == .space || bytes[at] == .tab { at += 1 }
        }
        while true {
            skipSpace()
            if at + 1 < range.upperBound, bytes[at] == UInt8(ascii: "W"), bytes[at + 1] == UInt8(ascii: "/") { at += 2 }
            guard at < range.upperBound, bytes[at] == .quote else { return .unclear }
            let start = at
            at += 1
            while at < range.upperBound, bytes[at] != .quote {
                // A comma or a space inside a tag is read differently by different programs.
                guard bytes[at] > .space, bytes[at] != .comma else { return .unclear }
                at += 1
            }
            guard at < range.upperBound else { return .unclear }
            at += 1
            if at - start == tag.count, tag.elementsEqual(UnsafeRawBufferPointer(rebasing: bytes[start..<at])) {
                found = true
            }
            skipSpace()
            guard at < range.upperBound else { return found ? .contains : .lacks }
            guard bytes[at] == .comma else { return .unclear }
            at += 1
        }
    }
}
