"""Records one publish under strace."""
import dataclasses
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time

from kill_harness import packages, wire
from kill_harness.servers import Failure, Hallmark, Postgres

from .rules import Facts

CALLS = ",".join((
    "%file", "openat", "close", "write", "writev", "pwrite64", "pwritev", "pwritev2", "fsync", "fdatasync", "rename",
    "renameat", "renameat2", "link", "linkat", "unlink", "mkdir", "mkdirat", "sendto", "sendmsg"))
#: Everything that is written is needed whole: a log's write can hold many pages.
STRACE = ["strace", "-f", "-yy", "-ttt", "-xx", "-s", str(4 << 20), "-e", "signal=none", "-e", f"trace={CALLS}"]


class Silent:
    """A journal for the parts of the kill harness that want one."""

    def note(self, event, **details):
        pass


def can_trace():
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(
        ["strace", "-f", "-o", os.devnull, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Cluster:
    """A PostgreSQL, stopped, with an empty database for each recording."""

    def __init__(self, count):
        # Without a log writer that wakes up by itself the trace shows whose write it was.
        self.postgres = Postgres(Silent(), Postgres.find(), ["wal_writer_delay=10s", "autovacuum=off"])
        try:
            self.postgres.start()
            self.databases = [self.postgres.url(self.postgres.create()) for _ in range(count)]
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                if (value := self.postgres.query(f"SHOW {setting}")) != "on":
                    raise Failure(f"PostgreSQL runs with {setting} = {value}")
            self.postgres.run("pg_ctl", "stop", "-D", self.postgres.data, "-m", "fast")
            self.postgres.process.wait()
        except BaseException:
            self.close()
            raise

    def take(self):
        """The address of a database that nobody has used."""
        return self.databases.pop()

    def close(self):
        self.postgres.close(keep=False)


class Recording:
    """A server under strace, from its first start to its end, and one publish in between."""

    def __init__(self, program, folder, scenario, cluster=None):
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True)
        self.scenario, self.postgres = scenario, cluster.postgres if cluster else None
        settings = {"HALLMARK_DATABASE_URL": cluster.take()} if cluster else {}
        self.node = Hallmark(pathlib.Path(program).resolve(), self.folder, "data", Silent(), settings)
        name = f"durable-{secrets.token_hex(6)}"
        self.package = packages.make("pypi", name, "1.0", secrets.token_bytes(50_000))
        digest = self.package.sha256
        if scenario != "fresh":
            place = self.node.data / "blobs" / digest[:2]
            if scenario == "earlier":
                place /= digest[2:4]
            place.mkdir(parents=True, mode=0o700)
            if scenario != "folder":
                (place / digest).write_bytes(self.package.data)

    @property
    def trace(self):
        return self.folder / "trace"

    def record(self):
        """Runs it all. Returns what is known about the publish."""
        process = self.spawn()
        try:
            self.wait(process)
            self.node.admin("user", "create", "keeper", "--email", "keeper@example.org", "--administrator")
            token = self.node.admin("token", "create", "--user", "keeper").stdout.strip()
            client = self.publish(token)
        finally:
            self.end(process)
        facts = Facts(
            database="postgres" if self.postgres else "sqlite", scenario=self.scenario, data=str(self.node.data), sha256=self.package.sha256,
            size=len(self.package.data), marker=self.package.file, client=client,
            server=f"127.0.0.1:{self.node.port}",
            log=str(self.postgres.data / "pg_wal") if self.postgres else "")
        (self.folder / "facts.json").write_text(json.dumps(dataclasses.asdict(facts), indent=1) + "\n")
        return facts

    def spawn(self):
        """Starts strace with the server, and with PostgreSQL beside it under the same strace: one order for both."""
        serve = self.node.words("serve", "--listen", f"127.0.0.1:{self.node.port}")
        script = 'echo $$ >"$1"; shift; read go; exec "$@"'
        if self.postgres:
            user = f"runuser -u {self.postgres.user} -- " if self.postgres.user else ""
            quoted = " ".join(f"'{word}'" for word in self.postgres.command())
            script = f'cd /; {user}{quoted} >/dev/null 2>&1 & {script}'
        process = subprocess.Popen(
            STRACE + ["-o", str(self.trace), "sh", "-c", script, "sh", str(self.folder / "pid")] + serve,
            stdin=subprocess.PIPE, stdout=open(self.node.log, "wb"), stderr=subprocess.STDOUT,
            env=self.node.environment, start_new_session=True)
        end = time.monotonic() + 60
        while self.postgres and self.postgres.query("SELECT 1", check=False) != "1":
            if time.monotonic() > end or process.poll() is not None:
                raise Failure(f"PostgreSQL did not start under strace: {self.node.tail()}")
            time.sleep(0.05)
        process.stdin.write(b"go\n")
        process.stdin.close()
        return process

    def wait(self, process):
        end = time.monotonic() + 60
        while not wire.is_ready(self.node.port):
            if time.monotonic() > end or process.poll() is not None:
                raise Failure(f"the server did not become ready under strace: {self.node.tail()}")
            time.sleep(0.02)

    def publish(self, token):
        """Publishes over a connection whose own end is known. Returns that end."""
        [(method, path, fields, body)] = self.package.requests(token)
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        head += "".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n"
        with socket.create_connection(("127.0.0.1", self.node.port), timeout=60) as connection:
            host, port = connection.getsockname()
            connection.sendall(head.encode() + body)
            status, text = wire.answer(connection)
        if status not in (200, 201):
            raise Failure(f"the publish was refused with {status}: {text}")
        return f"{host}:{port}"

    def end(self, process):
        """Ends the server, then PostgreSQL; strace ends with them."""
        for file, number in ((self.folder / "pid", signal.SIGTERM), self.postmaster()):
            try:
                pid = int(file.read_text().split()[0])
                os.kill(pid, number)
            except (OSError, ValueError, AttributeError, IndexError):
                continue
            end = time.monotonic() + 30
            while pathlib.Path(f"/proc/{pid}").exists() and time.monotonic() < end:
                time.sleep(0.02)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def postmaster(self):
        return (self.postgres.data / "postmaster.pid", signal.SIGINT) if self.postgres else (None, 0)
