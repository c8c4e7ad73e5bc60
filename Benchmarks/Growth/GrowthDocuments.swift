import RegistryModel

/// The documents of a release in the shape in which each ecosystem's format stores them.
struct GrowthDocuments {
    let project: GrowthProject
    let version: String
    let dependencies: [Dependency]

    /// The file's name as it is kept.
    var fileName: String {
        let name = project.name
        switch project.ecosystem.rawValue {
        case "pypi": return "\(name.split(separator: "-").joined(separator: "_"))-\(version)-py3-none-any.whl"
        case "cargo": return "\(name)-\(version).crate"
        default: return "\(name.split(separator: "/").last ?? "")-\(version).tgz"
        }
    }

    /// The ecosystem's kind of the file.
    var fileKind: String {
        switch project.ecosystem.rawValue {
        case "pypi": "bdist_wheel"
        case "cargo": "crate"
        default: "tarball"
        }
    }

    /// What the index needs of the file.
    var file: JSONValue {
        project.ecosystem.rawValue == "pypi" ? ["requires_python": ">=3.9", "python_version": "py3"] : .object([])
    }

    /// The document served beside a wheel.
    var metadata: [UInt8]? {
        guard project.ecosystem.rawValue == "pypi" else { return nil }
        let lines =
            ["Metadata-Version: 2.4", "Name: \(project.name)", "Version: \(version)", "Summary: \(project.summary)"]
            + ["License-Expression: MIT", "Requires-Python: >=3.9", "Classifier: Programming Language :: Python :: 3"]
            + dependencies.map { "Requires-Dist: \($0.name)\($0.requirement)" }
        return Array((lines.joined(separator: "\n") + "\n\n# \(project.name)\n").utf8)
    }

    /// What the index needs of the release.
    func release(digest: SHA256Digest) -> JSONValue {
        switch project.ecosystem.rawValue {
        case "pypi": python
        case "cargo": crate(digest)
        default: node
        }
    }

    private var python: JSONValue {
        [
            "summary": .string(project.summary), "author": .string("The \(project.name) authors"),
            "license_expression": "MIT", "requires_python": ">=3.9",
            "keywords": .strings(project.keywords),
            "requires_dist": .strings(dependencies.map { $0.name + $0.requirement }),
            "classifiers": ["Programming Language :: Python :: 3", "Operating System :: OS Independent"],
            "project_urls": [["label": "Source", "url": .string("https://code.example/\(project.name)")]],
        ]
    }

    private func crate(_ digest: SHA256Digest) -> JSONValue {
        let deps = dependencies.map { dependency -> JSONValue in
            [
                "name": .string(dependency.name), "req": .string(dependency.requirement), "features": [],
                "optional": false, "default_features": true, "target": .null, "kind": "normal",
            ]
        }
        return [
            "name": .string(project.name), "vers": .string(version), "deps": .array(deps),
            "cksum": .string(digest.hex), "features": .object([]), "yanked": false, "links": .null, "v": 2,
        ]
    }

    private var node: JSONValue {
        let integrity = String(repeating: "Qx7Z", count: 22)
        return [
            "name": .string(project.name), "version": .string(version), "description": .string(project.summary),
            "main": "index.js", "license": "MIT", "keywords": .strings(project.keywords),
            "scripts": ["test": "node --test"],
            "repository": ["type": "git", "url": .string("git+https://code.example/\(project.name).git")],
            "dependencies": .object(dependencies.map { .init($0.name, .string($0.requirement)) }),
            "engines": ["node": ">=18"], "_id": .string("\(project.name)@\(version)"),
            "dist": [
                "integrity": .string("sha512-\(integrity)"), "shasum": .string(String(integrity.prefix(40))),
                "fileCount": 9, "unpackedSize": 20_480,
                "signatures": [["keyid": "SHA256:growth", "sig": .string(String(integrity.prefix(84)))]],
            ],
        ]
    }
}
