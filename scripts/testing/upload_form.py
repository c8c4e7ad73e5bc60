"""Writes the form with which a wheel is uploaded, as twine sends it, with the boundary `form-boundary`.

usage: upload_form.py FILE WHEEL
"""
import hashlib
import os
import sys
import zipfile

file, wheel = sys.argv[1:]
name, version = os.path.basename(wheel).split("-")[:2]
with zipfile.ZipFile(wheel) as archive:
    metadata = archive.read(f"{name}-{version}.dist-info/METADATA").decode().split("\n\n")[0]
headers = dict(line.split(": ", 1) for line in metadata.splitlines())
content = open(wheel, "rb").read()
fields = {
    ":action": "file_upload", "protocol_version": "1", "metadata_version": headers["Metadata-Version"],
    "name": headers["Name"], "version": headers["Version"], "summary": headers["Summary"], "filetype": "bdist_wheel",
    "pyversion": "py3", "requires_python": headers["Requires-Python"],
    "sha256_digest": hashlib.sha256(content).hexdigest(),
}
with open(file, "wb") as form:
    for key, value in fields.items():
        form.write(f'--form-boundary\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode())
    form.write(
        b'--form-boundary\r\nContent-Disposition: form-data; name="content"; filename="'
        + os.path.basename(wheel).encode() + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
        + content + b"\r\n--form-boundary--\r\n")
