import RegistryModel

/// Which projects are made, in windows that are one transaction each.
struct GrowthPlan {
    /// Projects that are busy at the same time.
    struct Window: Sendable {
        let projects: Range<Int>
        /// How many releases all earlier projects have.
        let firstRelease: Int
    }

    let windows: [Window]
    /// The projects' numbers.
    let range: Range<Int>
    let releases: Int

    var projects: Int { range.count }

    /// How many projects share a window: their releases alternate, so that, as in real life, those of one project do not
    /// lie side by side.
    private static let width = 250

    /// The projects beyond the first `from` releases up to `to`; whole projects only.
    init(from: Int, to: Int) {
        var windows: [Window] = []
        var (number, total, first, start) = (0, 0, 0, 0)
        while total < from {
            total += GrowthProject.releases(number)
            number += 1
        }
        let (begin, before) = (number, total)
        (first, start) = (number, total)
        while total < to {
            total += GrowthProject.releases(number)
            number += 1
            if number - first == Self.width || total >= to {
                windows.append(Window(projects: first..<number, firstRelease: start))
                (first, start) = (number, total)
            }
        }
        self.windows = windows
        range = begin..<number
        releases = total - before
    }
}

/// When what happened: one release every 50 seconds from January 2025 on.
struct GrowthCalendar: WallClock {
    private static let start: Int64 = 1_735_776_000

    /// When the release with that number was published.
    static func time(_ release: Int) -> Timestamp {
        Timestamp(microseconds: (start + Int64(release) * 50) * 1_000_000)
    }

    /// An id as ``RowIDs`` would have made it then.
    static func id(_ release: Int, _ sequence: Int) -> Int64 {
        (86_400_000 + Int64(release) * 50_000) << 22 | Int64(sequence)
    }

    func now() -> Timestamp { Self.time(0) }
}

/// The accounts that own the projects.
struct GrowthUsers {
    let range: Range<Int>

    /// One account for five projects.
    init(_ plan: GrowthPlan) {
        range = (plan.range.lowerBound + 4) / 5..<(plan.range.upperBound + 4) / 5
    }

    static func user(of project: Int) -> (id: Int64, name: String) {
        let number = project / 5
        return (Int64(1_000_000 + number), "grower-\(GrowthWords.made(number))")
    }
}
