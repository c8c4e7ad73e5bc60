import Foundation
import RegistryModel
import Testing
import Versioning

/// The order vectors of the advisories collection, where they lie beside the checkout.
@Suite("Semantic version vectors", .enabled(if: SemVerVectors.lines != nil))
struct SemVerVectorTests {
    @Test("Every line holds")
    func lines() throws {
        let scheme = SemVerScheme()
        var checked = 0
        for line in SemVerVectors.lines ?? [] {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3 else { continue }
            // The vectors come from a lenient reader, which takes a leading v.
            let versions = [words[0], words[2]].map { $0.hasPrefix("v") ? String($0.dropFirst()) : $0 }
            guard versions.allSatisfy({ SemVer($0) != nil }) else { continue }
            let expected = try #require(["<": -1, "=": 0, ">": 1][words[1]], "\(line)")
            #expect(scheme.compare(versions[0], versions[1]).signum() == expected, "\(line)")
            checked += 1
        }
        #expect(checked > 20)
    }
}

enum SemVerVectors {
    static let lines: [Substring]? = {
        let path = "../shared/vectors/advisories/version-order/semver-versions.txt"
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        return text.map { $0.split(separator: "\n") }
    }()
}

/// The `semver` module that npm itself ships, where node and npm are installed.
@Suite("npm's semver as oracle", .enabled(if: SemVerOracle.isAvailable))
struct SemVerOracleTests {
    @Test("Validity, canonical form and order agree")
    func agreement() throws {
        let texts = SemVerSamples.random(count: 150, seed: 5)
        let scheme = SemVerScheme()
        let answers = try #require(try SemVerOracle.ask(texts))
        let forms = try #require(answers["forms"]?.arrayValue)
        var valid: [String] = []
        for (text, form) in zip(texts, forms) {
            #expect(scheme.canonical(text) == form.stringValue, "\(text)")
            if form.stringValue != nil { valid.append(text) }
        }
        #expect(valid.count > 50)
        let orders = try #require(answers["orders"]?.arrayValue)
        for (index, order) in orders.enumerated() {
            let (left, right) = (valid[index / valid.count], valid[index % valid.count])
            #expect(Int64(scheme.compare(left, right).signum()) == order.integerValue, "\(left) \(right)")
        }
    }
}

enum SemVerOracle {
    private static let script = """
        const fs = require('fs'), path = require('path');
        let semver;
        for (const dir of process.env.PATH.split(':')) {
            try {
                const npm = fs.realpathSync(path.join(dir, 'npm'));
                semver = require(path.join(path.dirname(npm), '..', 'node_modules', 'semver'));
                break;
            } catch {}
        }
        semver ??= require('/usr/share/nodejs/semver');
        const texts = JSON.parse(fs.readFileSync(0, 'utf8'));
        const forms = texts.map(text => semver.valid(text));
        const valid = texts.filter(text => semver.valid(text) !== null);
        const orders = valid.flatMap(left => valid.map(right => semver.compare(left, right)));
        console.log(JSON.stringify({forms, orders}));
        """

    static let isAvailable = (try? ask(["1.0.0"])) != nil

    static func ask(_ texts: [String]) throws -> JSONValue? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["node", "-e", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(JSONValue.strings(texts).bytes()))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return try JSONValue.parse(Array(answer))
    }
}
