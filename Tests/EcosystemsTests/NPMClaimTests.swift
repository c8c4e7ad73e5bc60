import Ecosystems
import RegistryModel
import Testing

/// The client's copy of a manifest against the archive's: what npm and yarn rewrite passes, everything else does not.
@Suite("npm manifests, claimed and packed")
struct NPMClaimTests {
    private static func refusal(packed: String, claimed: String, files: [String: String] = [:]) throws -> Problem? {
        let head = #""name":"@hm/a","version":"1.0.0""#
        let package = NPMTestPackage("{\(head),\(packed)}", files: files)
        return try package.refusal(claim: try JSONValue.parse(Array("{\(head),\(claimed)}".utf8)))
    }

    @Test(
        "What clients rewrite is accepted",
        arguments: [
            (#""bin":"./cli.js""#, #""bin":{"a":"cli.js"}"#),
            (#""bin":["./x/one.js"]"#, #""bin":{"one.js":"x/one.js"}"#),
            (#""bin":{"../a":"../../cli.js","bad":1}"#, #""bin":{"a":"cli.js"}"#),
            (#""bin":{}"#, #""x":1"#),
            (
                #""bundledDependencies":["x"],"dependencies":{"x":"1"}"#,
                #""bundleDependencies":["x"],"dependencies":{"x":"1"}"#
            ),
            (
                #""bundleDependencies":true,"dependencies":{"x":"1"}"#,
                #""bundleDependencies":["x"],"dependencies":{"x":"1"}"#
            ),
            (#""bundleDependencies":["x"]"#, #""bundleDependencies":["x"],"dependencies":{"x":"*"}"#),
            (#""bundleDependencies":false"#, #""bundleDependencies":[]"#),
            (#""optionalDependencies":{"o":"1"}"#, #""optionalDependencies":{"o":"1"},"dependencies":{"o":"1"}"#),
            (#""dependencies":{"x":"1","y":3,"//":"note"}"#, #""dependencies":{"x":"1"}"#),
            (#""dependencies":"x@1, y""#, #""dependencies":{"x":"1","y":""}"#),
            (#""dependencies":["x@>=2"]"#, #""dependencies":{"x":">=2"}"#),
            (#""dependencies":{"x":"u/p"}"#, #""dependencies":{"x":"github:u/p"}"#),
            (
                #""dependencies":{"x":"git@github.com:u/p.git#v1"}"#,
                #""dependencies":{"x":"git+ssh://git@github.com/u/p.git#v1"}"#
            ),
            (
                #""dependencies":{"x":"https://github.com/u/p/tree/main"}"#,
                #""dependencies":{"x":"git+https://github.com/u/p.git#main"}"#
            ),
            (#""dependencies":{"x":"gitlab:g/s/p"}"#, #""dependencies":{"x":"git+https://gitlab.com/g/s/p.git"}"#),
            (#""scripts":{"install":"node_modules/.bin/x"}"#, #""scripts":{"install":"x"}"#),
            (#""scripts":{"postinstall":3}"#, #""scripts":{}"#),
            (#""scripts":{"test":"a"}"#, #""scripts":{"test":"b","start":"node server.js"}"#),
            (#""devDependencies":{"x":"1"}"#, #""devDependencies":{}"#),
            (#""os":"linux""#, #""os":["linux"]"#),
            (#""engines":["node >= 0.6"]"#, #""engines":{"node":">= 0.6"}"#),
            (
                #""description":"a""#,
                #""description":"a","readme":"x","gitHead":"1","_nodeVersion":"20","_npmVersion":"10"}"#
                    .replacing("}", with: "")
            ),
            (#""x":1"#, #""scripts":{"install":"node-gyp rebuild"},"gypfile":true"#),
            (#""peerDependenciesMeta":{}"#, #""y":1"#),
        ])
    func accepted(packed: String, claimed: String) throws {
        let problem = try Self.refusal(packed: packed, claimed: claimed)
        #expect(problem == nil)
    }

    @Test(
        "Another story is refused and the member named",
        arguments: [
            (#""dependencies":{"evil":"1"}"#, #""x":1"#, "dependencies"),
            (#""x":1"#, #""dependencies":{"good":"1"}"#, "dependencies"),
            (#""dependencies":{"x":"1"}"#, #""dependencies":{"x":"2"}"#, "dependencies"),
            (#""dependencies":{"x":"u/p"}"#, #""dependencies":{"x":"u/q"}"#, "dependencies"),
            (#""dependencies":{"x":"u/p#a"}"#, #""dependencies":{"x":"u/p#b"}"#, "dependencies"),
            (#""dependencies":{"o":"1"}"#, #""optionalDependencies":{"o":"1"}"#, "optionalDependencies"),
            (#""peerDependencies":{"o":"1"}"#, #""x":1"#, "peerDependencies"),
            (#""peerDependenciesMeta":{"o":{"optional":true}}"#, #""x":1"#, "peerDependenciesMeta"),
            (
                #""bundleDependencies":["x"],"dependencies":{"x":"1"}"#, #""dependencies":{"x":"1"}"#,
                "bundleDependencies"
            ),
            (#""scripts":{"postinstall":"evil"}"#, #""x":1"#, "scripts.postinstall"),
            (#""scripts":{"preinstall":"a"}"#, #""scripts":{"preinstall":"b"}"#, "scripts.preinstall"),
            (#""scripts":{"install":"evil"}"#, #""scripts":{"install":"node-gyp rebuild"}"#, "scripts.install"),
            (#""bin":{"npm":"evil.js"}"#, #""x":1"#, "bin"),
            (#""bin":{"a":"evil.js"}"#, #""bin":{"a":"cli.js"}"#, "bin"),
            (#""os":["linux"]"#, #""os":["darwin"]"#, "os"),
            (#""engines":{"node":"1"}"#, #""engines":{"node":"2"}"#, "engines"),
        ])
    func refused(packed: String, claimed: String, member: String) throws {
        let problem = try #require(try Self.refusal(packed: packed, claimed: claimed))
        #expect(problem.code == .metadataMismatch)
        #expect(problem.detail.hasPrefix("\"\(member)\" "))
    }

    @Test("An install script that follows from the archive but is not claimed")
    func gyp() throws {
        let problem = try Self.refusal(packed: #""x":1"#, claimed: #""x":1"#, files: ["a.gyp": "{}"])
        #expect(problem?.detail.hasPrefix("\"scripts.install\" ") == true)
    }
}
