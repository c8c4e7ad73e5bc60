"""Publishes crates from Debian's `librust-*-dev` packages with cargo, then builds a fresh project from Hallmark alone.

Debian's crates lie below usr/share/cargo/registry/NAME-VERSION/. Their manifests are changed in three ways: dependencies
come from Hallmark; dependencies for tests and those that Debian does not package go, with the features that need them;
targets whose files Debian leaves out go. The order of publishing is the order of the dependencies.
"""
import pathlib
import shutil
import subprocess
import sys

import tomlkit
from common import Corpus, progress, say

# Debian packages whose crates, with everything they need, make the large set.
SEEDS = """
    serde-json regex rand clap tokio anyhow chrono itertools rayon crossbeam flate2 toml uuid walkdir tempfile url indexmap
    thiserror num sha2 nom textwrap
""".split()
SMALL = "itoa ryu memchr cfg-if autocfg log either unicode-ident fnv lazy-static scopeguard bitflags".split()
# What the fresh project depends on; the small ones are built, all are resolved and downloaded.
ROOTS = "serde_json regex rand anyhow itertools flate2 toml walkdir url indexmap thiserror sha2 nom textwrap".split()
SMALL_ROOTS = "itoa ryu memchr either log fnv lazy_static".split()
TABLES = ("dependencies", "build-dependencies")


def download(folder):
    """Gets the Debian packages and unpacks their crates."""
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = [f"librust-{name}-dev" for name in (SMALL if corpus.small else SEEDS)]
    if not corpus.small:
        plan = corpus.fetch("apt-get", "install", "--simulate", "--no-install-recommends", *wanted).stdout
        wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst librust-")]
    say(f"downloading {len(wanted)} Debian packages")
    corpus.fetch("apt-get", "download", *wanted, folder=folder)
    for package in sorted(folder.glob("*.deb")):
        corpus.fetch("dpkg-deb", "--extract", package, folder / "root")
        package.unlink()
    (folder / "complete").touch()


class Crate:
    """One crate with its manifest, made fit to be published again."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = tomlkit.parse((folder / "Cargo.toml").read_text())
        self.name = self.manifest["package"]["name"]
        self.version = self.manifest["package"]["version"]

    def sections(self):
        """Every table that can hold dependencies: the manifest itself and its targets."""
        yield self.manifest
        yield from self.manifest.get("target", {}).values()

    def dependencies(self):
        for section in self.sections():
            for table in TABLES:
                for name, value in section.get(table, {}).items():
                    yield section[table], name, value

    def prepare(self, available):
        """Drops what cannot be resolved here.

        A dependency that is neither optional nor for one platform only and is not there makes the crate unfit.
        """
        for section in self.sections():
            section.pop("dev-dependencies", None)
        for table in ("bench", "test", "example", "badges", "profile", "lints"):
            self.manifest.pop(table, None)
        package = self.manifest["package"]
        for field in ("autobenches", "autotests", "autoexamples"):
            package[field] = False
        for field in ("readme", "license-file"):
            if isinstance(package.get(field), str) and not (self.folder / package[field]).is_file():
                package.pop(field)
        if not package.get("license") and not package.get("license-file"):
            package["license"] = "MIT"
        gone = set()
        fit = True
        for table, name, value in list(self.dependencies()):
            details = value if hasattr(value, "items") else {"version": value}
            real = details.get("package", name)
            if any(matches(details.get("version", "*"), version) for version in available.get(real, ())):
                table[name] = tomlkit.inline_table() | {**details, "registry": "hallmark"}
            else:
                fit = fit and (details.get("optional", False) or table not in [self.manifest.get(t) for t in TABLES])
                table.pop(name)
                gone.add(name)
        self.drop_features(gone)
        return fit

    def drop_features(self, gone):
        """Removes what features ask of dependencies that went; a feature that only stood for one stays, empty."""
        features = self.manifest.setdefault("features", tomlkit.table())
        gone = gone - {name for _, name, _ in self.dependencies()}
        for feature, items in list(features.items()):
            features[feature] = [
                item for item in items
                if item.removeprefix("dep:").split("/")[0].rstrip("?") not in gone or item in features
            ]
        for name in sorted(gone):
            features.setdefault(name, [])

    def missing(self, published):
        """Its dependencies on crates that are not published yet: name in the manifest and whether it is optional."""
        return {
            name: bool(hasattr(value, "get") and value.get("optional", False))
            for _, name, value in self.dependencies()
            if (value.get("package", name) if hasattr(value, "get") else name) not in published
        }

    def price(self, names):
        """How much would be lost without these optional dependencies: above all those that are on by default."""
        features = self.manifest.get("features", {})
        default, open_names = set(), ["default"]
        while open_names:
            name = open_names.pop()
            if name not in default:
                default.add(name)
                open_names += [item.removeprefix("dep:").split("/")[0].rstrip("?") for item in features.get(name, ())]
        return len(default & set(names)), len(names)

    def drop(self, names):
        for table, name, _ in list(self.dependencies()):
            if name in names:
                table.pop(name)
        self.drop_features(set(names))

    def write(self, folder):
        shutil.copytree(self.folder, folder, symlinks=False)
        for name in ("Cargo.toml.orig", ".cargo-checksum.json", ".cargo_vcs_info.json", "Cargo.lock", "debian"):
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
        (folder / "Cargo.toml").write_text(tomlkit.dumps(self.manifest))


def matches(requirement, version):
    """Whether `version` satisfies a requirement; enough of cargo's rules for what Debian's crates ask for."""
    own = [int(part) for part in version.split("+")[0].split("-")[0].split(".")]
    for part in str(requirement).replace(" ", "").split(","):
        if part in ("", "*"):
            continue
        operator = next((o for o in (">=", "<=", ">", "<", "=", "~", "^") if part.startswith(o)), "^")
        text = part.removeprefix(operator).split("-")[0].split("+")[0]
        wanted = [int(p) for p in text.split(".") if p.isdigit()]
        padded = wanted + [0] * (3 - len(wanted))
        if operator == ">=" and own < padded or operator == ">" and own <= padded:
            return False
        if operator == "<" and own >= padded or operator == "<=" and own[: len(wanted)] > wanted:
            return False
        if operator in "=~" and (own[: min(len(wanted), 2 if operator == "~" else 3)] != wanted[:2 if operator == "~" else 3]
                                 or own < padded):
            return False
        if operator == "^":
            first = next((index for index, number in enumerate(wanted) if number), len(wanted) - 1)
            if own[: first + 1] != wanted[: first + 1] or own < padded:
                return False
    return True


def usable(folder):
    """The crates below `folder` that can be resolved from each other alone, prepared."""
    paths = sorted(path for path in (folder / "root/usr/share/cargo/registry").iterdir() if path.is_dir())
    while True:
        crates = [Crate(path) for path in paths]
        available = {}
        for crate in crates:
            available.setdefault(crate.name, set()).add(crate.version)
        unfit = {crate.folder for crate in crates if not crate.prepare(available)}
        if not unfit:
            return crates
        for path in sorted(unfit):
            say(f"left out, as Debian does not have all it needs: {path.name}")
        paths = [path for path in paths if path not in unfit]


def ordered(crates):
    """The crates, each after what it depends on.

    Some need each other for features that are off by default; the first of such a circle is published without them.
    """
    result, rest = [], list(crates)
    while rest:
        waiting = {crate.name for crate in rest}
        published = {crate.name for crate in result} - waiting
        ready = [crate for crate in rest if not crate.missing(published | {crate.name})]
        if not ready:
            loose = [crate for crate in rest if all(crate.missing(published | {crate.name}).values())]
            if not loose:
                sys.exit(f"these crates cannot be put into an order: {sorted(waiting)}")
            ready = [min(loose, key=lambda crate: crate.price(crate.missing(published | {crate.name})))]
            ready[0].drop(ready[0].missing(published | {ready[0].name}))
        result += ready
        rest = [crate for crate in rest if crate not in ready]
    return result


def publish(crates):
    say(f"publishing {len(crates)} crates with cargo")
    for index, crate in enumerate(crates):
        folder = corpus.home / "crates" / f"{crate.name}-{crate.version}"
        crate.write(folder)
        corpus.run("cargo", "publish", "--registry", "hallmark", "--no-verify", "--allow-dirty", folder=folder)
        progress(index + 1, len(crates), crate.name)


def build(names):
    say("building a fresh project")
    corpus.run("cargo", "new", "--vcs", "none", "app")
    app = corpus.home / "app"
    for name in names:
        corpus.run("cargo", "add", "--registry", "hallmark", name, folder=app)
    corpus.run("cargo", "build", folder=app)
    lock = (app / "Cargo.lock").read_text()
    count = lock.count('source = "')
    if count != lock.count(f'source = "sparse+{corpus.url}/cargo/"'):
        sys.exit("not everything came from Hallmark")
    return count


corpus = Corpus(__doc__)
try:
    settings = f'[registries.hallmark]\nindex = "sparse+{corpus.url}/cargo/"\ntoken = "{corpus.token}"\n'
    (corpus.home / "cargo").mkdir()
    (corpus.home / "cargo" / "config.toml").write_text(settings)
    folder = corpus.work / ("crates-small" if corpus.small else "crates")
    download(folder)
    if not corpus.fetch_only:
        crates = ordered(usable(folder))
        publish(crates)
        available = {crate.name for crate in crates}
        count = build([name for name in (SMALL_ROOTS if corpus.small else ROOTS) if name in available])
        say(f"cargo: {len(crates)} crates published, {count} built from Hallmark alone")
finally:
    corpus.close()
