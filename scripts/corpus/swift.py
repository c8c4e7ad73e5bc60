"""Publishes the packages that Hallmark itself is built from, with SwiftPM, then builds a program whose graph comes from
Hallmark alone.

They lie in .build/checkouts as their authors wrote them, with dependencies named by the addresses of repositories. Each is
published with its repository's address, and the program is built with `--replace-scm-with-registry`: SwiftPM then asks
Hallmark for the package of every repository. Hallmark answers only for scopes that are verified or assigned, so that the
scopes have to be assigned to the token's user before:

    hallmark admin namespace assign swift apple --owner USER

--url is the https address. SwiftPM trusts it where the machine does; with --authority the script makes SwiftPM see another
file of authorities, which takes root.
"""
import json
import pathlib
import shutil
import sys

from common import ROOT, Corpus, progress, say

CHECKOUTS = ROOT / ".build" / "checkouts"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# What the program uses: the product of each package.
ROOTS = {
    "swift-log": "Logging", "swift-collections": "OrderedCollections", "swift-argument-parser": "ArgumentParser",
    "swift-nio": "NIOCore",
}
SMALL = {"swift-log": "Logging"}
PROGRAM = """
import ArgumentParser
import Logging
import NIOCore
import OrderedCollections

struct Lantern: ParsableCommand {
    @Option var oil = 2

    func run() throws {
        let words: OrderedSet = ["a", "lantern", "a"]
        var buffer = ByteBufferAllocator().buffer(capacity: 16)
        buffer.writeInteger(UInt32(words.count + oil))
        var logger = Logger(label: "lantern")
        logger.logLevel = .error
        print("answer", buffer.readInteger(as: UInt32.self) ?? 0)
    }
}

Lantern.main()
"""
SMALL_PROGRAM = 'import Logging\nprint("answer", Logger(label: "lantern").label.count - 3)\n'


def packages():
    """Every package that this checkout was built from: identity, repository, version, folder."""
    state = json.loads((ROOT / ".build" / "workspace-state.json").read_text())
    found = {}
    for dependency in state["object"]["dependencies"]:
        reference = dependency["packageRef"]
        version = dependency["state"].get("checkoutState", {}).get("version")
        folder = CHECKOUTS / dependency["subpath"]
        if version and folder.is_dir() and reference["kind"] == "remoteSourceControl":
            found[reference["identity"]] = (reference["location"], version, folder)
    return found


def identity(repository):
    """The identity for a repository: its owner and name, with what an identity cannot have as hyphens."""
    owner, name = repository.removesuffix("/").removesuffix(".git").split("/")[-2:]
    return f"{owner}.{name.replace('.', '-')}"


def closure(known, roots):
    """The packages that the manifests of some name, with those that these name."""
    needed, rest = [], list(roots)
    while rest:
        name = rest.pop(0)
        if name in needed or name not in known:
            continue
        needed.append(name)
        text = "".join(path.read_text() for path in known[name][2].glob("Package*.swift"))
        rest += [other for other, (repository, _, _) in known.items() if repository.removesuffix(".git") in text]
    return {name: known[name] for name in needed}


def swift(*words, folder=None, check=True):
    """Runs SwiftPM with folders of its own, before an authority of its own where one is given."""
    first = [word for word in words[:2] if not word.startswith("-")]
    options = [
        "--config-path", corpus.home / "config", "--security-path", corpus.home / "security", "--cache-path",
        corpus.home / "cache", "--netrc-file", corpus.home / "netrc",
    ]
    command = ["swift", *first, *options, *words[len(first):]]
    if corpus.authority:
        script = f'mount --bind "$0" {AUTHORITIES} && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, corpus.home / "authorities.pem", *command]
    return corpus.run(*command, folder=folder, check=check)


def publish(known):
    say(f"publishing {len(known)} packages with SwiftPM")
    for index, (name, (repository, version, checkout)) in enumerate(sorted(known.items())):
        folder = corpus.home / "packages" / name
        shutil.copytree(checkout, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", ".build"))
        for path in folder.rglob("*"):
            # SwiftPM makes its checkouts read-only.
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o200)
        (folder / "package-metadata.json").write_text(json.dumps({"repositoryURLs": [repository]}))
        swift("package-registry", "publish", identity(repository), version, "--url", corpus.url, folder=folder)
        progress(index + 1, len(known), name)


def build(known, roots, program):
    say("building a program whose whole graph comes from Hallmark")
    app = corpus.home / "app"
    (app / "Sources" / "App").mkdir(parents=True)
    uses = [(*known[name][:2], product) for name, product in roots.items()]
    dependencies = ", ".join(f'.package(url: "{repository}", exact: "{version}")' for repository, version, _ in uses)
    products = ", ".join(
        f'.product(name: "{product}", package: "{repository.split("/")[-1].removesuffix(".git")}")'
        for repository, _, product in uses)
    (app / "Package.swift").write_text(
        f'// swift-tools-version: 5.9\nimport PackageDescription\nlet package = Package(name: "App", '
        f'platforms: [.macOS(.v14)], dependencies: [{dependencies}], '
        f'targets: [.executableTarget(name: "App", dependencies: [{products}])])\n')
    (app / "Sources" / "App" / "main.swift").write_text(program)
    checks = ["--resolver-fingerprint-checking", "strict", "--resolver-signing-entity-checking", "strict"]
    printed = swift("run", "--replace-scm-with-registry", *checks, "App", folder=app).stdout
    if "answer 4" not in printed:
        sys.exit(f"the program does not say what it should:\n{printed}")
    pins = json.loads((app / "Package.resolved").read_text())["pins"]
    foreign = [pin["identity"] for pin in pins if pin["kind"] != "registry"]
    if foreign or not pins:
        sys.exit(f"not everything came from Hallmark: {foreign}")
    return len(pins)


corpus = Corpus(__doc__)
try:
    if not corpus.fetch_only:
        corpus.url = f"{corpus.url}/swift"
        (corpus.home / "netrc").touch()
        if corpus.authority:
            both = pathlib.Path(AUTHORITIES).read_bytes() + pathlib.Path(corpus.authority).read_bytes()
            (corpus.home / "authorities.pem").write_bytes(both)
        swift("package-registry", "set", "--global", corpus.url)
        swift("package-registry", "login", corpus.url, "--token", corpus.token, "--no-confirm")
        roots = SMALL if corpus.small else ROOTS
        known = closure(packages(), roots) if corpus.small else packages()
        publish(known)
        count = build(known, roots, SMALL_PROGRAM if corpus.small else PROGRAM)
        say(f"swift: {len(known)} packages published, {count} built from Hallmark alone")
finally:
    corpus.close()
