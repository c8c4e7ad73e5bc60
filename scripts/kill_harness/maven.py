"""Releases for Maven: several files each, deployed one by one or in a bundle of the publisher portal."""
import hashlib
import io
import zipfile

GROUP = "org.kill"
BOUNDARY = "kill-harness-form"
#: The algorithms whose digests `mvn deploy` sends beside every file.
SENT = ("md5", "sha1")


def pack(entries):
    """A zip file of these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6)), content)
    return buffer.getvalue()


def form(parts):
    """A multipart body; each part has the parameters of its disposition, a media type, and content."""
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {parameters}\r\nContent-Type: {media}\r\n\r\n".encode()
        + content + b"\r\n" for parameters, media, content in parts)
    return body + f"--{BOUNDARY}--\r\n".encode()


def files(package, noise):
    """The jar, and by their names the POM and the sources."""
    group, artifact = package.name.split(":")
    stem = f"{artifact}-{package.version}"
    pom = (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{package.version}</version>"
        f"<name>{artifact}</name><description>{hashlib.sha256(noise).hexdigest()}</description></project>\n").encode()
    jar = pack({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "noise.bin": noise})
    sources = pack({"Lamp.java": f"class Lamp {{}} // {stem}\n".encode()})
    return jar, {f"{stem}.pom": pom, f"{stem}-sources.jar": sources}


def needed(package):
    """The files without which there is no release."""
    return {package.file, package.file.removesuffix(".jar") + ".pom"}


def place(package, file):
    """Where a file lies in a repository."""
    group, artifact = package.name.split(":")
    return f"{group.replace('.', '/')}/{artifact}/{package.version}/{file}"


def path(package, file):
    """Where a file is read."""
    return f"/maven/releases/{place(package, file)}"


def metadata_path(name):
    """Where the list of an artifact's versions is read."""
    group, artifact = name.split(":")
    return f"/maven/releases/{group.replace('.', '/')}/{artifact}/maven-metadata.xml"


def with_digests(package):
    """The files with the digests beside them."""
    for file, content in package.files.items():
        yield file, content
        for algorithm in SENT:
            yield f"{file}.{algorithm}", hashlib.new(algorithm, content).hexdigest().encode()


def deploy_requests(package, credential):
    """What `mvn deploy` sends: every file with its digests, and the metadata, which completes the deployment."""
    fields = {"Authorization": credential, "Content-Type": "application/octet-stream"}
    sent = [("PUT", path(package, file), fields, content) for file, content in with_digests(package)]
    return sent + [("PUT", metadata_path(package.name), fields, b"<metadata/>")]


def bundle_request(packages, credential):
    """One archive with all these releases, published as soon as it is checked."""
    archive = pack({
        place(package, file): content for package in packages for file, content in with_digests(package)})
    body = form([('name="bundle"; filename="bundle.zip"', "application/octet-stream", archive)])
    return "POST", "/maven/api/v1/publisher/upload?name=kill&publishingType=AUTOMATIC", {
        "Authorization": credential, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, body
