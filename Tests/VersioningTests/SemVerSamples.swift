/// Random texts, most of which are versions and all of which nearly are.
enum SemVerSamples {
    /// Texts that are the same in every run.
    static func random(count: Int, seed: UInt64) -> [String] {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let identifiers = [
            "0", "1", "2", "10", "a", "b", "A", "-", "a-1", "0a", "alpha", "rc", "01", "", "9007199254740991",
        ]
        func parts() -> String {
            (0...next(3)).map { _ in identifiers[next(identifiers.count)] }.joined(separator: ".")
        }
        return (0..<count).map { _ in
            var text = (0..<3).map { _ in String(next(3)) }.joined(separator: ".")
            if next(2) == 0 { text += "-" + parts() }
            if next(4) == 0 { text += "+" + parts() }
            if next(12) == 0 { text.removeFirst() }
            if next(12) == 0 { text.append("x.é+-"[text.isEmpty ? 0 : next(5)]) }
            return text
        }
    }
}

extension String {
    fileprivate subscript(_ offset: Int) -> Character {
        self[index(startIndex, offsetBy: offset)]
    }
}
