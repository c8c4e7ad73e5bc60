"""Small real packages and the requests with which their clients publish them."""
import base64
import dataclasses
import hashlib
import io
import json
import struct
import tarfile
import zipfile

from . import maven

ECOSYSTEMS = ("pypi", "cargo", "npm", "composer", "swift", "maven")
#: How the projects of those ecosystems begin that want a vendor, a scope or a group.
SPACES = {"composer": "kill/", "swift": "kill.", "maven": f"{maven.GROUP}:"}


@dataclasses.dataclass
class Package:
    """What is published as one release: its place in the registry and its bytes."""

    ecosystem: str
    name: str
    version: str
    data: bytes = b""
    #: Files beside the one that `data` is, by name.
    others: dict = dataclasses.field(default_factory=dict)
    #: All releases of the portal's bundle in which this one is sent; the first of them stands for the bundle.
    bundle: list = dataclasses.field(default_factory=list, repr=False)

    @property
    def file(self):
        """The name of its file, of several the largest, as the registry knows it."""
        name = self.name.replace("-", "_") if self.ecosystem == "pypi" else self.name.replace("/", "-")
        ending = {
            "pypi": "-py3-none-any.whl", "cargo": ".crate", "npm": ".tgz", "composer": ".zip", "swift": ".zip",
            "maven": ".jar"}[self.ecosystem]
        return f"{name.split(':')[-1]}-{self.version}{ending}"

    @property
    def files(self):
        """The bytes of all its files by their names."""
        return {self.file: self.data} | self.others

    @property
    def leads(self):
        """Whether this is what is sent: a package alone, or the first of a bundle."""
        return not self.bundle or self.bundle[0] is self

    @property
    def together(self):
        """All that is published with it, or not at all."""
        return self.bundle or [self]

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()

    @property
    def project(self):
        return self.ecosystem, self.name

    def __str__(self):
        return f"{self.ecosystem}:{self.name}@{self.version}"

    def requests(self, token):
        """The publish as its client sends it: method, path, header fields and body of each request; the last one decides."""
        if self.bundle:
            return [maven.bundle_request(self.bundle, basic(token))]
        if self.ecosystem == "maven":
            return maven.deploy_requests(self, basic(token))
        make = {
            "pypi": wheel_request, "cargo": crate_request, "npm": tarball_request, "composer": composer_request,
            "swift": swift_request}
        return [make[self.ecosystem](self, token)]


def make(ecosystem, name, version, noise):
    """A package of that name; `noise` makes its bytes different from any other's, and as long as wanted."""
    package = Package(ecosystem, SPACES.get(ecosystem, "") + name, version)
    if ecosystem == "maven":
        package.data, package.others = maven.files(package, noise)
    else:
        package.data = {
            "pypi": wheel, "cargo": crate, "npm": tarball, "composer": composer_archive, "swift": swift_archive,
        }[ecosystem](package, noise)
    return package


def basic(token):
    return "Basic " + base64.b64encode(f"__token__:{token}".encode()).decode()


def wheel(package, noise):
    module = package.name.replace("-", "_")
    info = f"{module}-{package.version}.dist-info"
    entries = [
        (f"{module}.py", f"value = {package.version!r}\n".encode()),
        (f"{module}_noise.bin", noise),
        (f"{info}/METADATA", wheel_metadata(package)),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: kill-harness\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    record = ""
    for name, content in entries:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    entries.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6)), content)
    return buffer.getvalue()


def wheel_metadata(package):
    return (
        f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {package.version}\nSummary: A package of the kill harness\n"
        "License: MIT\nRequires-Python: >=3.8\n\nSmall, but real.\n"
    ).encode()


def wheel_request(package, token):
    fields = {
        ":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": package.name,
        "version": package.version, "summary": "A package of the kill harness", "filetype": "bdist_wheel",
        "pyversion": "py3", "requires_python": ">=3.8", "license": "MIT", "sha256_digest": package.sha256,
    }
    body = b"".join(
        f'--kill-harness\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items())
    body += (
        f'--kill-harness\r\nContent-Disposition: form-data; name="content"; filename="{package.file}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + package.data + b"\r\n--kill-harness--\r\n"
    return "POST", "/pypi/legacy/", {
        "Authorization": basic(token), "Content-Type": "multipart/form-data; boundary=kill-harness"}, body


def tar(entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.GNU_FORMAT, compresslevel=1) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def crate_manifest(package):
    return (
        f'[package]\nname = "{package.name}"\nversion = "{package.version}"\nedition = "2021"\n'
        'description = "A package of the kill harness"\nlicense = "MIT"\n'
    )


def crate(package, noise):
    folder = f"{package.name}-{package.version}"
    return tar({
        f"{folder}/Cargo.toml": (crate_manifest(package) + '\n[lib]\npath = "src/lib.rs"\n').encode(),
        f"{folder}/src/lib.rs": b"pub fn value() -> u32 { 1 }\n", f"{folder}/noise.bin": noise})


def crate_request(package, token):
    claim = json.dumps({
        "name": package.name, "vers": package.version, "deps": [], "features": {}, "authors": [],
        "description": "A package of the kill harness", "documentation": None, "homepage": None, "readme": None,
        "readme_file": None, "keywords": [], "categories": [], "license": "MIT", "license_file": None,
        "repository": None, "badges": {}, "links": None, "rust_version": None}).encode()
    frame = struct.pack("<I", len(claim)) + claim + struct.pack("<I", len(package.data)) + package.data
    return "PUT", "/cargo/api/v1/crates/new", {"Authorization": token}, frame


def tarball_manifest(package):
    return {"name": package.name, "version": package.version, "main": "index.js"}


def tarball(package, noise):
    return tar({
        "package/package.json": json.dumps(tarball_manifest(package)).encode(),
        "package/index.js": b"module.exports = 1;\n", "package/noise.bin": noise})


def tarball_request(package, token):
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(package.data).digest()).decode()
    version = {
        **tarball_manifest(package), "_id": f"{package.name}@{package.version}",
        "dist": {
            "integrity": integrity, "shasum": hashlib.sha1(package.data).hexdigest(),
            "tarball": "http://example.org/ignored.tgz"}}
    document = {
        "_id": package.name, "name": package.name, "dist-tags": {"latest": package.version}, "access": None,
        "versions": {package.version: version},
        "_attachments": {package.file: {
            "content_type": "application/octet-stream", "data": base64.b64encode(package.data).decode(),
            "length": len(package.data)}}}
    return "PUT", f"/npm/{package.name}", {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json"}, json.dumps(document).encode()


def composer_archive(package, noise):
    manifest = {
        "name": package.name, "description": "A package of the kill harness", "license": "MIT", "version": package.version,
        "autoload": {"psr-4": {"Kill\\": "src/"}}}
    return maven.pack({
        "composer.json": json.dumps(manifest).encode(), "src/Lamp.php": b"<?php\nnamespace Kill;\nclass Lamp {}\n",
        "noise.bin": noise})


def composer_request(package, token):
    return "PUT", "/composer", {"Authorization": basic(token), "Content-Type": "application/zip"}, package.data


def swift_archive(package, noise):
    name = package.name.split(".")[1]
    manifest = (
        "// swift-tools-version: 5.9\nimport PackageDescription\n"
        f'let package = Package(name: "{name}", targets: [.target(name: "Lamp")])\n')
    return maven.pack({
        f"{name}/Package.swift": manifest.encode(), f"{name}/Sources/Lamp/Lamp.swift": b"public let value = 1\n",
        f"{name}/noise.bin": noise})


def swift_request(package, token):
    scope, name = package.name.split(".")
    body = maven.form([
        ('name="source-archive"', "application/zip", package.data),
        ('name="metadata"', "application/json", b'{"description": "A package of the kill harness"}')])
    return "PUT", f"/swift/{scope}/{name}/{package.version}", {
        "Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={maven.BOUNDARY}"}, body
