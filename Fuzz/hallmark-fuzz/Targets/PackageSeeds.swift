/// Manifests that the formats accept.
enum PackageSeeds {
    static let metadata = """
        Metadata-Version: 2.4
        Name: tiny-pkg
        Version: 1.0
        Summary: A tiny package
        Keywords: a,b
        Author: A
        Author-email: "A" <a@example.org>
        License-Expression: MIT
        Classifier: Programming Language :: Python
        Project-URL: Home, https://example.org
        Requires-Python: >=3.8
        Requires-Dist: other[x]>=1.0; extra == 'y'
        Provides-Extra: y
        Description-Content-Type: text/markdown

        # Tiny

        <b>bold</b>

        """
    static let composer = """
        {"name":"tiny/pkg","description":"A tiny package","type":"library","license":["MIT","GPL-2.0-only"],
        "version":"v1.0-RC1","keywords":["a"],"homepage":"https://example.org","readme":"README.md",
        "authors":[{"name":"A","email":"a@example.org"}],"abandoned":"tiny/other","support":{"source":"https://example.org"},
        "bin":["t"],"require":{"php":">=7.4","ext-json":"*","tiny/core":"^1.0 || ~2.3@beta"},
        "require-dev":{"tiny/test":"1.0 - 2.0"},"replace":{"tiny/old":"self.version"},"conflict":{"a/b":"<1.x-dev"},
        "autoload":{"psr-4":{"Tiny\\\\":"src/"},"files":["f.php"]},"extra":{"x":{"y":1.5}},"config":{"sort-packages":true}}
        """
    static let cargo = """
        [package]
        edition = "2021"
        name = "tiny-pkg"
        version = "1.0.0"
        authors = ["A <a@example.org>"]
        build = "build.rs"
        description = "A tiny package"
        homepage = "https://example.org"
        readme = "README.md"
        keywords = ["a"]
        license = "MIT"
        links = "z"
        rust-version = "1.70"
        [lib]
        proc-macro = true
        [dependencies.other]
        version = "^1.2"
        features = ["x"]
        optional = true
        default-features = false
        package = "another"
        registry-index = "sparse+https://index.example.org/"
        [target.'cfg(any(unix, target_os = "macos"))'.dependencies.third]
        version = "1"
        [features]
        default = ["dep:other", "x/y", "z?/w"]
        """
    static let npm = """
        {"name":"tiny-pkg","version":"1.0.0","description":"A tiny package","license":"MIT","keywords":["a"],
        "homepage":"https://example.org","repository":{"type":"git","url":"git+https://github.com/a/b.git"},
        "author":"A <a@example.org> (https://example.org)","contributors":[{"name":"B"}],"bin":{"t":"./bin/t.js"},"man":"man/t.1",
        "directories":{"bin":"bin"},"scripts":{"install":"node x","test":"y"},"dependencies":{"other":"^1.0.0","al":"npm:x@1"},
        "optionalDependencies":{"opt":"*"},"peerDependencies":{"peer":">=1"},"peerDependenciesMeta":{"peer":{"optional":true}},
        "bundleDependencies":["other","more"],"engines":{"node":">=18"},"os":["!win32"],"cpu":"x64","files":["a"],"bugs":"x@y.z"}
        """
    static let swift = """
        // swift-tools-version: 5.9
        import PackageDescription
        let package = Package(
            name: "Tiny", products: [.library(name: "Tiny", targets: ["Tiny"])],
            dependencies: [
                .package(id: "mona.Node", from: "1.0.0"), .package(url: "https://example.org/a/b.git", "1.0.0"..<"2.0.0"),
                /* .package(id: "no.no", exact: "1.0.0") */ .package(name: "x", url: "\\(base)/x", .branch("main")),
            ], targets: [.target(name: "Tiny")])

        """
    /// An archive with several manifests, as `ZipBuilder` reads its description.
    static let swiftManifests: [UInt8] = [
        (
            "tiny/Package.swift",
            "// swift-tools-version: 5.9\nimport PackageDescription\nlet package = Package(name: \"T\")\n"
        ),
        ("tiny/Package@swift-6.swift", "// swift-tools-version:6.0\n"),
        ("tiny/Package@swift-5.10.1.swift", "// swift-tools-version:5.10.1\n"),
        ("tiny/Sources/T/T.swift", "let t = 1\n"),
    ].flatMap { Array($0.0.utf8) + [0] + Array($0.1.utf8) + [0, 0] }

    static let swiftMetadata = """
        {"author":{"name":"A","email":"a@example.org","organization":{"name":"B","url":"https://example.org"}},
        "description":"A tiny package","licenseURL":"https://example.org/l","readmeURL":"https://example.org/r",
        "originalPublicationTime":"2025-01-31T00:00:00.5Z","repositoryURLs":["git@github.com:a/b.git","https://e.org/c"]}
        """
}
