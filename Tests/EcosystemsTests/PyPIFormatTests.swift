import Ecosystems
import Formats
import RegistryModel
import Testing

@Suite("Python packages: names, wheels and source distributions")
struct PyPIFormatTests {
    private let format = PyPIFormat()

    @Test("A name's key is PEP 503's; its confusable form folds separators and look-alikes")
    func names() throws {
        let name = try format.projectName("Tiny.._Pkg-X")
        #expect(name.display == "Tiny.._Pkg-X")
        #expect(name.key == "tiny-pkg-x")
        let lookalikes = ["pillow-io", "pi11ow.i0", "PILL0W-10", "p-i-l-l-o-w-i-o"]
        #expect(Set(try lookalikes.map { try format.projectName($0).confusable }).count == 1)
        #expect(try format.projectName("pillow-ix").confusable != format.projectName("pillow-io").confusable)
        #expect(format.lookupKey("JSON") == "json")
        #expect(format.lookupKey("a/b") == nil)
    }

    @Test(
        "Names that nobody may have", arguments: ["os", "JSON", "sys", "importlib", "py_compile", "requirements.txt"])
    func reserved(name: String) {
        #expect(throws: Problem.self) { try format.projectName(name) }
        #expect((try? format.projectName(name)) == nil)
        #expect(code { try format.projectName(name) } == .nameReserved)
    }

    @Test(
        "What is no name",
        arguments: ["", "-a", "a-", ".", "a b", "ä", "a/b", "a\n", "a\u{0}", String(repeating: "a", count: 129)])
    func invalidNames(name: String) {
        #expect(code { try format.projectName(name) } == .nameInvalid)
    }

    @Test("Versions are shown normalised and keyed without trailing zeros")
    func versions() throws {
        #expect(try format.version("1.0.0-RC.1") == ReleaseVersion(display: "1.0.0rc1", key: "1rc1"))
        #expect(code { try format.version("latest") } == .versionInvalid)
    }

    @Test("A wheel tells everything the index needs")
    func wheel() throws {
        var package = PyPITestPackage()
        package.fields += [
            "Keywords: one,two", "License-Expression: MIT", "Requires-Python: >=3.8",
            "Requires-Dist: Foo_Bar[x]>=1", "Requires-Dist: colour; extra == 'Pretty'",
            "Requires-Dist: Foo_Bar [x] (>=1)", "Provides-Extra: pretty",
            "Author-email: Ann <a@example.org>, b@example.org",
            "Project-URL: Home Page, https://example.org", "Project-URL: Source Code, https://example.org/source",
            "Project-URL: Docs, https://example.org/docs", "Description-Content-Type: text/markdown; charset=UTF-8",
        ]
        package.files.append(("startup.pth", "import tiny_pkg_x\n"))
        let manifest = try package.inspect()
        #expect(manifest.name.display == "Tiny.Pkg_X")
        #expect(manifest.version.key == "1")
        #expect(manifest.summary == "A tiny package")
        #expect(manifest.readme == Readme(mediaType: "text/markdown", text: "# Tiny\n"))
        #expect(manifest.license == "MIT")
        #expect(manifest.homepage == "https://example.org")
        #expect(manifest.repository == "https://example.org/source")
        #expect(manifest.documentation == "https://example.org/docs")
        #expect(manifest.keywords == ["one", "two"])
        #expect(manifest.authors == ["Ann", "b@example.org"])
        #expect(manifest.dependencies.map(\.nameKey) == ["foo-bar", "colour"])
        #expect(manifest.dependencies.map(\.kind) == ["runtime", "extra:pretty"])
        #expect(manifest.dependencies.map(\.isOptional) == [false, true])
        #expect(manifest.dependencies.first?.requirement == "[x]>=1")
        #expect(manifest.installHooks == ["startup.pth"])
        #expect(manifest.fileKind == "bdist_wheel")
        #expect(manifest.fileName == "tiny_pkg_x-1.0-py3-none-any.whl")
        #expect(manifest.fileMetadata == Array(package.metadata.utf8))
        #expect(manifest.fileDocument["requires_python"] == ">=3.8")
        #expect(manifest.fileDocument["python_version"] == "py3")
        #expect(manifest.document["project_urls"]?.arrayValue?.count == 3)
        #expect(manifest.document["description"] == nil)
        #expect(manifest.warnings.isEmpty)
    }

    @Test("A source distribution's metadata is served only where it is final")
    func source() throws {
        var package = PyPITestPackage()
        package.files.append(("setup.py", "import setuptools\n"))
        let modern = try package.inspect(.source)
        #expect(modern.fileKind == "sdist")
        #expect(modern.fileMetadata == Array(package.metadata.utf8))
        #expect(modern.fileDocument["python_version"] == "source")
        #expect(modern.installHooks == ["setup.py"])
        package.metadataVersion = "2.1"
        #expect(try package.inspect(.source).fileMetadata == nil)
        package.metadataVersion = "2.2"
        package.fields.append("Dynamic: Requires-Dist")
        #expect(try package.inspect(.source).fileMetadata == nil)
    }

    @Test(
        "File names of old tools are accepted and kept",
        arguments: [
            "Tiny.Pkg_X-1.0.tar.gz", "tiny-pkg-x-1.0.tar.gz", "Tiny_Pkg.X-1.0.0.tar.gz", "tiny_pkg_x-v1.tar.gz",
        ])
    func oldSourceNames(name: String) throws {
        var package = PyPITestPackage()
        package.fileName = name
        #expect(try package.inspect(.source).fileName == name)
    }

    @Test("Wheel names of old tools, with build tags, epochs and local versions are accepted and kept")
    func oldWheelNames() throws {
        for name in ["Tiny.Pkg_X-1.0-py3-none-any.whl", "tiny_pkg_x-1.0.0-2_local-py3-none-any.whl"] {
            var package = PyPITestPackage()
            package.fileName = name
            #expect(try package.inspect().fileName == name)
        }
        for version in ["1.0+ubuntu.1", "1!2.0", "1.0.post1.dev2"] {
            var package = PyPITestPackage()
            package.version = version
            #expect(try package.inspect().version.display == version)
            #expect(try package.inspect(.source).version.display == version)
        }
    }

    @Test(
        "File names that are refused",
        arguments: [
            "tiny_pkg_x-1.0.zip", "tiny_pkg_x-1.0.tar.bz2", "tiny_pkg_x-1.0-py3.7.egg", "tiny_pkg_x-1.0.exe", "x",
            ".whl",
            "other-1.0-py3-none-any.whl", "tiny_pkg_x-1.1-py3-none-any.whl", "tiny_pkg_x-1.0-none-any.whl",
            "tiny_pkg_x-1.0-a-b-c-d-e.whl", "tiny_pkg_x-1.0-build-py3-none-any.whl", "tiny_pkg_x-1.0-py3--any.whl",
            "tiny_pkg_x-1.0-py3-none-a..b.whl", "tiny_pkg_x-1.0.tar.gz/../x.whl", "tiny_pkg_x-1.0.tar.gz\u{0}",
            "tiny pkg-1.0.tar.gz", "tiny_pkg_x-1.1.tar.gz", "tiny_pkg_x.tar.gz", "tïny-1.0.tar.gz",
            "tiny_pkg_x-1.0" + String(repeating: ".0", count: 150) + ".tar.gz",
        ])
    func refusedFileNames(name: String) throws {
        var package = PyPITestPackage()
        package.fileName = name
        let kind: PyPI.FileKind = name.hasSuffix(".whl") ? .wheel : .source
        #expect(try package.refusal(kind)?.code == .fileNameInvalid)
    }

    private func code(_ body: () throws -> some Any) -> Problem.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Problem)?.code
        }
    }
}
