"""Writes the archive of a small PHP package, or one with a chosen fault.

usage: composer_archive.py FILE NAME VERSION [--kind KIND] [--value TEXT] [--member NAME=JSON]... [--no-version]
                           [--fault FAULT] [--fill BYTES]

Kinds: zip (the default), tar, tar.gz. --member adds members to composer.json; --no-version leaves its version out.
Faults: traversal (an entry outside the tree), link (one that leaves it), not-an-archive, root (a tar with an entry for
"."), no-manifest. The same arguments give the same bytes, unless --fill asks for random ones.
"""
import argparse
import io
import json
import os
import tarfile
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("name")
parser.add_argument("version")
parser.add_argument("--kind", choices=["zip", "tar", "tar.gz"], default="zip")
parser.add_argument("--value", default="1")
parser.add_argument("--member", action="append", default=[])
parser.add_argument("--no-version", action="store_true")
parser.add_argument("--fault", choices=["traversal", "link", "not-an-archive", "root", "no-manifest"])
parser.add_argument("--fill", type=int, default=0)
arguments = parser.parse_args()

space = "".join(part.capitalize() for part in arguments.name.replace("/", "-").split("-"))
manifest = {
    "name": arguments.name, "description": "A small package of the tests", "license": "MIT", "keywords": ["lantern"],
    "require": {"php": ">=7.2"}, "autoload": {"psr-4": {f"{space}\\": "src/"}},
}
if not arguments.no_version:
    manifest["version"] = arguments.version
for member in arguments.member:
    name, _, value = member.partition("=")
    manifest[name] = json.loads(value)
source = f"<?php\nnamespace {space};\nclass Lamp {{ const VALUE = '{arguments.value}'; }}\n"
entries = {
    "composer.json": json.dumps(manifest, indent=4).encode(), "README.md": f"# {arguments.name}\n".encode(),
    "src/Lamp.php": source.encode(),
}
if arguments.fault == "no-manifest":
    del entries["composer.json"]
if arguments.fault == "traversal":
    entries["../outside.php"] = b"<?php\n"
if arguments.fill:
    entries["data.bin"] = os.urandom(arguments.fill)

os.makedirs(os.path.dirname(arguments.file) or ".", exist_ok=True)
if arguments.fault == "not-an-archive":
    with open(arguments.file, "wb") as file:
        file.write(b"no archive at all")
elif arguments.kind == "zip":
    with zipfile.ZipFile(arguments.file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if arguments.fault == "link":
            entry = zipfile.ZipInfo("passwords")
            entry.create_system, entry.external_attr = 3, 0o120777 << 16
            archive.writestr(entry, "../../../etc/passwd")
else:
    with tarfile.open(arguments.file, "w:gz" if arguments.kind == "tar.gz" else "w") as archive:
        if arguments.fault == "root":
            entry = tarfile.TarInfo("./")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        if arguments.fault == "link":
            entry = tarfile.TarInfo("passwords")
            entry.type, entry.linkname = tarfile.SYMTYPE, "../../../etc/passwd"
            archive.addfile(entry)
