"""Publishes real wheels and sdists with twine, then installs from Hallmark alone with pip and uv.

The large set is downloaded by pip. The small one needs no network: it is made of what .venv holds, packed into the
wheels that it was installed from.
"""
import base64
import hashlib
import importlib.metadata
import re
import zipfile

from common import PROGRAMS, Corpus, say

# What is downloaded, with everything it needs; the fresh project depends on all of it.
WHEELS = """
    aiohttp alembic attrs beautifulsoup4 black boto3 cachetools certifi click colorama coverage cryptography
    django docutils fastapi filelock flask fonttools gunicorn httpx hypothesis idna jinja2 jsonschema lxml markdown
    more-itertools mypy networkx numpy orjson packaging pillow platformdirs pluggy poetry-core psutil pydantic pygments
    pyjwt pytest python-dateutil pytz pyyaml redis requests rich ruff scrapy setuptools six sortedcontainers sphinx
    sqlalchemy tenacity toml tomlkit tornado tox tqdm typer urllib3 virtualenv werkzeug wheel zipp
""".split()
# These come as sdists too, whose build backends differ: setuptools, flit, poetry.
SDISTS = "click idna packaging pytz six sortedcontainers toml tomlkit tqdm urllib3 wheel zipp".split()
# The roots of the small set.
SMALL = ["twine", "build"]


def download(folder):
    if (folder / "complete").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    say(f"downloading {len(WHEELS)} projects and what they need")
    corpus.fetch(PROGRAMS / "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", folder, *WHEELS)
    say(f"downloading {len(SDISTS)} sdists")
    # Their build backends come as wheels, hence the names and not `:all:`.
    corpus.fetch(PROGRAMS / "pip", "download", "--quiet", "--no-deps", "--no-binary", ",".join(SDISTS), "--dest", folder, *SDISTS)
    (folder / "complete").touch()


def key(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def repack(roots, folder):
    """Packs installed distributions, and what they need, into wheels as they were published."""
    from packaging.requirements import Requirement

    folder.mkdir(parents=True, exist_ok=True)
    open_names, seen = list(roots), set()
    while open_names:
        name = key(open_names.pop())
        if name in seen:
            continue
        seen.add(name)
        distribution = importlib.metadata.distribution(name)
        write_wheel(distribution, folder)
        for line in distribution.requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                open_names.append(requirement.name)
    return seen


def write_wheel(distribution, folder):
    info = distribution._path.name
    tags = [line[5:] for line in (distribution.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")]
    stem = info.removesuffix(".dist-info")
    parts = list(zip(*(tag.split("-") for tag in tags)))
    tag = "-".join(".".join(sorted(set(part))) for part in parts)
    left_out = {f"{info}/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")}
    record = []
    with zipfile.ZipFile(folder / f"{stem}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for file in distribution.files:
            name = str(file)
            # Scripts and byte code were made at installation.
            if name.startswith("..") or name.endswith(".pyc") or name in left_out:
                continue
            content = file.locate().read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append((name, f"sha256={digest}", len(content)))
            wheel.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0)), content)
        with wheel.open(f"{info}/RECORD", "w") as stream:
            lines = [",".join(map(str, row)) for row in record]
            stream.write("\n".join([*lines, f"{info}/RECORD,,"]).encode())


def publish(files):
    say(f"publishing {len(files)} files with twine")
    twine = [PROGRAMS / "twine", "upload", "--non-interactive", "--disable-progress-bar"]
    place = ["--repository-url", f"{corpus.url}/pypi/legacy/", "-u", "__token__", "-p", corpus.token]
    for start in range(0, len(files), 20):
        corpus.run(*twine, *place, *files[start : start + 20])


def install(names):
    say(f"installing {len(names)} projects into a fresh environment with pip, then with uv")
    index = ["--index-url", f"{corpus.url}/pypi/simple/"]
    fresh = corpus.home / "fresh"
    corpus.run(PROGRAMS / "python", "-m", "venv", fresh)
    corpus.run(fresh / "bin" / "pip", "install", "--quiet", *index, *names)
    corpus.run(fresh / "bin" / "pip", "check")
    count = len(corpus.run(fresh / "bin" / "pip", "list", "--format", "freeze").stdout.splitlines())
    corpus.run(PROGRAMS / "uv", "venv", "--quiet", "--python", PROGRAMS / "python", corpus.home / "second")
    corpus.environment["VIRTUAL_ENV"] = str(corpus.home / "second")
    corpus.run(PROGRAMS / "uv", "pip", "install", "--quiet", *index, *names)
    corpus.run(PROGRAMS / "uv", "pip", "check")
    return count


corpus = Corpus(__doc__)
try:
    if corpus.small:
        folder = corpus.home / "dist"
        projects, names = repack(SMALL, folder), SMALL
    else:
        folder = corpus.work / "pypi"
        download(folder)
        names = WHEELS
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz", ".zip")))
    projects = {key(path.name.split("-")[0]) for path in files}
    if not corpus.fetch_only:
        publish(files)
        count = install(names)
        say(f"pypi: {len(files)} files of {len(projects)} projects published, {count} installed from Hallmark alone")
finally:
    corpus.close()
