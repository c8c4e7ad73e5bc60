import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@testable import Ecosystems

/// Composer's own schema with the validator it uses, where php and Debian's composer are installed.
@Suite("Composer's schema as oracle", .enabled(if: ComposerSchemaOracle.isAvailable))
struct ComposerSchemaOracleTests {
    private static let whole = """
        {"name":"hm/tiny","description":"d","license":["MIT"],"type":"library","abandoned":true,"version":"1.0",
        "non-feature-branches":["x"],"keywords":["k"],"readme":"r","time":"t","default-branch":false,
        "authors":[{"name":"A","email":"a@b.org","homepage":"https://a.org","role":"x"}],"homepage":"https://a.org",
        "support":{"email":"a@b.org","issues":"https://a.org","irc":"irc://a.org","docs":"https://a.org"},
        "funding":[{"type":"x","url":"https://a.org"}],"source":{"type":"git","url":"u","reference":"r","mirrors":[]},
        "dist":{"type":"zip","url":"u","reference":"r","shasum":"s"},"_comment":"c","require":{"a/b":"*"},
        "require-dev":{"a/b":"*"},"replace":{"a/b":"*"},"conflict":{"a/b":"*"},"provide":{"a/b":"*"},"suggest":{"a/b":"x"},
        "minimum-stability":"RC","prefer-stable":true,
        "autoload":{"psr-0":{"A":"a"},"psr-4":{"B":["b","c"]},"classmap":["x"],"files":["f"],"exclude-from-classmap":["y"]},
        "autoload-dev":{"psr-0":{"A":"a"},"psr-4":{"B":["b"]},"classmap":["x"],"files":["f"]},"target-dir":"t",
        "include-path":["i"],"bin":["b"],"archive":{"name":"n","exclude":["e"]},"extra":{"x":1},
        "scripts-descriptions":{"x":"y"}}
        """

    private static let values: [JSONValue] = [
        nil, true, false, 1, "text", "", [],
        .object([]), ["x"], [1], ["a": "b"], ["a": 1], ["a": ["b"]], [["name": "x"]], [["name": 1]],
        .number(1.5), ["type": "x", "url": "y"], "v1", "dev-x", "A b",
    ]

    /// The document with one value somewhere inside it replaced or left out.
    private static func changed(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue? {
        if Int.random(in: 0..<4, using: &random) == 0 { return values.randomElement(using: &random) }
        switch value {
        case .object(let members) where !members.isEmpty:
            let member = members[Int.random(in: members.indices, using: &random)]
            if Int.random(in: 0..<8, using: &random) == 0 { return value.setting(member.name, to: nil) }
            return value.setting(member.name, to: changed(member.value, &random))
        case .array(var elements) where !elements.isEmpty:
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = changed(elements[index], &random) ?? .null
            return .array(elements)
        default: return values.randomElement(using: &random)
        }
    }

    @Test("Thousands of changed documents are held against it alike")
    func agreement() throws {
        var random = SeededGenerator(seed: 93)
        let whole = try JSONValue.parse(Array(Self.whole.utf8))
        #expect(ComposerSchema.package.violation(whole, at: "") == nil)
        let samples = (0..<4_000).compactMap { _ in Self.changed(whole, &random) }
        let answers = try ComposerSchemaOracle.ask(samples)
        try #require(answers.count == samples.count)
        var refused = 0
        for (sample, answer) in zip(samples, answers) {
            let violation = ComposerSchema.package.violation(sample, at: "")
            let text = String(decoding: sample.bytes(), as: UTF8.self)
            #expect((violation == nil) == answer, "\(violation ?? "accepted"): \(text)")
            refused += answer ? 0 : 1
        }
        #expect(refused > 1_000 && samples.count - refused > 200)
    }
}

enum ComposerSchemaOracle {
    /// The schema without the formats, and without what lies deeper in members that only root projects have.
    private static let program = """
        require '/usr/share/php/JsonSchema/autoload.php';
        $schema = json_decode(file_get_contents('/usr/share/php/data/Composer/res/composer-schema.json'));
        foreach (['config', 'scripts', 'repositories'] as $name) {
            $types = $schema->properties->$name->type;
            $schema->properties->$name = (object) ['type' => $types];
        }
        $strip = function ($node) use (&$strip) {
            if (is_object($node)) { if (isset($node->format) && is_string($node->format)) unset($node->format); }
            if (is_object($node) || is_array($node)) foreach ($node as $child) $strip($child);
        };
        $strip($schema);
        $schema->required = ['name'];
        while (($line = fgets(STDIN)) !== false) {
            $data = json_decode($line);
            $validator = new JsonSchema\\Validator();
            $validator->check($data, $schema);
            echo $validator->isValid() ? "1\\n" : "0\\n";
        }
        """

    static let isAvailable: Bool = {
        guard let answers = try? ask([["name": "a/b"], ["name": 1]]) else { return false }
        return answers == [true, false]
    }()

    /// Whether each document is valid.
    static func ask(_ documents: [JSONValue]) throws -> [Bool] {
        let input = documents.map { String(decoding: $0.bytes(), as: UTF8.self) + "\n" }.joined()
        let result = try OracleProgram.run(["php", "-r", program], input: input)
        return result.status == 0 ? result.output.split(separator: "\n").map { $0 == "1" } : []
    }
}
