"""Writes the document that npm publishes, or one with a chosen fault.

usage: npm_document.py FILE NAME VERSION [--inside NAME] [--fault FAULT] [--fill BYTES]

--inside: the name that package.json in the tarball has. Faults: integrity (another tarball's), traversal (an entry
outside the tree), not-an-archive (no gzip), two-versions.
"""
import argparse
import base64
import hashlib
import io
import json
import os
import tarfile

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("name")
parser.add_argument("version")
parser.add_argument("--inside")
parser.add_argument("--fault", choices=["integrity", "traversal", "not-an-archive", "two-versions"])
parser.add_argument("--fill", type=int, default=0)
arguments = parser.parse_args()

manifest = {"name": arguments.inside or arguments.name, "version": arguments.version, "main": "index.js"}
entries = {"package/package.json": json.dumps(manifest).encode(), "package/index.js": b"module.exports = 1;\n"}
if arguments.fill:
    entries["package/data.bin"] = os.urandom(arguments.fill)
if arguments.fault == "traversal":
    entries["package/../../outside.js"] = b"\n"
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
    for name, content in entries.items():
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
tarball = b"no archive at all" if arguments.fault == "not-an-archive" else buffer.getvalue()

measured = b"other bytes" if arguments.fault == "integrity" else tarball
version = {
    **manifest, "name": arguments.name, "_id": f"{arguments.name}@{arguments.version}",
    "dist": {
        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(measured).digest()).decode(),
        "shasum": hashlib.sha1(measured).hexdigest(),
        "tarball": "http://example.org/ignored.tgz",
    },
}
versions = {arguments.version: version}
if arguments.fault == "two-versions":
    versions["9.9.9"] = {**version, "version": "9.9.9"}
document = {
    "_id": arguments.name, "name": arguments.name, "dist-tags": {"latest": arguments.version}, "access": None,
    "versions": versions,
    "_attachments": {
        f"{arguments.name}-{arguments.version}.tgz": {
            "content_type": "application/octet-stream", "data": base64.b64encode(tarball).decode(),
            "length": len(tarball),
        }
    },
}
with open(arguments.file, "w") as file:
    json.dump(document, file)
