import RegistryModel

/// What a measurement asks a filled registry for, as JSON: projects of all ages, those that many depend on, and searches.
struct GrowthSample {
    private let plan: GrowthPlan
    private let count: Int

    /// Samples a plan that begins at the first release.
    init(_ plan: GrowthPlan, count: Int) {
        self.plan = plan
        self.count = count
    }

    /// The document.
    var json: JSONValue {
        var random = GrowthRandom(8, plan.projects)
        let numbers = (0..<count).map { _ in random.below(plan.projects) }
        let queries = (0..<count).map { index -> JSONValue in
            let (kind, text) = query(index, &random)
            return ["kind": .string(kind), "text": .string(text)]
        }
        return [
            "projects": .array(Set(numbers).sorted().map(project)),
            "popular": .array((0..<5).map(project)), "queries": .array(queries),
        ]
    }

    private func project(_ number: Int) -> JSONValue {
        let project = GrowthProject(number)
        return ["ecosystem": .string(project.ecosystem.rawValue), "name": .string(project.name)]
    }

    /// The searches that people make, in equal parts.
    private func query(_ index: Int, _ random: inout GrowthRandom) -> (kind: String, text: String) {
        let project = GrowthProject(random.below(plan.projects))
        let topics = GrowthWords.topics
        switch index % 7 {
        case 0: return ("name", project.name)
        case 1: return ("rare word", GrowthWords.made(random.below(60_000)))
        case 2: return ("common word", topics[random.below(12)])
        case 3: return ("two words", "\(topics[random.below(20)]) \(GrowthWords.prose[7 + random.below(30)])")
        case 4: return ("prefix", String(topics[random.below(topics.count)].prefix(2 + random.below(3))))
        case 5: return ("beginning of a name", String(project.name.prefix(4 + random.below(6))))
        default: return ("typing error", Self.mistyped(project.name, &random))
        }
    }

    /// A name with two neighbours swapped, a letter left out, or another letter.
    private static func mistyped(_ name: String, _ random: inout GrowthRandom) -> String {
        var letters = Array(name)
        guard letters.count > 4 else { return name }
        let place = 1 + random.below(letters.count - 2)
        switch random.below(3) {
        case 0: letters.swapAt(place, place - 1)
        case 1: letters.remove(at: place)
        default: letters[place] = "q"
        }
        return String(letters)
    }
}
