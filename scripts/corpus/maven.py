"""Publishes artifacts of Debian's `maven-repo` with their parents, then resolves them with mvn from Hallmark.

What Debian's packages put below /usr/share/maven-repo is taken as it is: an artifact, its parents, and what it needs at run
time, as far as all of it is there and its description agrees with its path. Half is sent file by file, as `mvn deploy` does, half
as one bundle to the publisher portal. Then mvn resolves a project that depends on many of them; every one of its files has
to come from Hallmark.
"""
import base64
import hashlib
import http.client
import io
import json
import pathlib
import re
import sys
import urllib.parse
import uuid
import xml.etree.ElementTree as xml
import zipfile

from common import Corpus, progress, say

REPOSITORY = pathlib.Path("/usr/share/maven-repo")
SETTINGS = """<settings><localRepository>{home}/m2</localRepository>
<mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file://{repository}</url></mirror></mirrors></settings>"""
PROJECT = """<project><modelVersion>4.0.0</modelVersion><groupId>org.hallmark.corpus</groupId><artifactId>app</artifactId>
<version>1</version><packaging>pom</packaging><repositories><repository><id>hallmark</id><url>{url}/maven/releases</url>
</repository></repositories><dependencies>{dependencies}</dependencies></project>"""
DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


class Artifact:
    """One version of one artifact as it lies in Debian's repository."""

    def __init__(self, path):
        root = xml.parse(path).getroot()
        self.tags = re.match(r"\{[^}]*\}|", root.tag).group()
        self.path = path
        self.folder = path.parent
        self.version = self.folder.name
        self.name = self.folder.parent.name
        self.group = ".".join(self.folder.parent.parent.relative_to(REPOSITORY).parts)
        parent = root.find(f"{self.tags}parent")
        self.parent = tuple(self.text(parent, part) for part in ("groupId", "artifactId", "version")) if parent is not None else None
        inherited = self.parent or (None, None, None)
        self.stated = (
            self.text(root, "groupId") or inherited[0], self.text(root, "artifactId"),
            self.text(root, "version") or inherited[2])
        self.packaging = self.text(root, "packaging") or "jar"
        self.relocated = root.find(f"{self.tags}distributionManagement/{self.tags}relocation") is not None
        self.needs = [
            tuple(self.text(node, part) for part in ("groupId", "artifactId", "version"))
            for node in root.findall(f"{self.tags}dependencies/{self.tags}dependency")
            if self.text(node, "scope") in (None, "compile", "runtime") and self.text(node, "optional") != "true"
        ]

    def text(self, node, name):
        found = node.find(self.tags + name)
        return found.text.strip() if found is not None and found.text else None

    @property
    def id(self):
        return self.group, self.name, self.version

    @property
    def files(self):
        stem = f"{self.name}-{self.version}"
        return [path for path in (self.path, self.folder / f"{stem}.jar") if path.is_file()]

    @property
    def has_twins(self):
        """Whether a jar has two entries of one name, of which different readers take different ones: Hallmark refuses it."""
        for path in self.files[1:]:
            with zipfile.ZipFile(path) as jar:
                names = jar.namelist()
            if len(set(names)) < len(names):
                return True
        return False

    @property
    def is_fit(self):
        # A version called debian stands for whichever one the distribution has.
        return (
            self.stated == self.id and self.version != "debian" and not self.version.endswith("-SNAPSHOT")
            and self.packaging in ("jar", "pom", "bundle")
            and (self.packaging == "pom" or len(self.files) == 2) and not self.relocated
            and not self.has_twins)

    def layout(self):
        """The files with their digests, by their paths in a repository."""
        for path in self.files:
            content = path.read_bytes()
            place = str(path.relative_to(REPOSITORY))
            yield place, content
            for name in ("sha1", "md5"):
                yield f"{place}.{name}", hashlib.new(name, content).hexdigest().encode()


def choose(count):
    """Artifacts with their parents and what they need, all of which is there."""
    known = {}
    for path in sorted(REPOSITORY.rglob("*.pom")):
        try:
            artifact = Artifact(path)
        except (xml.ParseError, OSError):
            continue
        if artifact.is_fit:
            known[artifact.id] = artifact
    chosen, roots = {}, []

    def close(artifact, found, depth=0):
        if artifact.id in chosen or artifact.id in found:
            return True
        found[artifact.id] = artifact
        wanted = ([artifact.parent] if artifact.parent else []) + artifact.needs
        return depth < 20 and all(need in known and close(known[need], found, depth + 1) for need in wanted)

    for artifact in known.values():
        found = {}
        if len(chosen) < count and close(artifact, found):
            chosen.update(found)
            if artifact.packaging != "pom":
                roots.append(artifact)
    return list(chosen.values()), roots


class Registry:
    """Speaks to the registry as Maven's clients do."""

    def __init__(self, url, token):
        self.address = urllib.parse.urlsplit(url)
        self.credential = base64.b64encode(f"__token__:{token}".encode()).decode()

    def call(self, method, path, body=b"", headers=None):
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self.address.netloc, timeout=300)
        connection.request(method, path, body, {"Authorization": f"Basic {self.credential}", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.reason, text

    def deploy(self, artifact):
        folder = f"{artifact.group.replace('.', '/')}/{artifact.name}"
        for place, content in [*artifact.layout(), (f"{folder}/maven-metadata.xml", b"<metadata/>")]:
            status, reason, _ = self.call("PUT", f"/maven/releases/{urllib.parse.quote(place)}", content)
            if status >= 300:
                sys.exit(f"{place}: {status} {reason}")

    def upload(self, artifacts):
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
            for artifact in artifacts:
                for place, content in artifact.layout():
                    archive.writestr(place, content)
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="corpus.zip"\r\n\r\n'
        body = head.encode() + bundle.getvalue() + f"\r\n--{boundary}--\r\n".encode()
        portal, bearer = "/maven/api/v1/publisher", {"Authorization": f"Bearer {self.credential}"}
        form = {**bearer, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        status, reason, key = self.call("POST", f"{portal}/upload?name=corpus&publishingType=AUTOMATIC", body, form)
        if status != 201:
            sys.exit(f"upload: {status} {reason}")
        state = json.loads(self.call("POST", f"{portal}/status?id={key}", headers=bearer)[2])
        if state["deploymentState"] != "PUBLISHED":
            sys.exit(f"upload: {json.dumps(state['errors'], indent=1)}")


def resolve(roots):
    """Resolves a project that depends on the roots, and counts what came from Hallmark."""
    app = corpus.home / "app"
    app.mkdir()
    newest = {(root.group, root.name): root for root in roots}
    dependencies = "".join(DEPENDENCY.format(*root.id) for root in newest.values())
    (app / "pom.xml").write_text(PROJECT.format(url=corpus.url, dependencies=dependencies))
    settings = corpus.home / "settings.xml"
    settings.write_text(SETTINGS.format(home=corpus.home, repository=REPOSITORY))
    environment = {**corpus.environment, "MAVEN_OPTS": f"-Duser.home={corpus.home}"}
    corpus.run(
        "mvn", "--batch-mode", "--no-transfer-progress", "--settings", settings, "dependency:resolve", folder=app,
        environment=environment)
    for root in newest.values():
        folder = corpus.home / "m2" / root.group.replace(".", "/") / root.name / root.version
        if f"{root.name}-{root.version}.jar>hallmark=" not in (folder / "_remote.repositories").read_text():
            sys.exit(f"{':'.join(root.id)} was resolved from elsewhere")
    return len(newest)


def main():
    artifacts, roots = choose(12 if corpus.small else 100)
    if not artifacts:
        sys.exit(f"{REPOSITORY} has no artifacts; install packages such as libmaven-deploy-plugin-java")
    if corpus.fetch_only:
        return
    registry = Registry(corpus.url, corpus.token)
    say(f"publishing {len(artifacts)} artifacts")
    half = len(artifacts) // 2
    for index, artifact in enumerate(artifacts[:half]):
        progress(index, half, artifact.name)
        registry.deploy(artifact)
    registry.upload(artifacts[half:])
    count = resolve(roots)
    say(f"maven: {len(artifacts)} artifacts published, {count} resolved from Hallmark alone")


corpus = Corpus(__doc__.splitlines()[0])
try:
    main()
finally:
    corpus.close()
