import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@testable import Ecosystems

/// Composer's own minifier, where php and Debian's composer are installed.
@Suite("Composer's minifier as oracle", .enabled(if: ComposerMinifierOracle.isAvailable))
struct ComposerMinifierOracleTests {
    private static func version(_ random: inout SeededGenerator) -> JSONValue {
        let values: [JSONValue] = [
            1, 2, "x", "y", true, false, ["a"], ["a", "b"], ["k": "v"], ["k": ["l": 1]], "", .number(1.5), 0,
        ]
        var members: [JSONValue.Member] = []
        for name in ["name", "version", "require", "extra", "dist", "0", "type"]
        where Int.random(in: 0..<4, using: &random) > 0 {
            members.append(.init(name, values.randomElement(using: &random) ?? 1))
        }
        return .object(members.isEmpty ? [.init("name", "a/b")] : members.shuffled(using: &random))
    }

    @Test("Thousands of lists are shortened as Composer does it, and Composer restores them")
    func agreement() throws {
        var random = SeededGenerator(seed: 29)
        let lists = (0..<2_000).map { _ in
            (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.version(&random) }
        }
        let pairs = lists.map { JSONValue.array([.array($0), .array(ComposerMinifier.minify($0))]) }
        let answers = try ComposerMinifierOracle.ask(pairs)
        try #require(answers.count == lists.count)
        for (pair, answer) in zip(pairs, answers) {
            #expect(answer == "yes yes", "\(answer): \(String(decoding: pair.bytes(), as: UTF8.self))")
        }
    }
}

/// Asks Composer's minifier about pairs of a list and our short form of it, one a line.
enum ComposerMinifierOracle {
    private static let library = "/usr/share/php/Composer/MetadataMinifier/autoload.php"

    static let isAvailable =
        FileManager.default.fileExists(atPath: library)
        && ["/usr/bin/php", "/usr/local/bin/php"].contains { FileManager.default.isExecutableFile(atPath: $0) }

    private static let program = """
        require '\(library)';
        use Composer\\MetadataMinifier\\MetadataMinifier;
        function sorted(array $versions): array {
            foreach ($versions as &$version) { ksort($version); }
            return $versions;
        }
        while (($line = fgets(STDIN)) !== false) {
            [$versions, $short] = json_decode($line, true);
            $same = sorted(MetadataMinifier::minify($versions)) === sorted($short);
            $back = sorted(MetadataMinifier::expand($short)) === sorted($versions);
            echo $same ? 'yes' : 'no', ' ', $back ? 'yes' : 'no', "\\n";
        }
        """

    static func ask(_ pairs: [JSONValue]) throws -> [String] {
        let input = pairs.map { String(decoding: $0.bytes(), as: UTF8.self) + "\n" }.joined()
        return try OracleProgram.run(["php", "-r", program], input: input).output.split(separator: "\n").map(
            String.init)
    }
}
