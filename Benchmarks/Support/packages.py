"""Writes packages and the requests that publish them, for the benchmarks; the same packages every time.

usage: packages.py FOLDER KIND NAME --projects N --releases N [--fill BYTES] [--files]

KIND is wheel, crate, npm, composer, swift or maven (as a bundle of the publisher portal). NAME is the project's name, or with more than one project the beginning of their names.
--fill adds a file of that many bytes that do not compress. Releases come in rounds: every project's first, then every
project's second.

Writes FOLDER/NAME.batch, where each request body follows its length in four bytes, most significant first;
FOLDER/NAME.json, which says what is in it; and with --files the wheels themselves too, in FOLDER/NAME/.
"""
import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import random
import struct
import tarfile
import zipfile

BOUNDARY = "benchmark-form-boundary"
README = "A package that the benchmarks publish. " * 8


def noise(seed, length):
    """Bytes that do not compress and are the same every time."""
    return random.Random(seed).randbytes(length)


def wheel(project, version, fill):
    """A wheel and its core metadata."""
    module = project.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    fields = {
        "Metadata-Version": "2.1", "Name": project, "Version": version, "Summary": "A package of the benchmarks",
        "License": "MIT", "Requires-Python": ">=3.8",
    }
    metadata = "".join(f"{key}: {value}\n" for key, value in fields.items()) + f"\n{README}\n"
    entries = [
        (f"{module}.py", f"version = {version!r}\n".encode()),
        (f"{info}/METADATA", metadata.encode()),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: benchmarks\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    if fill:
        entries.insert(1, (f"{module}_data.bin", noise(f"{project}-{version}", fill)))
    record = ""
    for name, content in entries:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    entries.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    return f"{module}-{version}-py3-none-any.whl", packed(dict(entries)), fields


def wheel_form(file, content, fields):
    """The form that twine sends with a wheel."""
    values = {
        ":action": "file_upload", "protocol_version": "1", "metadata_version": fields["Metadata-Version"],
        "name": fields["Name"], "version": fields["Version"], "summary": fields["Summary"],
        "filetype": "bdist_wheel", "pyversion": "py3", "requires_python": fields["Requires-Python"],
        "md5_digest": hashlib.md5(content).hexdigest(), "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    form = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in values.items()
    ]
    form.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{file}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode())
    return b"".join(form)


def tarball(entries):
    """A tar file, compressed, without the time at which it was made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), 6, mtime=0)


def crate_frame(name, version, fill):
    """The body with which cargo publishes a crate."""
    folder = f"{name}-{version}"
    manifest = (
        f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'
        'description = "A crate of the benchmarks"\nlicense = "MIT"\n\n[lib]\npath = "src/lib.rs"\n')
    entries = {f"{folder}/Cargo.toml": manifest.encode(), f"{folder}/src/lib.rs": b"pub fn value() -> u32 { 1 }\n"}
    if fill:
        entries[f"{folder}/data.bin"] = noise(folder, fill)
    crate = tarball(entries)
    claim = json.dumps({
        "name": name, "vers": version, "deps": [], "features": {}, "authors": [],
        "description": "A crate of the benchmarks", "documentation": None, "homepage": None, "readme": None,
        "readme_file": None, "keywords": [], "categories": [], "license": "MIT", "license_file": None,
        "repository": None, "badges": {}, "links": None, "rust_version": None,
    }).encode()
    return struct.pack("<I", len(claim)) + claim + struct.pack("<I", len(crate)) + crate


def npm_document(name, version, fill):
    """The document with which npm publishes a version; its long list of exports makes the packument large."""
    exports = {
        f"./part-{index}": {"import": f"./lib/part-{index}.mjs", "require": f"./lib/part-{index}.cjs"}
        for index in range(90)
    }
    manifest = {
        "name": name, "version": version, "description": "A package of the benchmarks", "license": "MIT",
        "main": "index.js", "exports": exports,
    }
    entries = {"package/package.json": json.dumps(manifest).encode(), "package/index.js": b"module.exports = 1;\n"}
    if fill:
        entries["package/data.bin"] = noise(f"{name}-{version}", fill)
    content = tarball(entries)
    document = {
        "_id": name, "name": name, "dist-tags": {"latest": version}, "access": None,
        "versions": {version: {
            **manifest, "_id": f"{name}@{version}",
            "dist": {
                "integrity": "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode(),
                "shasum": hashlib.sha1(content).hexdigest(), "tarball": "http://example.org/ignored.tgz",
            },
        }},
        "_attachments": {f"{name}-{version}.tgz": {
            "content_type": "application/octet-stream", "data": base64.b64encode(content).decode(),
            "length": len(content),
        }},
    }
    return json.dumps(document).encode()


def packed(entries):
    """A zip file, compressed, without the time at which it was made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def composer_archive(name, version, fill):
    """The archive of a PHP package, which is the whole body."""
    manifest = {
        "name": f"bench/{name}", "description": "A package of the benchmarks", "license": "MIT", "version": version,
        "type": "library", "keywords": ["benchmarks"], "homepage": f"https://example.org/{name}",
        "require": {"php": ">=8.1", "psr/log": f"^1.0 || ^{version}"},
        "require-dev": {"phpunit/phpunit": f"^{version}"}, "autoload": {"psr-4": {"Bench\\": "src/"}},
    }
    entries = {"composer.json": json.dumps(manifest).encode(), "src/Lamp.php": b"<?php\nnamespace Bench;\nclass Lamp {}\n"}
    if fill:
        entries["data.bin"] = noise(f"{name}-{version}", fill)
    return packed(entries)


def form(parts):
    """A form of parts, each with its header fields."""
    body = b"".join(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return body + f"--{BOUNDARY}--\r\n".encode()


def swift_form(name, version, fill):
    """The form with which SwiftPM publishes a release."""
    folder = f"bench.{name}"
    manifest = (
        "// swift-tools-version: 5.9\nimport PackageDescription\nlet package = Package(\n"
        f'    name: "{name}", products: [.library(name: "Lamp", targets: ["Lamp"])], targets: [.target(name: "Lamp")])\n')
    entries = {
        f"{folder}/Package.swift": manifest.encode(),
        f"{folder}/Sources/Lamp/Lamp.swift": f'public let version = "{version}"\n'.encode(),
    }
    if fill:
        entries[f"{folder}/data.bin"] = noise(f"{name}-{version}", fill)
    metadata = {"description": "A package of the benchmarks", "licenseURL": "https://example.org/license"}
    return form([
        ('Content-Disposition: form-data; name="source-archive"\r\nContent-Type: application/zip\r\n'
         "Content-Transfer-Encoding: binary", packed(entries)),
        ('Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json',
         json.dumps(metadata).encode())])


def maven_bundle(name, version, fill):
    """The form with a bundle of one release: a POM and a jar with their checksums."""
    pom = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n'
        f"  <modelVersion>4.0.0</modelVersion>\n  <groupId>org.example.bench</groupId>\n  <artifactId>{name}</artifactId>\n"
        f"  <version>{version}</version>\n  <name>{name}</name>\n  <description>{README}</description>\n"
        "  <url>https://example.org/</url>\n  <licenses><license><name>MIT</name></license></licenses>\n" + "".join(
            "  <dependencies>\n" * (number == 0)
            + f"    <dependency><groupId>org.example</groupId><artifactId>part-{number}</artifactId>"
            f"<version>1.{number}</version></dependency>\n" + "  </dependencies>\n" * (number == 9) for number in range(10))
        + "</project>\n").encode()
    classes = {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "Lamp.txt": version.encode()}
    if fill:
        classes["data.bin"] = noise(f"{name}-{version}", fill)
    start = f"org/example/bench/{name}/{version}/{name}-{version}"
    files = {f"{start}.pom": pom, f"{start}.jar": packed(classes)}
    for path, content in list(files.items()):
        for algorithm in ("md5", "sha1"):
            files[f"{path}.{algorithm}"] = hashlib.new(algorithm, content).hexdigest().encode()
    return form([
        ('Content-Disposition: form-data; name="bundle"; filename="bundle.zip"\r\n'
         "Content-Type: application/octet-stream", packed(files))])


#: The bodies of the kinds that keep no files.
BODIES = {
    "crate": crate_frame, "npm": npm_document, "composer": composer_archive, "swift": swift_form, "maven": maven_bundle}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("kind", choices=["wheel", *BODIES])
    parser.add_argument("name")
    parser.add_argument("--projects", type=int, required=True)
    parser.add_argument("--releases", type=int, required=True)
    parser.add_argument("--fill", type=int, default=0)
    parser.add_argument("--files", action="store_true")
    asked = parser.parse_args()

    one = asked.projects == 1
    projects = [asked.name if one else f"{asked.name}-{index:05}" for index in range(asked.projects)]
    files = []
    wheels = os.path.join(asked.folder, asked.name)
    os.makedirs(wheels if asked.files else asked.folder, exist_ok=True)
    with open(os.path.join(asked.folder, f"{asked.name}.batch"), "wb") as batch:
        for release in range(asked.releases):
            for project in projects:
                version = f"1.{release}.0"
                if asked.kind == "wheel":
                    file, content, fields = wheel(project, version, asked.fill)
                    files.append(file)
                    if asked.files:
                        with open(os.path.join(wheels, file), "wb") as out:
                            out.write(content)
                    body = wheel_form(file, content, fields)
                else:
                    body = BODIES[asked.kind](project, version, asked.fill)
                batch.write(struct.pack(">I", len(body)) + body)
    types = {
        "wheel": f"multipart/form-data; boundary={BOUNDARY}", "crate": "application/octet-stream",
        "npm": "application/json", "composer": "application/zip",
        "swift": f"multipart/form-data; boundary={BOUNDARY}", "maven": f"multipart/form-data; boundary={BOUNDARY}",
    }
    with open(os.path.join(asked.folder, f"{asked.name}.json"), "w") as description:
        json.dump({
            "kind": asked.kind, "contentType": types[asked.kind], "projects": projects, "releases": asked.releases,
            "files": files,
        }, description)


main()
