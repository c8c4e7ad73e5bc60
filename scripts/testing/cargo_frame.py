"""Writes the body of `PUT /api/v1/crates/new` as cargo sends it, or one with a chosen fault.

usage: cargo_frame.py FILE NAME VERSION [--inside NAME] [--fault FAULT] [--fill BYTES]

--inside: the name that Cargo.toml in the crate has. Faults: traversal (an entry outside the tree), link (a symbolic link
out of it), not-an-archive (no gzip), length (the crate is longer than its frame says).
"""
import argparse
import io
import json
import os
import struct
import tarfile

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("name")
parser.add_argument("version")
parser.add_argument("--inside")
parser.add_argument("--fault", choices=["traversal", "link", "not-an-archive", "length"])
parser.add_argument("--fill", type=int, default=0)
arguments = parser.parse_args()

folder = f"{arguments.name}-{arguments.version}"
manifest = f"""[package]
name = "{arguments.inside or arguments.name}"
version = "{arguments.version}"
edition = "2021"
description = "A small crate of the tests"
license = "MIT"

[lib]
path = "src/lib.rs"
"""
entries = {f"{folder}/Cargo.toml": manifest.encode(), f"{folder}/src/lib.rs": b"pub fn value() -> u32 { 1 }\n"}
if arguments.fill:
    entries[f"{folder}/data.bin"] = os.urandom(arguments.fill)
if arguments.fault == "traversal":
    entries[f"{folder}/../outside.rs"] = b"\n"

buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
    for name, content in entries.items():
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    if arguments.fault == "link":
        entry = tarfile.TarInfo(f"{folder}/passwords")
        entry.type = tarfile.SYMTYPE
        entry.linkname = "/etc/passwd"
        archive.addfile(entry)
crate = b"no archive at all" if arguments.fault == "not-an-archive" else buffer.getvalue()

claim = {
    "name": arguments.name, "vers": arguments.version, "deps": [], "features": {}, "authors": [],
    "description": "A small crate of the tests", "documentation": None, "homepage": None, "readme": None,
    "readme_file": None, "keywords": [], "categories": [], "license": "MIT", "license_file": None, "repository": None,
    "badges": {}, "links": None, "rust_version": None,
}
claim = json.dumps(claim).encode()
extra = b"more" if arguments.fault == "length" else b""
with open(arguments.file, "wb") as file:
    file.write(struct.pack("<I", len(claim)) + claim + struct.pack("<I", len(crate)) + crate + extra)
