import Ecosystems
import Formats
import RegistryModel

private let jsonSeeds = [
    #"{"a":[1,-2.5e3,true,false,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":{}}}"#, "[]", "\u{FEFF}{}", #""\u0000""#,
    "1e999",
    #"{"a":1,"a":2}"#, #"{"é":1,"e\u0301":2}"#, "[[[[[[]]]]]]", "-0", "9223372036854775808", "0.1", "1E400",
    "{\"\":\"\"}",
]
private let jsonWords = #"{ } [ ] : , " \" \\ \u0000 \ud800 \udc00 true false null 1e5 -0 0.0"#

/// JSON, TOML, metadata files.
func textTargets() -> [FuzzTarget] {
    [
        FuzzTarget("json", maximumBytes: 16 << 10, seeds: jsonSeeds, words: jsonWords) { input in
            let value: JSONValue
            do throws(JSONViolation) {
                value = try JSONValue.parse(input, maximumBytes: 8 << 10, maximumDepth: 64)
            } catch {
                return error.shape
            }
            for text in [value.bytes(), value.canonicalBytes()] {
                guard let again = try? JSONValue.parse(text, maximumBytes: .max) else {
                    throw FuzzFailure(
                        "what was written is not read: \(String(decoding: text.prefix(200), as: UTF8.self))")
                }
                try require(
                    again.canonicalBytes() == value.canonicalBytes(), "what was written is read as another value")
            }
            return "value \(value.members?.count ?? -1) \(value.arrayValue?.count ?? -1)"
        },
        FuzzTarget(
            "toml", maximumBytes: 16 << 10,
            seeds: [
                "[package]\nname = \"a\"\nversion = '1'\n[[bin]]\nx.y = 1\n[dependencies]\na = { version = \"1\", features = [\"b\"] }\n",
                "a = \"\"\"x\\\n  y\"\"\"\nb = '''z'''\nc = [1, 2.0, 0x1F, 1_000, inf, nan, 1979-05-27T07:32:00Z, 07:32:00]\n",
                "a.b.c = 1\n[a.d]\n[[a.e]]\n[a.e.f]\n", "\"\\u0041\" = \"\\U0001F600\"\n", "a = 1 # c\r\n",
            ],
            words: #"[ ] [[ ]] = . , { } """ ''' \u0000 \U00110000 # inf nan 0x 0o 0b 1979-05-27 07:32:00 true e+9"#
        ) { input in
            do throws(TOMLViolation) {
                let value = try TOMLReader.parse(input, maximumBytes: 8 << 10)
                let again = try? JSONValue.parse(value.bytes(), maximumBytes: .max, maximumDepth: 200)
                guard again?.canonicalBytes() == value.canonicalBytes() else { return "differs in Unicode form" }
                return "table \(value.members?.count ?? -1)"
            } catch {
                return "\(error)".prefix { $0 != "(" } + ""
            }
        },
        FuzzTarget(
            "core-metadata", maximumBytes: 16 << 10,
            seeds: [PackageSeeds.metadata, "Metadata-Version: 2.1\r\nName: a\rVersion: 1"],
            words:
                "Metadata-Version: Name: Version: Summary: Requires-Dist: Requires-Python: Project-URL: Dynamic: UNKNOWN License-File: Provides-Extra: Keywords: Description: 2.4"
        ) { input in
            do throws(CoreMetadataFault) {
                let metadata = try CoreMetadata(parsing: input)
                _ = metadata.hasStaticDependencies
                return "metadata \(metadata.metadataVersion) \(metadata.requirements.count) \(metadata.keywords.count)"
            } catch {
                return Problem(error, in: "METADATA").detail
            }
        },
    ]
}

extension JSONViolation {
    /// The kind without the texts.
    fileprivate var shape: String {
        switch self {
        case .syntax: "syntax"
        case .duplicateMember: "duplicate"
        case .tooDeep: "deep"
        case .tooLarge: "large"
        case .nullCharacter: "null"
        }
    }
}
