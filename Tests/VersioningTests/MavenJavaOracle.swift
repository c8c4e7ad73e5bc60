import Foundation
import HallmarkTesting

/// maven-artifact's own classes, where a Java compiler and Debian's maven packages are installed.
enum MavenJavaOracle {
    private static let program = """
        import java.io.*;
        import java.nio.charset.StandardCharsets;
        import org.apache.maven.artifact.versioning.*;
        class Oracle {
            public static void main(String[] arguments) throws Exception {
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                StringBuilder out = new StringBuilder();
                for (String line; (line = in.readLine()) != null;) {
                    String[] fields = line.split("\\t", -1);
                    out.append(fields[0].equals("order") ? order(fields) : range(fields)).append('\\n');
                }
                System.out.print(out);
            }
            static String order(String[] fields) {
                ComparableVersion left = new ComparableVersion(fields[1]), right = new ComparableVersion(fields[2]);
                return Integer.signum(left.compareTo(right)) + " " + left.equals(right);
            }
            static String range(String[] fields) {
                try {
                    VersionRange range = VersionRange.createFromVersionSpec(fields[1]);
                    boolean holds = range.containsVersion(new DefaultArtifactVersion(fields[2]));
                    return range.getRecommendedVersion() + " " + holds;
                } catch (InvalidVersionSpecificationException e) {
                    return "invalid";
                }
            }
        }
        """

    private static let jars: [String] = {
        let folders = ["/usr/share/java", "/usr/share/maven/lib"]
        let names = [["maven3-artifact.jar", "maven-artifact-3.x.jar"], ["commons-lang3.jar"]]
        return names.compactMap { names in
            folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
                .first { FileManager.default.fileExists(atPath: $0) }
        }
    }()

    static let isAvailable = jars.count == 2 && (try? ask(["order\t1\t1"])) == ["0 true"]

    /// An answer for every line: `order LEFT RIGHT` or `range RANGE VERSION`, with tabs.
    static func ask(_ lines: [String]) throws -> [String] {
        try OracleProgram.withFile("Oracle.java", program) { path in
            try OracleProgram.lines(["java", "-cp", jars.joined(separator: ":"), path], lines)
        }
    }
}
