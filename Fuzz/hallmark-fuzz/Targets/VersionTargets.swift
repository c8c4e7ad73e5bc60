import Ecosystems
import Formats
import Versioning

private let versionSeeds = [
    "1.0", "1!2.0.post3.dev4+local.7-x", "v1.0-RC.1", " 1.0 ", "1.2.3", "1.2.3-alpha.1+build.5", "0.0.0-0", "1.0.dev0",
    "20260102030405000000000001", "1.0a", "1.0-1", "1.0_post.1", "1.0.0-x.y.z.92+aa", "\u{0661}.0",
]
private let versionWords = "a b c rc alpha beta pre preview post rev r dev + ! - . _ v 0 00 1 + ~"

/// Versions, ranges and requirements.
func versionTargets() -> [FuzzTarget] {
    schemeTargets() + requirementTargets()
}

private func schemeTargets() -> [FuzzTarget] {
    [
        .text("pep440", seeds: versionSeeds, words: versionWords) { text in
            guard let version = PEP440Version(text) else { return "none" }
            for spelling in [version.normalized, version.canonical] {
                guard let again = PEP440Version(spelling) else {
                    throw FuzzFailure("'\(spelling)' is not read again")
                }
                try require(again == version, "'\(spelling)' is another version than '\(text)'")
                try require(again.hashValue == version.hashValue, "equal versions have different hashes")
                try require(spelling.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "'\(spelling)' is not plain ASCII")
            }
            try require(PEP440Version(version.canonical)?.canonical == version.canonical, "canonical is not stable")
            return "version \(version.isPrerelease) \(version.isLocal) \(version.releaseSegments)"
        },
        .text("semver", seeds: versionSeeds, words: versionWords) { text in
            guard let version = SemVer(text) else { return "none" }
            try require(version.description == text, "'\(version)' is not the text '\(text)'")
            try require(SemVer(version.withoutBuild)?.precedence(over: version) == 0, "build metadata counts")
            return "version \(version.isPrerelease)"
        },
        .text("composer-version", seeds: versionSeeds + ["1.x-dev", "dev-main", "2026.01-patch3"], words: versionWords)
        { text in
            guard let version = ComposerVersion(text) else { return "none" }
            // Not the same one: of dates Composer drops what tells them from numbers.
            try require(ComposerVersion(version.normalized) != nil, "'\(version.normalized)' is not read again")
            return "version \(version.stability) \(version.isBranch)"
        },
        .text(
            "composer-constraint", maximumBytes: 600,
            seeds: ["^1.2 || ~2.0@beta", "1.0 - 2.0", ">=1 <2,!=1.5", "1.*", "dev-main#abc as 1.0"],
            words: "^ ~ >= < != - || | , * x @dev @RC dev- -dev as # 1.0 v ."
        ) { text in
            guard let constraint = ComposerConstraint(text) else { return "none" }
            let held = ["1.0.0", "2.1.3-RC1", "dev-main", "0.3"].compactMap { ComposerVersion($0) }
                .map { constraint.contains($0) }
            return "constraint \(held)"
        },
        .text("version-order", seeds: ["1.0\n1.0.0\n1.0a1", "1.0.0-a\n1.0.0-1\n1.0.0"], words: versionWords) { text in
            let parts = text.split(separator: "\n").prefix(3).map(String.init)
            guard parts.count == 3 else { return "few" }
            for scheme in [PEP440Scheme(), SemVerScheme()] as [any VersionScheme] {
                for left in parts {
                    for right in parts {
                        let order = scheme.compare(left, right)
                        try require(order == -scheme.compare(right, left), "no order of '\(left)' and '\(right)'")
                        for third in parts where order <= 0 && scheme.compare(right, third) <= 0 {
                            try require(
                                scheme.compare(left, third) <= 0, "'\(left)' <= '\(right)' <= '\(third)' is no order")
                        }
                    }
                }
            }
            return "ordered"
        },
    ]
}

private func requirementTargets() -> [FuzzTarget] {
    [
        .text(
            "npm-range",
            seeds: [
                "^1.2.0 || >=3 <4", "1.2 - 3.4", "~> 1", "*", "x.x.x", ">=1.0.0-a.1 <2", "", "=v1.2.3", "< 0.0.0-0",
            ],
            words: "^ ~ ~> >= <= > < = || - x X * v 1.2.3 1.2 -alpha.1 +b 9007199254740991 0"
        ) { text in
            guard let range = NPMRange(text) else { return "none" }
            let versions = ["0.0.0", "1.2.3", "1.2.3-alpha.1", "9007199254740991.0.0"].compactMap { SemVer($0) }
            return "range " + versions.map { range.contains($0) ? "1" : "0" }.joined()
        },
        .text(
            "python-requirement", maximumBytes: 9000,
            seeds: [
                "name[a,b]>=1.0,<2; python_version < '3.9' and (extra == 'x' or os_name != \"nt\")",
                "name @ https://example.org/a.zip#sha256=0 ; extra == 'y'", "a(>=1)", "a===1.0+x",
                "a ~= 1.4.5, != 1.5.*",
            ],
            words: "and or not in ( ) [ ] ; , @ == === ~= != <= >= python_version extra '3' \"x\" .* os_name"
        ) { text in
            guard let read = PythonRequirement(text) else { return "none" }
            guard let again = PythonRequirement(read.name + read.requirement) else {
                throw FuzzFailure("'\(read.name + read.requirement)' is not read again")
            }
            try require(again == read, "'\(again.requirement)' is not '\(read.requirement)'")
            return "requirement \(read.extras.count) \(read.url == nil) \(read.marker?.extras.count ?? -1)"
        },
        .text(
            "python-specifiers", maximumBytes: 9000, seeds: [">=3.8", "==1.*", "~=1.4,!=1.5.*", "===x"],
            words: ">= <= == != ~= === < > .* , 1.0 rc1"
        ) { text in
            guard let read = PythonSpecifiers(text) else { return "none" }
            try require(PythonSpecifiers(read.text) == read, "'\(read.text)' is read as something else")
            return "specifiers"
        },
    ]
}
