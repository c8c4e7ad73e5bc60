"""Writes one package for each ecosystem in which every field that takes free text breaks out of markup.

usage: hostile_packages.py FOLDER

Makes FOLDER/pypi, FOLDER/cargo, FOLDER/npm, FOLDER/composer, FOLDER/swift and FOLDER/maven: the bodies with which their clients would publish them. Each text holds
`<hm-canary`, which must never reach a page as an element; addresses run a script, or end the attribute that they are in.
"""
import base64
import hashlib
import io
import json
import os
import struct
import sys
import tarfile
import zipfile
from xml.sax.saxutils import escape

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
CANARY = "\"'><hm-canary onload=alert(1)>&lt;{{frame}}</title></script>\u2028"
SCRIPT = "javascript:alert(1)//<hm-canary>"
ADDRESS = "https://example.org/\"'><hm-canary>"
README = f"""# {CANARY}

{CANARY} <script>alert(1)</script> <hm-canary> [x]({SCRIPT}) [y](<{ADDRESS}> "{CANARY}") ![z]({SCRIPT}) <{SCRIPT}>

```"><hm-canary>
{CANARY}
```

| {CANARY.replace("|", "")} | b |
|---|---|
| <hm-canary> | `<hm-canary>` |

[r]: {SCRIPT} "<hm-canary>"
[r] www.example.org/"><hm-canary> &#60;hm-canary&#62;
"""


def tarball(entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def pypi():
    info = "hostile-1.0.dist-info"
    metadata = f"""Metadata-Version: 2.1
Name: hostile
Version: 1.0
Summary: {CANARY}
Keywords: {CANARY},b
Home-page: {SCRIPT}
Download-URL: {SCRIPT}
Author: {CANARY}
Author-email: {CANARY} <a@example.org>
Maintainer: {CANARY}
Maintainer-email: {CANARY}
License: {CANARY}
Classifier: License :: {CANARY}
Platform: {CANARY}
Requires-Python: >=3.8,<4
Requires-Dist: other>=1; os_name == '"><hm-canary>'
Requires-Dist: third; extra == '<hm-canary>'
Provides-Extra: x
Project-URL: {CANARY.replace(",", "")}, {SCRIPT}
Project-URL: Homepage, {ADDRESS}
Project-URL: Source, data:text/html,<hm-canary>
Project-URL: Documentation, {ADDRESS}
Dynamic: {CANARY}
Description-Content-Type: text/markdown

{README}"""
    entries = {
        "hostile.py": b"", "\"><hm-canary>.pth": b"",
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: <hm-canary>\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, content in entries.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        quoted = '"' + name.replace('"', '""') + '"'
        record += f"{quoted},sha256={digest},{len(content)}\n"
    entries[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    fields = {
        ":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": "hostile", "version": "1.0",
        "summary": CANARY, "filetype": "bdist_wheel", "comment": CANARY,
    }
    form = b""
    for key, value in fields.items():
        form += f'--form-boundary\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
    return (
        form + b'--form-boundary\r\nContent-Disposition: form-data; name="content"; '
        b'filename="hostile-1.0-py3-none-any.whl"\r\n\r\n' + wheel.getvalue() + b"\r\n--form-boundary--\r\n")


def cargo():
    def quoted(text):
        return json.dumps(text)

    manifest = f"""[package]
name = "hostile"
version = "1.0.0"
authors = [{quoted(CANARY)}]
description = {quoted(CANARY)}
homepage = {quoted(ADDRESS)}
documentation = {quoted(SCRIPT)}
repository = {quoted(SCRIPT)}
keywords = [{quoted(CANARY)}]
categories = [{quoted(CANARY)}]
license = {quoted(CANARY)}
license-file = {quoted(CANARY)}
links = {quoted(CANARY)}
readme = "README.md"
build = {quoted(CANARY)}
[features]
'"><hm-canary>' = ['<hm-canary>']
[target.'cfg(x = "<hm-canary>")'.dependencies]
other = "1"
"""
    crate = tarball({"hostile-1.0.0/Cargo.toml": manifest.encode(), "hostile-1.0.0/README.md": README.encode()})
    dependency = {
        "name": "other", "version_req": "^1", "features": [], "optional": False, "default_features": True,
        "target": 'cfg(x = "<hm-canary>")', "kind": "normal", "registry": "https://github.com/rust-lang/crates.io-index",
    }
    claim = {
        "name": "hostile", "vers": "1.0.0", "deps": [dependency], "features": {'"><hm-canary>': ["<hm-canary>"]},
        "description": CANARY, "links": CANARY, "readme": README, "license": CANARY, "badges": {CANARY: {}},
    }
    text = json.dumps(claim).encode()
    return struct.pack("<I", len(text)) + text + struct.pack("<I", len(crate)) + crate


def npm():
    manifest = {
        "name": "hostile", "version": "1.0.0", "description": CANARY, "keywords": [CANARY], "license": CANARY,
        "homepage": ADDRESS, "bugs": {"url": SCRIPT, "email": CANARY}, "author": {"name": CANARY, "email": CANARY, "url": SCRIPT},
        "contributors": [{"name": CANARY, "url": SCRIPT}], "repository": {"type": CANARY, "url": SCRIPT, "directory": CANARY},
        "funding": SCRIPT, "main": CANARY, "bin": {"hostile": CANARY}, "scripts": {"install": CANARY, CANARY: CANARY},
        "dependencies": {"other": CANARY, CANARY: "1"}, "peerDependencies": {"<hm-canary>": "<hm-canary>"},
        "engines": {CANARY: CANARY}, "os": [CANARY], "cpu": [CANARY], CANARY: {CANARY: CANARY}, "config": CANARY,
    }
    packed = tarball({
        "package/package.json": json.dumps(manifest).encode(), "package/README.md": README.encode(),
        "package/\"><hm-canary>.js": b"",
    })
    version = {
        **manifest, "_id": "hostile@1.0.0", "readme": README,
        "dist": {
            "integrity": "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode(),
            "shasum": hashlib.sha1(packed).hexdigest(), "tarball": SCRIPT,
        },
    }
    document = {
        "_id": "hostile", "name": "hostile", "dist-tags": {"latest": "1.0.0"}, "access": None, "readme": README,
        "description": CANARY, "versions": {"1.0.0": version},
        "_attachments": {
            "hostile-1.0.0.tgz": {
                "content_type": CANARY, "data": base64.b64encode(packed).decode(), "length": len(packed),
            }
        },
    }
    return json.dumps(document).encode()


def composer():
    manifest = {
        "name": "hostile/hostile", "version": "1.0.0", "description": CANARY, "keywords": [CANARY], "license": [CANARY],
        "homepage": ADDRESS, "authors": [{"name": CANARY, "email": CANARY, "homepage": SCRIPT, "role": CANARY}],
        "support": {"source": ADDRESS, "docs": ADDRESS, "issues": SCRIPT, "chat": CANARY}, "readme": CANARY,
        "funding": [{"type": CANARY, "url": SCRIPT}], "suggest": {CANARY: CANARY}, "require": {"other/one": "*"},
        "autoload": {"psr-4": {CANARY: CANARY}}, "bin": [CANARY], "extra": {CANARY: {CANARY: CANARY}}, CANARY: CANARY,
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("composer.json", json.dumps(manifest))
        archive.writestr("README.md", README)
        archive.writestr("\"><hm-canary>.php", "<?php\n")
    return package.getvalue()


def swift():
    manifest = f"""// swift-tools-version: 5.9
import PackageDescription
let package = Package(
    name: "hostile", products: [.library(name: {json.dumps(CANARY)}, targets: ["Library"])],
    dependencies: [.package(url: {json.dumps(ADDRESS)}, from: "1.0.0"), .package(id: "other.<hm-canary>", from: "1.0.0")],
    targets: [.target(name: "Library")])
"""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("team.hostile/Package.swift", manifest)
        package.writestr("team.hostile/Sources/Library/Library.swift", "public func value() -> Int { 1 }\n")
        package.writestr("team.hostile/README.md", README)
        package.writestr("team.hostile/\"><hm-canary>.swift", "")
    metadata = {
        "author": {"name": CANARY, "email": "a@example.org", "description": CANARY, "url": ADDRESS,
                   "organization": {"name": CANARY, "email": "b@example.org", "description": CANARY, "url": ADDRESS}},
        "description": CANARY, "licenseURL": ADDRESS, "readmeURL": ADDRESS, "repositoryURLs": [ADDRESS],
        "originalPublicationTime": "2026-01-01T00:00:00Z",
    }

    def part(name, media_type, content):
        head = f'--form-boundary\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
        return head.encode() + content + b"\r\n"

    return (
        part("source-archive", "application/zip", archive.getvalue())
        + part("metadata", "application/json", json.dumps(metadata).encode()) + b"--form-boundary--\r\n")


def maven():
    text, script, address = escape(CANARY), escape(SCRIPT), escape(ADDRESS)
    pom = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>team</groupId><artifactId>hostile</artifactId><version>1.0.0</version><packaging>pom</packaging>
<name>{text}</name><description>{text}</description><url>{script}</url><inceptionYear>{text}</inceptionYear>
<organization><name>{text}</name><url>{script}</url></organization>
<licenses><license><name>{text}</name><url>{script}</url><comments>{text}</comments></license></licenses>
<developers><developer><id>{text}</id><name>{text}</name><email>{text}</email><url>{script}</url></developer></developers>
<scm><connection>{text}</connection><url>{address}</url><tag>{text}</tag></scm>
<issueManagement><system>{text}</system><url>{script}</url></issueManagement>
<dependencies><dependency><groupId>other</groupId><artifactId>one</artifactId><version>[1,{text})</version><type>{text}</type>
<classifier>{text}</classifier><scope>compile</scope></dependency></dependencies>
<properties><x>{text}</x></properties></project>
""".encode()
    path = "team/hostile/1.0.0/hostile-1.0.0.pom"
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(path, pom)
        for name in ("md5", "sha1"):
            archive.writestr(f"{path}.{name}", hashlib.new(name, pom).hexdigest())
    return (
        b'--form-boundary\r\nContent-Disposition: form-data; name="bundle"; filename="bundle.zip"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + bundle.getvalue() + b"\r\n--form-boundary--\r\n")


makers = {"pypi": pypi, "cargo": cargo, "npm": npm, "composer": composer, "swift": swift, "maven": maven}
for name, make in makers.items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(make())
