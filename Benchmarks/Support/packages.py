"""Writes packages and the requests that publish them, for the benchmarks; the same packages every time.

usage: packages.py FOLDER KIND NAME --projects N --releases N [--fill BYTES] [--files]

KIND is wheel, crate or npm. NAME is the project's name, or with more than one project the beginning of their names.
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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
    return f"{module}-{version}-py3-none-any.whl", buffer.getvalue(), fields


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("kind", choices=["wheel", "crate", "npm"])
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
                elif asked.kind == "crate":
                    body = crate_frame(project, version, asked.fill)
                else:
                    body = npm_document(project, version, asked.fill)
                batch.write(struct.pack(">I", len(body)) + body)
    types = {
        "wheel": f"multipart/form-data; boundary={BOUNDARY}", "crate": "application/octet-stream",
        "npm": "application/json",
    }
    with open(os.path.join(asked.folder, f"{asked.name}.json"), "w") as description:
        json.dump({
            "kind": asked.kind, "contentType": types[asked.kind], "projects": projects, "releases": asked.releases,
            "files": files,
        }, description)


main()
