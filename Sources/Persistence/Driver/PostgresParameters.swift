/// The values of a statement in PostgreSQL's binary format, with explicit types.
struct PostgresParameters {
    /// The type of each value; 0 lets the server infer that of a NULL.
    private(set) var types: [UInt32] = []
    /// One letter for each type: statements with the same text and other types are prepared apart.
    private(set) var signature = ""
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>?] = []

    /// Encodes values.
    init(_ values: [SQLValue]) {
        for value in values {
            let start = bytes.count
            switch value {
            case .null:
                add(type: 0, letter: "n")
                ranges.append(nil)
                continue
            case .integer(let number):
                add(type: PostgresType.int8, letter: "i")
                withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
            case .text(let text):
                add(type: PostgresType.text, letter: "t")
                bytes.append(contentsOf: text.utf8)
            case .blob(let blob):
                add(type: PostgresType.bytea, letter: "b")
                bytes.append(contentsOf: blob)
            }
            ranges.append(start..<bytes.count)
        }
        // An empty value needs an address too: without one it would be NULL.
        bytes.append(0)
    }

    /// Gives the C arrays that libpq takes to `body`, which must not keep them.
    func withArrays<T>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> T
    ) -> T {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            let values = ranges.map { range in range.flatMap { range in start.map { $0 + range.lowerBound } } }
            return body(values, ranges.map { Int32(clamping: $0?.count ?? 0) }, ranges.map { _ in 1 })
        }
    }

    private mutating func add(type: UInt32, letter: Character) {
        types.append(type)
        signature.append(letter)
    }
}
