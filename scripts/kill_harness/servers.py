"""The processes that are killed: Hallmark, and a PostgreSQL of its own with everything on that makes it durable."""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import wire


class Failure(Exception):
    """Something that the harness needs did not work, or a server did not come back."""


def own_environment():
    return {key: value for key, value in os.environ.items() if not key.startswith(("HALLMARK_", "PG"))}


class Hallmark:
    """One node: a data folder, a port that stays the same, and at most one process at a time."""

    def __init__(self, program, folder, name, journal, settings=None):
        self.program, self.folder, self.name, self.journal = str(program), folder, name, journal
        self.data = folder / name
        self.port = wire.free_port()
        self.environment = own_environment() | (settings or {})
        self.process = None
        self.log = folder / f"{name}.log"

    @property
    def url(self):
        return f"http://localhost:{self.port}"

    def words(self, *arguments):
        return [self.program, *arguments, "--data", str(self.data)]

    def spawn(self, *arguments):
        """Starts a process without waiting for anything."""
        words = self.words(*(arguments or ("serve", "--listen", f"127.0.0.1:{self.port}")))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        self.journal.note("spawn", node=self.name, command=words[1:3], pid=self.process.pid)

    def wait_ready(self, limit=30):
        """Waits until the node is ready. Returns False where it ended or took longer than `limit`."""
        end = time.monotonic() + limit
        while time.monotonic() < end and self.process.poll() is None:
            if wire.is_ready(self.port):
                return True
            time.sleep(0.002)
        return False

    def start(self):
        """Starts it and waits until it is ready. Returns the seconds from one to the other."""
        began = time.monotonic()
        self.spawn()
        if not self.wait_ready():
            raise Failure(f"{self.name} did not become ready (exit code {self.process.poll()}): {self.tail()}")
        seconds = time.monotonic() - began
        self.journal.note("ready", node=self.name, seconds=round(seconds, 4))
        return seconds

    def kill(self):
        """Ends it with SIGKILL. Returns whether it was still running."""
        ended = self.process.poll()
        self.process.kill()
        self.process.wait()
        self.journal.note("kill", node=self.name, pid=self.process.pid, ended_before=ended)
        return ended is None

    def stop(self):
        """Ends it as an operator would. Returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def admin(self, *arguments, check=True, limit=120):
        """Runs `hallmark admin` on the node's data."""
        result = subprocess.run(
            self.words("admin", *arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.environment, timeout=limit)
        if check and result.returncode != 0:
            raise Failure(f"hallmark admin {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result

    def help(self, command):
        """What `hallmark COMMAND --help` prints."""
        return subprocess.run(
            [self.program, command, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout

    def tail(self):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return text[-2000:]


class Postgres:
    """A cluster in a folder of its own, on loopback, with fsync and synchronous_commit on."""

    def __init__(self, journal, programs, settings=()):
        self.journal, self.programs = journal, programs
        # PostgreSQL refuses to run as root, and its user must be able to reach the folder.
        self.user = "postgres" if os.getuid() == 0 else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hallmark-kill-pg-", dir="/tmp"))
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data = self.folder / "data"
        self.port = wire.free_port()
        self.settings = list(settings)
        self.process = None
        self.databases = 0
        self.log = self.folder / "log"
        result = self.run(
            "initdb", "-D", self.data, "-U", "hallmark", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if result.returncode != 0:
            raise Failure(f"initdb: {result.stdout}{result.stderr}")

    @staticmethod
    def find():
        """The folder with the newest server's programs, or None."""
        root = pathlib.Path("/usr/lib/postgresql")
        versions = sorted(root.iterdir(), key=lambda path: float(path.name), reverse=True) if root.is_dir() else []
        for folder in [version / "bin" for version in versions] + [
                pathlib.Path(part) for part in os.environ.get("PATH", "").split(os.pathsep)]:
            if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres", "pg_ctl", "psql")):
                return folder
        return None

    def run(self, program, *arguments, limit=120):
        return subprocess.run(
            [str(self.programs / program), *map(str, arguments)], cwd="/", user=self.user, group=self.user,
            extra_groups=[] if self.user else None, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=own_environment(), timeout=limit)

    def command(self):
        """The words that start the server."""
        fixed = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "on", "synchronous_commit": "on",
            "full_page_writes": "on", "max_connections": "200"}
        options = [f"{key}={value}" for key, value in fixed.items()] + self.settings
        words = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        for option in options:
            words += ["-c", option]
        return words

    def start(self, limit=60):
        """Starts it and waits until it answers. Returns the seconds that took."""
        began = time.monotonic()
        while True:
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(
                    self.command(), cwd="/", user=self.user, group=self.user,
                    extra_groups=[] if self.user else None, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    env=own_environment())
            while self.process.poll() is None and time.monotonic() - began < limit:
                if self.query("SELECT 1", check=False) == "1":
                    self.journal.note("postgres-ready", seconds=round(time.monotonic() - began, 3))
                    return time.monotonic() - began
                time.sleep(0.02)
            if time.monotonic() - began >= limit:
                raise Failure(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-2000:]}")
            # The backends of a killed postmaster hold its shared memory until they notice.
            time.sleep(0.1)

    def query(self, text, database="postgres", check=True):
        result = self.run("psql", "-XAtq", "-F", "|", "-d", self.url(database), "-c", text)
        if result.returncode != 0:
            if check:
                raise Failure(f"psql: {result.stderr}")
            return None
        return result.stdout.strip()

    def url(self, database):
        return f"postgres://hallmark@127.0.0.1:{self.port}/{database}"

    def create(self):
        """Makes an empty database and returns its name."""
        self.databases += 1
        name = f"registry_{self.databases}"
        self.query(f"CREATE DATABASE {name}")
        return name

    def stop_immediately(self):
        """Lets go of everything without a checkpoint: the next start replays the log."""
        self.run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")
        self.process.wait()

    def kill(self):
        """Ends the postmaster with SIGKILL; its backends end when they notice."""
        self.process.kill()
        self.process.wait()

    def close(self, keep):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def spool_name(name):
    """Whether a file in the spool has a name that the spool gives."""
    return re.fullmatch(r"[0-9a-f]{32}", name) is not None
