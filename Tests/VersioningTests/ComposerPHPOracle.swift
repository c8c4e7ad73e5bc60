import Foundation
import HallmarkTesting

/// Composer's own semver library, where php and Debian's composer are installed.
enum ComposerPHPOracle {
    private static let program = """
        require '/usr/share/php/Composer/Semver/autoload.php';
        use Composer\\Semver\\{Comparator, Semver, VersionParser};
        $parser = new VersionParser();
        while (($line = fgets(STDIN)) !== false) {
            $fields = explode("\\t", rtrim($line, "\\n"));
            try {
                if ($fields[0] === 'read') {
                    $normal = $parser->normalize($fields[1]);
                    echo $normal, '|', VersionParser::parseStability($normal), "\\n";
                } elseif ($fields[0] === 'order') {
                    [$left, $right] = array_map(
                        fn ($text) => $parser->normalizeDefaultBranch($parser->normalize($text)), array_slice($fields, 1));
                    echo Comparator::lessThan($left, $right) ? -1 : (Comparator::greaterThan($left, $right) ? 1 : 0), "\\n";
                } else {
                    echo Semver::satisfies($fields[1], $fields[2]) ? 'true' : 'false', "\\n";
                }
            } catch (UnexpectedValueException $refusal) {
                echo "invalid\\n";
            }
        }
        """

    static let isAvailable = (try? ask(["read\t1.0"])) == ["1.0.0.0|stable"]

    /// An answer for every line: `read VERSION`, `order LEFT RIGHT` or `holds VERSION CONSTRAINT`, with tabs.
    static func ask(_ lines: [String]) throws -> [String] {
        try OracleProgram.lines(["php", "-r", program], lines)
    }
}
