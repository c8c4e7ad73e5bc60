import RegistryModel

/// One project of the plan; everything follows from its number.
struct GrowthProject {
    /// From 0, in the order in which the projects were created.
    let number: Int
    let ecosystem: EcosystemID
    /// The name as shown.
    let name: String
    let summary: String
    let keywords: [String]
    /// How many releases it has had.
    let releases: Int

    /// The ecosystems by their share: two fifths Python, two fifths npm, one fifth Cargo.
    private static let ecosystems = ["pypi", "npm", "pypi", "npm", "cargo"].map(EcosystemID.init(rawValue:))

    /// The project with that number.
    init(_ number: Int) {
        self.number = number
        ecosystem = Self.ecosystems[number % Self.ecosystems.count]
        releases = Self.releases(number)
        var random = GrowthRandom(2, number)
        name = Self.name(number, ecosystem, &random)
        summary = GrowthWords.sentence(5 + random.below(10), &random)
        keywords = (0..<random.below(5)).map { _ in
            GrowthWords.topics[random.skewed(GrowthWords.topics.count, slope: 2)]
        }
    }

    /// How many releases the project with that number has: most have a few, some have hundreds, ten on average.
    static func releases(_ number: Int) -> Int {
        var random = GrowthRandom(1, number)
        let unit = max(random.unit(), 0.000_01)
        return min(800, max(1, Int(3.6 / unit.squareRoot() / unit.squareRoot().squareRoot()) - 2))
    }

    /// The projects that this one's releases depend on: older ones of the same ecosystem, the oldest most often.
    func dependencies() -> [GrowthProject] {
        var random = GrowthRandom(3, number)
        let kinds = Self.ecosystems.count
        let numbers = (0..<random.skewed(12, slope: 2)).map { _ in
            random.skewed(max(1, number / kinds), slope: 3) * kinds + number % kinds
        }
        return Set(numbers.filter { $0 < number }).sorted().map(GrowthProject.init)
    }

    /// The versions, oldest first, in the shapes that projects use.
    func versions() -> [String] {
        var random = GrowthRandom(4, number)
        var (major, minor, patch) = (random.below(3) == 0 ? 1 : 0, random.below(2), 0)
        return (0..<releases).map { index in
            if index > 0 {
                switch random.below(20) {
                case 0: (major, minor, patch) = (major + 1, 0, 0)
                case 1...6: (minor, patch) = (minor + 1, 0)
                default: patch += 1
                }
            }
            let plain = "\(major).\(minor).\(patch)"
            guard random.below(25) == 0 else { return plain }
            // The plain version follows some day or never does, as with real ones.
            return ecosystem.rawValue == "pypi" ? "\(plain)rc\(index)" : "\(plain)-rc.\(index)"
        }
    }

    private static func name(_ number: Int, _ ecosystem: EcosystemID, _ random: inout GrowthRandom) -> String {
        // 7,919 is prime, so the rare word of every project is another one.
        let rare = GrowthWords.made(number * 7919 % 2_097_143)
        let topics = GrowthWords.topics
        let topic = topics[random.skewed(topics.count, slope: 2)]
        switch random.below(10) {
        case 0...3: return "\(topic)-\(rare)"
        case 4: return "\(topic)-\(topics[random.below(topics.count)])-\(rare)"
        case 5: return "\(rare)-\(topic)"
        case 6 where ecosystem.rawValue == "npm": return "@\(GrowthWords.made(number % 5000))/\(rare)-\(topic)"
        case 6 where ecosystem.rawValue == "pypi": return "py\(rare)"
        default: return rare
        }
    }
}
