#!/usr/bin/env python3
"""Writes a bundle for the Maven publisher portal, as the body of the form that its clients send.

    maven_bundle.py OUT GROUP:ARTIFACT VERSION [--fault WHAT] [--fill BYTES]

The release is a POM alone, with its checksums. Faults: checksum (a wrong one), path (a file that belongs nowhere).
The boundary is `form-boundary`.
"""

import argparse
import hashlib
import io
import zipfile


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("name")
    parser.add_argument("version")
    parser.add_argument("--fault", choices=["checksum", "path"])
    parser.add_argument("--fill", type=int, default=0)
    options = parser.parse_args()
    group, artifact = options.name.split(":")
    pom = (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{options.version}</version>"
        f"<packaging>pom</packaging><description>A small artifact of the tests{'.' * options.fill}</description></project>\n"
    ).encode()
    path = f"{group.replace('.', '/')}/{artifact}/{options.version}/{artifact}-{options.version}.pom"
    files = {path: pom}
    for name in ("md5", "sha1"):
        digest = hashlib.new(name, pom + (b"x" if options.fault == "checksum" else b"")).hexdigest()
        files[f"{path}.{name}"] = digest.encode()
    if options.fault == "path":
        files["notes.txt"] = b"x"
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    head = (
        "--form-boundary\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"bundle.zip\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    with open(options.out, "wb") as out:
        out.write(head.encode() + bundle.getvalue() + b"\r\n--form-boundary--\r\n")


main()
