import Formats
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Metadata of the packages that this machine's Python has installed")
struct InstalledMetadataTests {
    @Test(
        "Python's own reader finds the same fields",
        .enabled(if: PythonOracle.runs("import packaging.metadata, importlib.metadata")))
    func installed() throws {
        let script = """
            import importlib.metadata, json
            from packaging.metadata import parse_email
            for item in importlib.metadata.distributions():
                text = item.read_text("METADATA")
                if text is None:
                    continue
                raw, _ = parse_email(text)
                print(json.dumps({"text": text, "name": raw.get("name"), "version": raw.get("version"),
                    "summary": raw.get("summary"), "requires": raw.get("requires_dist", []),
                    "python": raw.get("requires_python"), "extras": raw.get("provides_extra", []),
                    "classifiers": raw.get("classifiers", []), "description": raw.get("description"),
                    "urls": sorted(raw.get("project_urls", {}).values())}))
            """
        for line in try PythonOracle.run(script).split(separator: "\n") {
            let expected = try JSONValue.parse(line.utf8)
            let text = try #require(expected["text"]?.stringValue)
            let metadata = try CoreMetadata(parsing: Array(text.utf8))
            func strings(_ name: String) -> [String]? { expected[name]?.arrayValue?.compactMap(\.stringValue) }
            #expect(metadata.name == expected["name"]?.stringValue)
            #expect(metadata.version == expected["version"]?.stringValue)
            #expect(metadata.summary == expected["summary"]?.stringValue.map { String($0.trimmed) })
            #expect(metadata.requiresDist == strings("requires"))
            #expect(metadata.requiresPython == expected["python"]?.stringValue)
            #expect(metadata.providesExtra == strings("extras"))
            #expect(metadata.classifiers == strings("classifiers"))
            #expect(metadata.projectURLs.map(\.url).sorted() == strings("urls"))
            if let description = expected["description"]?.stringValue, !description.allSatisfy(\.isWhitespace) {
                #expect(metadata.description == description, "\(metadata.name)")
            }
        }
    }
}
