"""What must hold whenever a server is up again."""
import base64
import hashlib
import json
import urllib.parse

from . import wire
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
        finally:
            reader.close()
        self.totals.checks["full checks"] += 1

    def project(self, reader, project, attempts):
        """Checks one project. Returns whether it is visible."""
        listed = self.index(reader, project)
        known = {attempt.package.file: attempt for attempt in attempts}
        for file in listed:
            if file not in known:
                raise Violation(f"{project} lists {file}, which nobody published")
        for file, attempt in known.items():
            self.attempt(reader, attempt, listed.get(file))
        self.other_views(reader, project, known, listed)
        return bool(listed)

    def attempt(self, reader, attempt, listing):
        """Checks one file: complete where it is listed, absent everywhere where it is not."""
        package = attempt.package
        if listing is None:
            if attempt.acknowledged:
                raise Violation(f"{package}, acknowledged to {attempt.by}, is not in its index")
            if attempt.fate == "complete":
                raise Violation(f"{package} was complete after one restart and is gone after another")
            attempt.fate = "absent"
            status, _ = reader.get(download_path(package))
            if status != 404:
                raise Violation(f"{package} is in no index, but its download answers {status}")
            return
        if not attempt.acknowledged and attempt.fate != "complete":
            self.ledger.journal.note("complete", package=package, before=attempt.fate)
            attempt.fate = "complete"
        path, expected = listing
        status, body = reader.get(path)
        self.totals.checks["downloads"] += 1
        if status != 200:
            raise Violation(f"{package} is listed, but {path} answers {status}")
        if body != package.data:
            raise Violation(
                f"{package}: {path} gives {len(body)} bytes with sha256 {hashlib.sha256(body).hexdigest()}, "
                f"published were {len(package.data)} with {package.sha256}")
        for name, value in expected.items():
            if digest(name, body) != value:
                raise Violation(f"{package}: the index says {name} {value}, the file has {digest(name, body)}")

    def index(self, reader, project):
        """What the client's own index lists: path and digests by file name."""
        ecosystem, name = project
        path = {"pypi": f"/pypi/simple/{name}/", "npm": f"/npm/{name}", "cargo": f"/cargo/{cargo_path(name)}"}[ecosystem]
        status, body = reader.get(path, "application/vnd.pypi.simple.v1+json" if ecosystem == "pypi" else "*/*")
        self.totals.checks["indexes"] += 1
        if status == 404:
            return {}
        if status != 200:
            raise Violation(f"{path} answers {status}: {body[:300]!r}")
        return {"pypi": self.simple, "npm": self.packument, "cargo": self.lines}[ecosystem](reader, name, body)

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

    def other_views(self, reader, project, known, listed):
        """The API and the project's page must show what the index lists, and nothing else."""
        ecosystem, name = project
        status, body = reader.get(f"/api/v1/projects/{ecosystem}/{name}")
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
            if details["sha256"] != known[file].package.sha256 or details["size"] != len(known[file].package.data):
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


def digest(name, body):
    if name == "size":
        return len(body)
    if name == "integrity":
        return "sha512-" + base64.b64encode(hashlib.sha512(body).digest()).decode()
    return hashlib.new(name, body).hexdigest()


def cargo_path(name):
    return f"{len(name)}/{name}" if len(name) < 3 else (
        f"3/{name[0]}/{name}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}/{name}")


def download_path(package):
    return {
        "pypi": f"/pypi/files/{package.name}/{package.version}/{package.file}",
        "cargo": f"/cargo/api/v1/crates/{package.name}/{package.version}/download",
        "npm": f"/npm/{package.name}/-/{package.file}"}[package.ecosystem]
