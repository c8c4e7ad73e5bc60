import Testing

@testable import bench

@Suite("Ratios, verdicts and the table")
struct ReportTests {
    private func side(_ name: String, _ rates: [Double], p99: Double = 1, faults: [String] = []) -> SideResult {
        let samples = rates.map {
            Sample(
                rate: $0, p50: 1, p99: p99, requests: 1, publishes: 0, seconds: 1, processorSeconds: 1, loadSeconds: 1,
                faults: faults)
        }
        return SideResult(server: name, samples: samples, peakBytes: 0)
    }

    @Test("Medians and percentiles")
    func statistics() {
        #expect(Statistics.median([3, 1, 2]) == 2)
        #expect(Statistics.median([4, 1, 2, 3]) == 2.5)
        #expect(Statistics.median([]) == 0)
        #expect(Statistics.percentile((1...100).map(Double.init), 0.99) == 99)
        #expect(Statistics.percentile([5], 0.99) == 5)
    }

    @Test("Rounds are compared with their neighbours")
    func comparison() {
        let comparison = Comparison(side("Hallmark", [90, 50, 120]), side("nginx", [100, 100, 100]), goal: .index)
        #expect(comparison.ratio == 0.9 && comparison.least == 0.5 && comparison.most == 1.2)
        #expect(comparison.verdict == "not met (above the least, 0.80)")
    }

    @Test("Verdicts")
    func verdicts() {
        #expect(Goal.index.verdict(ratio: 1.1, slowness: 2) == "met")
        #expect(Goal.index.verdict(ratio: 1.1, slowness: 4) == "not met (p99 4.0×)")
        #expect(Goal.index.verdict(ratio: 0.5, slowness: 2) == "not met (below the least)")
        #expect(Goal.publish.verdict(ratio: 9, slowness: 100) == "not met")
        #expect(Goal.none.verdict(ratio: 0, slowness: 0) == "—")
    }

    @Test("Rounds with faults never count")
    func faults() {
        let broken = side("Hallmark", [1000, 1000, 1000], faults: ["1 timeouts"])
        #expect(Comparison(broken, side("nginx", [1, 1, 1]), goal: .index).verdict == "invalid")
    }

    @Test("Numbers")
    func numbers() {
        #expect(
            Format.grouped(1_234_567) == "1,234,567" && Format.grouped(12) == "12" && Format.grouped(1000) == "1,000")
        #expect(Format.fixed(1.005, 1) == "1.0" && Format.fixed(-0.04, 1) == "0.0" && Format.fixed(-0.5, 1) == "-0.5")
        #expect(Format.ratio(0.999) == "1.0" && Format.ratio(0.994) == "0.99" && Format.ratio(31.4) == "31")
    }

    @Test("Only the table of a page changes")
    func page() throws {
        let page = """
            before
            <!-- The table: `make bench` rewrites what stands between this line and its end. -->
            old
            <!-- The end of the table. -->
            after
            """
        let new = try Report.replaced(page, with: "new\n", "page")
        #expect(
            new.hasPrefix("before\n") && new.hasSuffix("\nafter") && new.contains("\nnew\n") && !new.contains("old"))
        #expect(throws: BenchFailure.self) { try Report.replaced("nothing", with: "new", "page") }
    }
}
