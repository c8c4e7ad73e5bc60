"""Writes a small wheel, or one with a chosen fault, without a build.

usage: make_wheel.py FOLDER NAME VERSION [--requires REQUIREMENT]... [--value TEXT] [--fill BYTES] [--fault FAULT]

The module has the project's name with underscores and holds `value`. Prints the wheel's path.
Faults: traversal (an entry outside the tree), other-name (METADATA names another project), duplicate (an entry twice).
"""
import argparse
import base64
import hashlib
import os
import re
import warnings
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("name")
parser.add_argument("version")
parser.add_argument("--requires", action="append", default=[])
parser.add_argument("--value", default="1")
parser.add_argument("--fill", type=int, default=0)
parser.add_argument("--fault", choices=["traversal", "other-name", "duplicate"])
arguments = parser.parse_args()

module = re.sub(r"[-_.]+", "_", arguments.name).lower()
info = f"{module}-{arguments.version}.dist-info"
claimed = "somebody-else" if arguments.fault == "other-name" else arguments.name
metadata = [
    "Metadata-Version: 2.1",
    f"Name: {claimed}",
    f"Version: {arguments.version}",
    "Summary: A small package of the tests",
    "License: MIT",
    "Requires-Python: >=3.8",
    *(f"Requires-Dist: {requirement}" for requirement in arguments.requires),
]
entries = [
    (f"{module}.py", f"value = {arguments.value!r}\n".encode()),
    (f"{info}/METADATA", ("\n".join(metadata) + "\n\nSmall, but real.\n").encode()),
    (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
]
if arguments.fill:
    # Random bytes, so that compression does not make them small.
    entries.append((f"{module}_data.bin", os.urandom(arguments.fill)))
if arguments.fault == "traversal":
    entries.append(("../outside.py", b"value = 'outside'\n"))
if arguments.fault == "duplicate":
    entries.append((f"{module}.py", b"value = 'other'\n"))

record = []
for name, content in entries:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    record.append(f"{name},sha256={digest},{len(content)}\n")
record.append(f"{info}/RECORD,,\n")
entries.append((f"{info}/RECORD", "".join(record).encode()))

os.makedirs(arguments.folder, exist_ok=True)
path = os.path.join(arguments.folder, f"{module}-{arguments.version}-py3-none-any.whl")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6)), content)
print(path)
