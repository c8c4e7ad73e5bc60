"""Writes the form with which a Swift package is published, as SwiftPM sends it, with the boundary `form-boundary`.

usage: swift_form.py FILE SCOPE.NAME VERSION [--fault FAULT] [--fill BYTES]

Faults: traversal (an entry outside the tree), link (a symbolic link out of it), not-an-archive (no zip), no-manifest
(without Package.swift), two-roots (two directories at the top).
"""
import argparse
import io
import json
import os
import stat
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("id")
parser.add_argument("version")
parser.add_argument("--fault", choices=["traversal", "link", "not-an-archive", "no-manifest", "two-roots"])
parser.add_argument("--fill", type=int, default=0)
arguments = parser.parse_args()

name = arguments.id.split(".")[-1]
manifest = f"""// swift-tools-version: 5.9
import PackageDescription
let package = Package(
    name: "{name}", products: [.library(name: "{name}", targets: ["Library"])], targets: [.target(name: "Library")])
"""
entries = {
    f"{arguments.id}/Package.swift": manifest.encode(),
    f"{arguments.id}/Sources/Library/Library.swift": b"public func value() -> Int { 1 }\n",
    f"{arguments.id}/README.md": b"A small package of the tests\n",
}
if arguments.fill:
    entries[f"{arguments.id}/data.bin"] = os.urandom(arguments.fill)
if arguments.fault == "traversal":
    entries[f"{arguments.id}/../outside.swift"] = b"\n"
if arguments.fault == "no-manifest":
    entries.pop(f"{arguments.id}/Package.swift")
if arguments.fault == "two-roots":
    entries["other/file"] = b"\n"

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    for path, content in entries.items():
        archive.writestr(path, content)
    if arguments.fault == "link":
        entry = zipfile.ZipInfo(f"{arguments.id}/passwords")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
content = b"no archive at all" if arguments.fault == "not-an-archive" else buffer.getvalue()


def part(name, media_type, encoding, content):
    head = (
        f'--form-boundary\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {media_type}\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n")
    return head.encode() + content + b"\r\n"


metadata = json.dumps({"description": "A small package of the tests"}).encode()
with open(arguments.file, "wb") as form:
    form.write(part("source-archive", "application/zip", "binary", content))
    form.write(part("metadata", "application/json", "quoted-printable", metadata))
    form.write(b"--form-boundary--\r\n")
