import Formats
import HallmarkTesting
import Testing

@Suite("XML")
struct XMLReaderTests {
    private func parse(_ text: String, limits: XMLLimits = XMLLimits()) throws(XMLViolation) -> XMLElement {
        try XMLElement.parse(Array(text.utf8), limits: limits)
    }

    private func violation(_ text: String, limits: XMLLimits = XMLLimits()) -> XMLViolation? {
        violation(Array(text.utf8), limits: limits)
    }

    private func violation(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) -> XMLViolation? {
        do throws(XMLViolation) {
            _ = try XMLElement.parse(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("Elements, attributes and text")
    func tree() throws {
        let root = try parse(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment --><?pi x?>
            <a xmlns="urn:x" xmlns:p="urn:y" p:k="1 &lt; 2"> one <b/>two<![CDATA[ <raw> &amp; ]]><p:c>&#233;</p:c><b>2</b></a>
            """)
        #expect(root.name == "a")
        #expect(root.text == " one two <raw> &amp; ")
        #expect(root.value == "one two <raw> &amp;")
        #expect(root.attribute("p:k") == "1 < 2")
        #expect(root.attribute("k") == nil)
        #expect(root.children.map(\.name) == ["b", "p:c", "b"])
        #expect(root["p:c"]?.value == "é")
        #expect(root["c"] == nil)
        #expect(root.all("b").map(\.value) == [nil, "2"])
    }

    @Test("Encodings that are declared or marked")
    func encodings() throws {
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xE9] + Array("</a>".utf8)
        #expect(try XMLElement.parse(latin).text == "é")
        let wide =
            [0xFF, 0xFE]
            + "<a>é</a>".utf16.flatMap { (unit: UInt16) -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
        #expect(try XMLElement.parse(wide).text == "é")
        #expect(try XMLElement.parse([0xEF, 0xBB, 0xBF] + Array("<a/>".utf8)).name == "a")
        #expect(violation("<?xml version='1.0' encoding='EUC-JP'?><a/>") == .encoding(line: 1))
        #expect(violation("<?xml version='1.0' encoding='UTF-16'?><a/>") == .encoding(line: 1))
        guard case .syntax = violation(Array("<a>".utf8) + [0xE9] + Array("</a>".utf8)) else {
            Issue.record("Invalid UTF-8 is taken.")
            return
        }
    }

    @Test(
        "A DOCTYPE is refused before anything it declares counts",
        arguments: [
            "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY a '1'><!ENTITY b '&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://localhost/'> %p;]><a/>", "<!DOCTYPE a PUBLIC 'x' 'y'><a/>",
        ])
    func doctype(text: String) {
        #expect(violation(text) == .doctype(line: 1))
    }

    @Test("Only the five entities are known")
    func entities() throws {
        #expect(try parse("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</a>").text == "<>&\"'AB")
        #expect(violation("<a>&nbsp;</a>") == .unknownEntity(line: 1))
        #expect(violation("<a b='&copy;'/>") == .unknownEntity(line: 1))
    }

    @Test(
        "What is not well-formed",
        arguments: [
            "", " ", "<a>", "<a></b>", "<a/><b/>", "a", "<a b='1' b='2'/>", "<a b=1/>", "<a>&#0;</a>", "<a>\u{1}</a>",
            "<a>]]></a>", "<a><!-- -- --></a>", "<a/>x", "<a/>\u{0}", "<a>&lt</a>", "<1/>", "<a b='<'/>",
        ])
    func syntax(text: String) {
        guard case .syntax(_, let reason)? = violation(text) else {
            Issue.record("\(text.debugDescription) is taken.")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("Limits")
    func limits() throws {
        let limits = XMLLimits(bytes: 200, depth: 3, elements: 5, attributes: 2)
        #expect(violation("<a><b><c/></b></a>", limits: limits) == nil)
        #expect(violation("<a><b><c><d/></c></b></a>", limits: limits) == .tooDeep(limit: 3, line: 1))
        #expect(violation("<a><b/><b/><b/><b/></a>", limits: limits) == nil)
        #expect(violation("<a><b/><b/><b/><b/><b/></a>", limits: limits) == .tooManyElements(limit: 5))
        #expect(violation("<a x='1' y='2'/>", limits: limits) == nil)
        #expect(violation("<a x='1' y='2' z='3'/>", limits: limits) == .tooManyAttributes(limit: 2, line: 1))
        #expect(violation("<a>" + String(repeating: "x", count: 193) + "</a>", limits: limits) == nil)
        #expect(
            violation("<a>" + String(repeating: "x", count: 194) + "</a>", limits: limits) == .tooLarge(limit: 200))
        let deep = String(repeating: "<a>", count: 200_000)
        #expect(violation(deep) == .tooDeep(limit: 100, line: 1))
    }

    @Test("Every cut and thousands of changed bytes are taken or explained")
    func mutations() {
        let text = Array(
            "<?xml version=\"1.0\"?><a k='v'><!-- c --><b>&lt;é</b><![CDATA[x]]><c d=\"e\"/><?p i?></a>".utf8)
        for count in 0..<text.count { #expect(violation(Array(text[..<count])) != nil) }
        var random = SeededGenerator(seed: 77)
        var taken = 0
        for _ in 0..<5_000 {
            var bytes = text
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            taken += violation(bytes) == nil ? 1 : 0
        }
        #expect(taken > 10)
    }

    @Test("Python's expat finds the same trees", .enabled(if: PythonOracle.runs("import xml.parsers.expat")))
    func oracle() throws {
        var random = SeededGenerator(seed: 78)
        let pieces = [
            "<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "text", "&amp;", "&#65;", "<![CDATA[<]]>", "<!--x-->", " ", "é",
            "&x;", "<", ">", "]]>", "<?p?>",
        ]
        let samples = (0..<3_000).map { _ in
            "<r>"
                + (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined() + "</r>"
        }
        let script = """
            import sys, xml.parsers.expat as expat
            for line in sys.stdin.read().split("\\n")[:-1]:
                out = []
                parser = expat.ParserCreate()
                parser.StartElementHandler = lambda name, attributes: out.append("(" + name)
                parser.EndElementHandler = lambda name: out.append(")")
                parser.CharacterDataHandler = lambda text: out.append("'" + text)
                try:
                    parser.Parse(line.encode(), True)
                    print("".join(out).replace("'", ""))
                except expat.ExpatError:
                    print("-")
            """
        let answers = try PythonOracle.run(script, input: samples.map { $0 + "\n" }.joined())
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var valid = 0
        for (sample, answer) in zip(samples, answers) {
            let isTree = violation(sample) == nil
            #expect(isTree == (answer != "-"), "\(sample)")
            guard isTree else { continue }
            valid += 1
            let root = try parse(sample)
            let letters = answer.filter { $0 != "(" && $0 != ")" }.count
            #expect(Self.letters(root) == letters, "\(sample)")
            #expect(Self.count(root) == answer.filter { $0 == "(" }.count, "\(sample)")
        }
        #expect(valid > 300)
    }

    private static func letters(_ element: XMLElement) -> Int {
        element.name.count + element.text.filter { $0 != "'" }.count + element.children.map(letters).reduce(0, +)
    }

    private static func count(_ element: XMLElement) -> Int {
        1 + element.children.map(count).reduce(0, +)
    }
}
