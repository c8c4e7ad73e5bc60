"""What must hold whenever a server is up again."""
import base64
import hashlib
import json
import re
import urllib.parse

from . import maven, wire
from .ledger import Violation


class Checker:
    """Compares what a node shows with what the ledger knows."""

    def __init__(self, ledger, totals):
        self.ledger, self.totals = ledger, totals

    def check(self, port):
        """Looks at every project. Throws Violation at the first that is not as it must be."""
        reader = wire.Reader(port)
        visible = set()
        try:
            for project, attempts in sorted(self.ledger.by_project().items()):
                if self.project(reader, project, attempts):
                    visible.add(project)
            self.whole_list(reader, visible)
            self.bundles()
        finally:
            reader.close()
        self.totals.checks["full checks"] += 1

    def bundles(self):
        """What was sent in one bundle is all there, or none of it."""
        for attempt in list(self.ledger.attempts.values()):
            if not attempt.package.bundle or not attempt.package.leads:
                continue
            together = self.ledger.all_with(attempt)
            there = {one.acknowledged or one.fate == "complete" for one in together}
            if len(there) > 1:
                raise Violation(f"a bundle is there in part: {[(str(one.package), one.fate) for one in together]}")

    def project(self, reader, project, attempts):
        """Checks one project. Returns whether it is visible."""
        listed = self.index(reader, project, attempts)
        known = {file: attempt for attempt in attempts for file in attempt.package.files}
        for file in listed:
            if file not in known:
                raise Violation(f"{project} lists {file}, which nobody published")
        for attempt in attempts:
            self.attempt(reader, attempt, {file: listed.get(file) for file in attempt.package.files})
        self.other_views(reader, project, known, listed)
        return bool(listed)

    def attempt(self, reader, attempt, listings):
        """Checks one release: complete where it is listed, absent everywhere where it is not."""
        package = attempt.package
        missing = [file for file, listing in listings.items() if listing is None]
        if len(missing) == len(listings):
            return self.absent(reader, attempt)
        if missing and not may_lack(attempt, missing):
            raise Violation(f"{package} is listed without {missing}")
        attempt.lacking = missing
        if not attempt.acknowledged and attempt.fate != "complete":
            self.ledger.journal.note("complete", package=package, before=attempt.fate)
            attempt.fate = "complete"
        for file, listing in listings.items():
            if listing is None:
                continue
            path, expected = listing
            self.download(reader, package, path, expected, package.files[file])

    def absent(self, reader, attempt):
        """Checks that nothing can be had of a release that is in no index, and that it may be in none."""
        package = attempt.package
        if attempt.acknowledged:
            raise Violation(f"{package}, acknowledged to {attempt.by}, is not in its index")
        if attempt.fate == "complete":
            raise Violation(f"{package} was complete after one restart and is gone after another")
        attempt.fate = "absent"
        for file in package.files:
            status, _ = reader.get(download_path(package, file))
            if status != 404:
                raise Violation(f"{package} is in no index, but the download of {file} answers {status}")

    def download(self, reader, package, path, expected, content):
        """Compares a file with what was published and with what the index says of it."""
        status, body = reader.get(path)
        self.totals.checks["downloads"] += 1
        if status != 200:
            raise Violation(f"{package} is listed, but {path} answers {status}")
        if body != content:
            raise Violation(
                f"{package}: {path} gives {len(body)} bytes with sha256 {hashlib.sha256(body).hexdigest()}, "
                f"published were {len(content)} with {hashlib.sha256(content).hexdigest()}")
        for name, value in expected.items():
            if digest(name, body) != value:
                raise Violation(f"{package}: the index says {name} {value}, the file has {digest(name, body)}")

    def index(self, reader, project, attempts):
        """What the client's own index lists: path and digests by file name."""
        ecosystem, name = project
        path = index_path(ecosystem, name)
        status, body = reader.get(path, "application/vnd.pypi.simple.v1+json" if ecosystem == "pypi" else "*/*")
        self.totals.checks["indexes"] += 1
        if status == 404:
            return {}
        if status != 200:
            raise Violation(f"{path} answers {status}: {body[:300]!r}")
        if ecosystem == "maven":
            return self.versions(reader, name, body, attempts)
        read = {
            "pypi": self.simple, "npm": self.packument, "cargo": self.lines, "composer": self.p2, "swift": self.releases}
        return read[ecosystem](reader, name, body)

    def simple(self, reader, name, body):
        page = json.loads(body)
        found = {}
        for file in page["files"]:
            path = urllib.parse.urlsplit(file["url"]).path
            found[file["filename"]] = path, {"sha256": file["hashes"]["sha256"], "size": file["size"]}
            status, metadata = reader.get(path + ".metadata")
            if status != 200 or hashlib.sha256(metadata).hexdigest() != file["core-metadata"]["sha256"]:
                raise Violation(f"{path}.metadata answers {status}, or other bytes than the index says")
        return found

    def packument(self, reader, name, body):
        document = json.loads(body)
        if document["versions"] and document["dist-tags"].get("latest") not in document["versions"]:
            raise Violation(f"npm:{name}: the tag latest names {document['dist-tags'].get('latest')}")
        found = {}
        for version in document["versions"].values():
            path = urllib.parse.urlsplit(version["dist"]["tarball"]).path
            found[path.rsplit("/", 1)[1]] = path, {
                "integrity": version["dist"]["integrity"], "sha1": version["dist"]["shasum"]}
        return found

    def lines(self, reader, name, body):
        found = {}
        for line in body.decode().splitlines():
            entry = json.loads(line)
            path = f"/cargo/api/v1/crates/{entry['name']}/{entry['vers']}/download"
            found[f"{entry['name']}-{entry['vers']}.crate"] = path, {"sha256": entry["cksum"]}
        return found

    def p2(self, reader, name, body):
        """Composer's list, in which each version has only what differs from the one before."""
        found, entry = {}, {}
        for change in json.loads(body)["packages"][name]:
            entry = {key: value for key, value in (entry | change).items() if value != "__unset"}
            path = urllib.parse.urlsplit(entry["dist"]["url"]).path
            found[f"{name.replace('/', '-')}-{entry['version']}.zip"] = path, {
                "sha1": entry["dist"]["shasum"], "sha256": entry["dist"]["reference"]}
        return found

    def releases(self, reader, name, body):
        """SwiftPM's list, and the description of each release, which has the digest."""
        found = {}
        for version in json.loads(body)["releases"]:
            path = f"/swift/{name.replace('.', '/')}/{version}"
            status, description = reader.get(path)
            if status != 200:
                raise Violation(f"{path} is listed, and answers {status}")
            [resource] = json.loads(description)["resources"]
            found[f"{name}-{version}.zip"] = f"{path}.zip", {"sha256": resource["checksum"]}
        return found

    def versions(self, reader, name, body, attempts):
        """Maven's list of versions; what files they have is known to their publishers only."""
        found = {}
        known = {attempt.package.version: attempt for attempt in attempts}
        for version in re.findall("<version>([^<]*)</version>", body.decode()):
            if version not in known:
                found[f"{name} {version}"] = "", {}
                continue
            attempt = known[version]
            package = attempt.package
            for file in package.files:
                path = maven.path(package, file)
                if may_lack(attempt, [file]) and reader.get(path)[0] == 404:
                    continue
                found[file] = path, {algorithm: self.beside(reader, path, algorithm) for algorithm in ("sha1", "sha256")}
        return found

    def beside(self, reader, path, algorithm):
        status, body = reader.get(f"{path}.{algorithm}")
        if status != 200:
            raise Violation(f"{path} is published, but its {algorithm} answers {status}")
        return body.decode()

    def other_views(self, reader, project, known, listed):
        """The API and the project's page must show what the index lists, and nothing else."""
        ecosystem, name = project
        status, body = reader.get(f"/api/v1/projects/{ecosystem}/{urllib.parse.quote(name, safe='')}")
        page_status, page = reader.get(f"/p/{ecosystem}/{name}")
        if not listed:
            if status != 404 or page_status != 404:
                raise Violation(f"{project} has no files, but the API answers {status} and its page {page_status}")
            return
        if status != 200 or page_status != 200:
            raise Violation(f"{project} has files, but the API answers {status} and its page {page_status}")
        shown = {file["name"]: file for release in json.loads(body)["releases"] for file in release["files"]}
        if set(shown) != set(listed):
            raise Violation(f"{project}: the API shows {sorted(shown)}, the index {sorted(listed)}")
        for file, details in shown.items():
            content = known[file].package.files[file]
            if details["sha256"] != hashlib.sha256(content).hexdigest() or details["size"] != len(content):
                raise Violation(f"{project}: the API has other digests or sizes for {file}: {details}")
        latest = json.loads(body)["latest"]
        if latest.encode() not in page:
            raise Violation(f"{project}: the page does not show {latest}")

    def whole_list(self, reader, visible):
        """The list of all Python projects is exactly those that are visible."""
        status, body = reader.get("/pypi/simple/", "application/vnd.pypi.simple.v1+json")
        if status != 200:
            raise Violation(f"/pypi/simple/ answers {status}")
        names = {entry["name"] for entry in json.loads(body)["projects"]}
        wanted = {name for ecosystem, name in visible if ecosystem == "pypi"}
        if names != wanted:
            raise Violation(f"/pypi/simple/ has {names - wanted} too many and lacks {wanted - names}")

    def search(self, port, names):
        """Each of these projects is found by its name."""
        reader = wire.Reader(port)
        for ecosystem, name in names:
            status, body = reader.get(f"/api/v1/search?q={urllib.parse.quote(name)}")
            hits = [(hit["ecosystem"], hit["name"]) for hit in json.loads(body)["hits"]] if status == 200 else []
            if (ecosystem, name) not in hits:
                raise Violation(f"{ecosystem}:{name} is not found by its name: {status} {hits}")
            self.totals.checks["searches"] += 1
        reader.close()


def may_lack(attempt, files):
    """Whether a release may be visible without these of its files.

    A deployment of single files that nobody goes on with is published after a minute, once its JAR and its POM are there:
    that is a release, and the registry cannot know that more was to come. Who sent it was never told that it is published.
    """
    package = attempt.package
    if package.ecosystem != "maven" or package.bundle or attempt.acknowledged:
        return False
    return not set(files) & maven.needed(package)


def digest(name, body):
    if name == "size":
        return len(body)
    if name == "integrity":
        return "sha512-" + base64.b64encode(hashlib.sha512(body).digest()).decode()
    return hashlib.new(name, body).hexdigest()


def cargo_path(name):
    return f"{len(name)}/{name}" if len(name) < 3 else (
        f"3/{name[0]}/{name}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}/{name}")


def index_path(ecosystem, name):
    """Where a client looks what there is of a project."""
    if ecosystem == "maven":
        return maven.metadata_path(name)
    return {
        "pypi": f"/pypi/simple/{name}/", "npm": f"/npm/{name}", "cargo": f"/cargo/{cargo_path(name)}",
        "composer": f"/composer/p2/{name}.json", "swift": f"/swift/{name.replace('.', '/')}"}[ecosystem]


def download_path(package, file):
    """Where a file would be that no index lists."""
    if package.ecosystem == "maven":
        return maven.path(package, file)
    return {
        "pypi": f"/pypi/files/{package.name}/{package.version}/{file}",
        "cargo": f"/cargo/api/v1/crates/{package.name}/{package.version}/download",
        "npm": f"/npm/{package.name}/-/{file}",
        "composer": f"/composer/dist/{package.name}/{package.version}-{package.sha256}.zip",
        "swift": f"/swift/{package.name.replace('.', '/')}/{package.version}.zip"}[package.ecosystem]
