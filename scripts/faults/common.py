"""What the fault scripts share: a Hallmark of their own, small packages, and a report of what held."""
import base64
import hashlib
import http.client
import io
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wheel(name, version, entries=(), fill=0):
    """A small wheel; `entries` are more files, (name, content)."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = [
        (f"{module}.py", b"value = 1\n"),
        (f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nSmall.\n".encode()),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: faults\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        *entries,
    ]
    if fill:
        files.append((f"{module}_data.bin", os.urandom(fill)))
    lines = []
    for path, content in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    files.append((f"{info}/RECORD", "".join([*lines, f"{info}/RECORD,,\n"]).encode()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(path, content)
    return f"{module}-{version}-py3-none-any.whl", out.getvalue()


def form(name, version, filename, content, filetype="bdist_wheel"):
    """The upload form of a Python package, with the boundary `b`."""
    fields = {
        ":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": name,
        "version": version, "filetype": filetype, "pyversion": "py3" if filetype == "bdist_wheel" else "source",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append(f'--b\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n")
    return "".join(parts).encode() + content + b"\r\n--b--\r\n"


class Hallmark:
    """A server on a folder of its own that goes with it."""

    def __init__(self, binary, environment=None, wrapper=(), folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="hallmark-faults-")
        self.binary = binary
        self.wrapper = list(wrapper)
        self.port = free_port()
        self.environment = {**os.environ, **(environment or {})}
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.data = os.path.join(self.folder, "data")
        self.process = subprocess.Popen(
            [*self.wrapper, binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
            stdout=self.log, stderr=self.log, env=self.environment)
        self.wait_ready()
        self.admin("user", "create", "alice", "--email", "alice@example.org")
        self.token = self.admin("token", "create", "--user", "alice").strip()

    def wait_ready(self, limit=60):
        end = time.monotonic() + limit
        while time.monotonic() < end and self.process.poll() is None:
            if self.status("/readyz") == 200:
                return
            time.sleep(0.05)
        raise SystemExit(f"the server did not become ready; see {self.folder}/log")

    def admin(self, *words):
        return subprocess.run(
            [*self.wrapper, self.binary, "admin", *words, "--data", self.data], check=True, text=True,
            stdout=subprocess.PIPE, env=self.environment).stdout

    def request(self, method, path, body=None, headers=None, timeout=60):
        """Status, header fields and body; status 0 where nobody answered in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def status(self, path):
        return self.request("GET", path)[0]

    def upload(self, name, version, filename, content, filetype="bdist_wheel"):
        return self.request(
            "POST", "/pypi/legacy/", form(name, version, filename, content, filetype),
            {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {self.token}"}, 300)

    def publish(self, name, version="1.0", **more):
        return self.upload(name, version, *wheel(name, version, **more))[0]

    def address(self, name):
        """The path of the one file of a project."""
        page = self.request("GET", f"/pypi/simple/{name}/")[2].decode()
        link = page.split('href="', 1)[1].split('"', 1)[0].split("#", 1)[0]
        return "/" + link.split("/", 3)[3] if link.startswith("http") else link

    def memory(self):
        """Resident MiB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            line = next(line for line in file if line.startswith("VmRSS"))
        return int(line.split()[1]) // 1024

    def cpu(self):
        """Seconds of processor time so far."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def limit(self, which, soft):
        """Changes the server's own limit; gives the one before."""
        before, hard = resource.prlimit(self.process.pid, which)
        resource.prlimit(self.process.pid, which, (before if soft is None else soft, hard))
        return before

    def spooled(self):
        return os.listdir(os.path.join(self.data, "spool"))

    def alive(self):
        return self.process.poll() is None

    def stop(self, keep=False):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Prober(threading.Thread):
    """A well-behaved client that reads and publishes until it is stopped, and remembers what failed."""

    def __init__(self, server, label):
        super().__init__(daemon=True)
        self.server, self.label = server, label
        self.done, self.failures, self.stopped = 0, [], threading.Event()

    def run(self):
        while not self.stopped.is_set():
            name = f"calm-{self.label}-{self.done}"
            for what, status in [
                ("index", self.server.status("/pypi/simple/early-lamp/")),
                ("file", self.server.status(self.server.early)),
                ("publish", self.server.publish(name)),
                ("new index", self.server.status(f"/pypi/simple/{name}/")),
            ]:
                if status != 200:
                    self.failures.append((what, status))
            self.done += 1

    def finish(self):
        self.stopped.set()
        self.join(120)
        return not self.is_alive() and self.done > 0 and not self.failures


class Report:
    """Says what held; the exit code is 1 when something did not."""

    def __init__(self):
        self.failed = 0

    def say(self, good, what, detail=""):
        self.failed += not good
        print(f"{'ok    ' if good else 'FAILED'} {what}{': ' + detail if detail else ''}", flush=True)

    def exit(self):
        print("everything held" if not self.failed else f"{self.failed} expectations failed")
        sys.exit(1 if self.failed else 0)


def binary_from(arguments):
    path = arguments.hallmark or os.path.join(ROOT, ".build/release/hallmark")
    if not os.access(path, os.X_OK):
        print(f"there is no {path}: run 'make build', or name another with --hallmark", file=sys.stderr)
        sys.exit(2)
    return path
