import Foundation

/// Small packages, written as their authors would.
extension ClientHome {
    /// Writes a wheel below `dist` and says where.
    ///
    /// Two wheels of one name and version with different values have different bytes; with equal ones, equal bytes.
    package func wheel(
        _ name: String, _ version: String, requires: [String] = [], value: String = "1", fill: Int = 0,
        fault: String? = nil, folder: String = "dist"
    ) async throws -> String {
        var arguments = [
            Checkout.script("make_wheel.py"), folder, name, version, "--value", value, "--fill", "\(fill)",
        ]
        arguments += requires.flatMap { ["--requires", $0] } + (fault.map { ["--fault", $0] } ?? [])
        let output = try await run(.python, arguments).checked().output
        return path(output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Writes a Python project that setuptools builds, and builds its sdist and wheel into `dist`.
    package func buildPythonProject(_ name: String, _ version: String, folder: String) async throws {
        let module = name.lowercased().replacing("-", with: "_").replacing(".", with: "_")
        try write(
            """
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"

            [project]
            name = "\(name)"
            version = "\(version)"
            description = "A small package of the tests"
            readme = "README.md"
            requires-python = ">=3.8"
            license = "MIT"
            keywords = ["lantern", "test"]

            [project.urls]
            Repository = "https://example.org/\(name)"
            """, to: "\(folder)/pyproject.toml")
        try write("# \(name)\n\nSmall, but real.\n", to: "\(folder)/README.md")
        try write("value = \"\(version)\"\n", to: "\(folder)/src/\(module)/__init__.py")
        try await run(.python, ["-m", "build", "--no-isolation", "--outdir", path("dist"), "."], in: folder).checked()
    }

    /// Writes a crate: a library with one function.
    package func crate(
        _ name: String, _ version: String, dependencies: String = "", source: String = "pub fn value() -> u32 { 1 }\n",
        folder: String
    ) throws {
        try write(
            """
            [package]
            name = "\(name)"
            version = "\(version)"
            edition = "2021"
            description = "A small crate of the tests"
            license = "MIT"
            readme = "README.md"
            keywords = ["lantern"]

            [dependencies]
            \(dependencies)
            """, to: "\(folder)/Cargo.toml")
        try write("# \(name)\n", to: "\(folder)/README.md")
        try write(source, to: "\(folder)/src/lib.rs")
    }

    /// Writes the archive of a PHP package with one class, and says where.
    package func composerArchive(
        _ name: String, _ version: String, _ arguments: [String] = [], value: String = "1", file: String = "package.zip"
    ) async throws -> String {
        let words = [Checkout.script("composer_archive.py"), path(file), name, version, "--value", value]
        try await run(.python, words + arguments).checked()
        return path(file)
    }

    /// Writes an npm package with one module.
    package func npmPackage(
        _ name: String, _ version: String, fields: String = "", value: String = "1", folder: String
    ) throws {
        try write(
            """
            {
              "name": "\(name)", "version": "\(version)", "description": "A small package of the tests",
              "license": "MIT", "main": "index.js", "keywords": ["lantern"]\(fields.isEmpty ? "" : ", \(fields)")
            }
            """, to: "\(folder)/package.json")
        try write("module.exports = \"\(value)\";\n", to: "\(folder)/index.js")
        try write("# \(name)\n\nSmall, but real.\n", to: "\(folder)/README.md")
    }
}
