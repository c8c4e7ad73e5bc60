/// The inputs that led to different verdicts: from these the next ones are made.
struct Pool {
    /// More are not kept: a verdict that holds a number would otherwise fill it.
    private static let maximumCount = 2000

    private(set) var inputs: [[UInt8]]
    private var verdicts: Set<String> = []

    init(_ inputs: [[UInt8]]) {
        self.inputs = inputs
    }

    /// How many different verdicts there were.
    var verdictCount: Int { verdicts.count }

    /// Keeps an input whose verdict is new, digits apart.
    mutating func note(_ input: [UInt8], verdict: String) {
        let shape = String(
            String.UnicodeScalarView(verdict.unicodeScalars.prefix(160).filter { !("0"..."9").contains($0) }))
        guard verdicts.count < Self.maximumCount, verdicts.insert(shape).inserted else { return }
        inputs.append(input)
    }
}
