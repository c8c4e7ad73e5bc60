"""Makes a small TUF repository, signed by one fresh key.

usage: make_tuf.py FOLDER [TARGET=FILE]...

`npm audit signatures` refreshes Sigstore's TUF repository before it asks a registry anything, and fails without it. The
tests run without that network, so they stand this one in its place (see tuf_proxy.py) and put its root.json where npm
keeps its trusted root.
"""
import datetime
import pathlib
import sys

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).replace(microsecond=0)
key = CryptoSigner.generate_ecdsa()

targets = Targets(expires=until)
for argument in sys.argv[2:]:
    name, _, source = argument.partition("=")
    target = TargetFile.from_file(name, source)
    targets.targets[name] = target
    # With consistent snapshots a target is asked for by its digest.
    path = folder / "targets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{target.hashes['sha256']}.{path.name}").write_bytes(pathlib.Path(source).read_bytes())

root = Root(expires=until, consistent_snapshot=True)
for role in ("root", "targets", "snapshot", "timestamp"):
    root.add_key(key.public_key, role)

for signed, names in [
    (root, ["root.json", "1.root.json"]),
    (targets, ["1.targets.json"]),
    (Snapshot(expires=until), ["1.snapshot.json"]),
    (Timestamp(expires=until), ["timestamp.json"]),
]:
    document = Metadata(signed)
    document.sign(key)
    for name in names:
        document.to_file(str(folder / name))
