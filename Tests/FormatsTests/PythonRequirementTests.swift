import Formats
import HallmarkTesting
import Testing

@Suite("Python requirements")
struct PythonRequirementTests {
    @Test("Parts of a requirement")
    func parts() throws {
        let requirement = try #require(
            PythonRequirement(
                " Foo.Bar [ Beta_2, alpha ] ( >= 1.0.0RC1, != 1.3.* ) ; python_version<'3.8' and extra=='X' "))
        #expect(requirement.name == "Foo.Bar")
        #expect(requirement.nameKey == "foo-bar")
        #expect(requirement.extras == ["alpha", "beta-2"])
        #expect(requirement.specifiers.clauses == ["!=1.3.*", ">=1.0.0rc1"])
        #expect(requirement.marker?.normalized == "python_version < \"3.8\" and extra == \"X\"")
        #expect(requirement.marker?.extras == ["x"])
        #expect(
            requirement.requirement
                == "[alpha,beta-2]!=1.3.*,>=1.0.0rc1; python_version < \"3.8\" and extra == \"X\"")
        let direct = try #require(PythonRequirement("a @ https://example.org/a;b.whl ; extra == \"c\""))
        #expect(direct.url == "https://example.org/a;b.whl")
        #expect(direct.marker?.extras == ["c"])
        #expect(PythonRequirement("a")?.requirement.isEmpty == true)
    }

    @Test("A quotation mark that nothing closes is refused; an empty text is one")
    func quotes() {
        #expect(PythonRequirement("a; extra == 'b") == nil)
        #expect(PythonRequirement("a; extra == '") == nil)
        #expect(PythonRequirement("a; extra == ''") != nil)
    }

    @Test(
        "Spellings of the same requirement are equal",
        arguments: [
            ("Foo_Bar>=1.0,<2", "foo-bar (<2, >= 1.0)"), ("a[b,c]", "a [c , b]"), ("a==1.0RC1", "A == 1.0-rc.1"),
            ("a; extra=='b'", "a ;extra == \"b\""), ("a>=1,", "a>=1"),
        ])
    func equality(left: String, right: String) throws {
        #expect(try #require(PythonRequirement(left)) == #require(PythonRequirement(right)))
    }

    @Test("Deep nesting and long texts are refused, not followed")
    func bounds() {
        let deep = String(repeating: "(", count: 2_000) + "extra == 'a'" + String(repeating: ")", count: 2_000)
        #expect(PythonMarker(deep) == nil)
        #expect(PythonMarker("((extra == 'a'))") != nil)
        #expect(PythonRequirement("a>=" + String(repeating: "1.", count: 5_000) + "1") == nil)
        #expect(PythonRequirement(String(repeating: "a", count: 129)) == nil)
    }

    private static let pieces = (
        names: ["a", "Foo.Bar", "a-b_c", "-a", "a-", "a b", "", "1"],
        extras: ["", "", "[]", "[x]", "[x,Y_z]", "[x", "[,]", " [ x ] "],
        specifiers: [
            "", ">=1", ">= 1.0, <2", "(>=1)", "(>=1", "==1.*", ">=1.*", "~=1", "~=1.2", "===any", "==1+local",
            ">=1+local",
            "=1", "1.0", ">=1 .0", ">=1,", ",>=1", "!=1.0.dev1", "==1.0.dev1.*", ">=1 <2", ">=x",
        ],
        markers: [
            "", "", ";", "; extra == 'x'", "; 'x' == extra", ";python_version<\"3\"", "; a == 'b'", "; (os_name=='a')",
            "; os_name == 'a' or (sys_platform == 'b' and extra != 'c')", "; os_name", "; os_name == 'a' and",
            "; 'a' in os_name", "; 'a' not in os_name", "; 'a' not os_name", "; python_version ~= '3.6'",
            "; os_name == 'a",
            "; os.name == 'posix'", "; extra == 'x' extra == 'y'", "; os_name=='a')",
        ]
    )

    @Test(
        "The packaging library reads the same ones",
        .enabled(if: PythonOracle.runs("import packaging.requirements, packaging.utils")))
    func oracle() throws {
        var texts: [String] = []
        for name in Self.pieces.names {
            for extras in Self.pieces.extras {
                for specifiers in Self.pieces.specifiers {
                    for marker in Self.pieces.markers { texts.append(name + extras + specifiers + marker) }
                }
            }
        }
        let script = """
            import sys
            from packaging.requirements import Requirement, InvalidRequirement
            from packaging.utils import canonicalize_name
            for line in sys.stdin.read().split("\\n")[:-1]:
                try:
                    read = Requirement(line)
                    extras = sorted({canonicalize_name(extra) for extra in read.extras})
                    print(canonicalize_name(read.name), ",".join(extras), len(set(read.specifier)), sep="|")
                except InvalidRequirement:
                    print("-")
            """
        let answers = try PythonOracle.run(script, input: texts.map { $0 + "\n" }.joined())
            .split(separator: "\n").map(String.init)
        try #require(answers.count == texts.count)
        #expect(answers.count { $0 != "-" } > 1_000)
        for (text, answer) in zip(texts, answers) {
            let read = PythonRequirement(text)
            let made = read.map { "\($0.nameKey)|\($0.extras.joined(separator: ","))|\($0.specifiers.clauses.count)" }
            #expect((made ?? "-") == answer, "\(text.debugDescription)")
        }
    }
}
