"""One registry under test: its data, its nodes, its clients, and what is done with it between two kills."""
import itertools
import os
import random
import re
import threading
import time

from . import clients, packages, wire
from .audit import audit
from .checks import Checker
from .ledger import Ledger, Violation
from .servers import Failure, Hallmark, spool_name

#: How many publishes are let go at once, so that many share a commit.
BURST = 24


class Registry:
    """A data folder and a database, from the first start to the last check."""

    def __init__(self, campaign, number, database):
        self.campaign, self.number, self.database = campaign, number, database
        self.journal, self.totals = campaign.journal, campaign.totals
        self.random = random.Random(f"{campaign.options.seed}/{database}/{number}")
        self.folder = campaign.folder / f"{database}-{number}"
        self.folder.mkdir()
        self.blobs = self.folder / "blobs"
        settings = {"HALLMARK_BLOBS_URL": f"file:{self.blobs}", "HALLMARK_MASTER_KEY_FILE": str(self.folder / "master")}
        if database == "postgres":
            self.database_name = campaign.postgres.create()
            settings["HALLMARK_DATABASE_URL"] = campaign.postgres.url(self.database_name)
        self.settings = settings
        self.node = Hallmark(campaign.options.hallmark, self.folder, "node", self.journal, settings)
        self.ledger = Ledger(self.journal)
        self.checker = Checker(self.ledger, self.totals)
        self.numbers = itertools.count(1)
        self.token, self.home, self.runs = "", None, []
        #: A deployment whose sender never said that it was complete.
        self.idle = None
        self.journal.note("registry", database=database, number=number, folder=self.folder, port=self.node.port)

    # Making things to publish.

    def name(self):
        """A new project's name, which is not the beginning of another's: each must be found by its own."""
        return f"kill-{self.database}-{self.number}-{next(self.numbers):05}"

    def package(self, ecosystem=None, name=None, size=None):
        """A new package; of a project of its own, or one more version of `name`."""
        ecosystem = ecosystem or self.random.choice(packages.ECOSYSTEMS)
        size = size or self.random.choice((200, 2_000, 20_000))
        version = f"1.{next(self.numbers)}.0"
        package = packages.make(ecosystem, name or self.name(), version, self.random.randbytes(size))
        if ecosystem == "maven" and self.random.random() < 0.5:
            self.bundle(package)
        return package

    def bundle(self, package):
        """Lets a release be sent in a bundle of the publisher portal, often with others."""
        others = [
            packages.make("maven", self.name(), package.version, self.random.randbytes(200))
            for _ in range(self.random.randint(0, 2))]
        package.bundle = [package, *others]
        for other in others:
            other.bundle = package.bundle

    def burst(self, count=BURST):
        """New packages: half of them versions of a project of each ecosystem, half projects of their own."""
        shared = [(ecosystem, self.name()) for ecosystem in packages.ECOSYSTEMS]
        made = []
        for index in range(count):
            ecosystem, name = shared[index // 2 % len(shared)] if index % 2 else (None, None)
            # Two at once from one sender to one artifact would complete each other's deployments.
            made.append(self.package(ecosystem, None if ecosystem == "maven" else name))
        return made

    # Publishing.

    def publish(self, package, port=None, by="raw http", **manner):
        """Publishes over plain HTTP and writes down what came of it."""
        attempt = self.ledger.add_all(package, by)
        self.send(attempt, port or self.node.port, **manner)

    def send(self, attempt, port, **manner):
        package = attempt.package
        try:
            status, text = wire.publish(port, package, self.token, **manner)
        except wire.Broken as error:
            self.ledger.unacknowledged(attempt, str(error))
            return
        except threading.BrokenBarrierError:
            self.ledger.unacknowledged(attempt, "held back for too long")
            return
        if 200 <= status < 300 and package.bundle and not self.deployed(package, port, text):
            self.campaign.violated(f"the bundle of {package} was taken and is not published")
        elif 200 <= status < 300:
            self.ledger.acknowledge(attempt)
        elif status >= 500:
            self.ledger.unacknowledged(attempt, f"{status} {text}")
        else:
            self.journal.note("refused", package=package, status=status, text=text[:500])
            self.campaign.violated(f"{package} was refused with {status}: {text[:300]}")

    def deployed(self, package, port, key):
        """Whether a bundle that was taken is published: its state is final when the upload was answered.

        One that was sent again may be told that it waits in the deployment of the first time, where a kill left it
        between its check and its release; then that one is released, if it can be by now.
        """
        portal, fields = "/maven/api/v1/publisher", {"Authorization": packages.basic(self.token)}
        try:
            status, text = wire.send(port, "POST", f"{portal}/status?id={key}", fields, b"")
            if status == 200 and '"PUBLISHED"' in text:
                return True
            self.journal.note("deployment", package=package, status=status, text=text[:500])
            waiting = re.search("waits already in the deployment ([0-9a-f-]{36})", text)
            return bool(waiting) and wire.send(port, "POST", f"{portal}/deployment/{waiting[1]}", fields, b"")[0] == 204
        except wire.Broken:
            # The answer to the upload has said it.
            return True

    def publishers(self, made, port=None, together=False):
        """Threads that publish, one package each; `together` lets all last bytes go at once. Returns them and the gate."""
        gate = threading.Barrier(len(made) + 1) if together else None
        threads = []
        for package in made:
            manner = {"before_end": lambda: gate.wait(20)} if gate else {}
            target = port() if callable(port) else port
            thread = threading.Thread(
                target=self.publish, args=(package, target), kwargs=manner, daemon=True)
            thread.start()
            threads.append(thread)
        return threads, gate

    def client(self, head_start=False):
        """Starts one of the real clients with a new package; a head start lets it come as far as it likes to."""
        tools = clients.available()
        if not tools:
            return None
        tool = tools[next(self.campaign.turn) % len(tools)]
        package = self.package(clients.TOOLS[tool], self.name())
        run = clients.Run(self.home, tool, package)
        run.attempt = self.ledger.add(package, tool)
        self.journal.note("client", tool=tool, package=package)
        run.start()
        self.runs.append(run)
        if head_start:
            self.sleep(self.campaign.client_seconds[tool])
        return run

    def join(self, threads=()):
        """Waits for publishers and clients and writes down how the clients ended."""
        for thread in threads:
            thread.join(90)
            if thread.is_alive():
                raise Failure("a publisher does not end")
        for run in self.runs:
            run.join(150)
            self.journal.note("client-ended", tool=run.tool, package=run.package, status=run.status,
                              seconds=round(run.seconds, 2), output=run.output[-1500:])
            self.campaign.client_seconds[run.tool] = 0.5 * (self.campaign.client_seconds[run.tool] + run.seconds)
            if not run.package.data and run.status == 0:
                raise Failure(f"{run.tool} published {run.package}, but its bytes are nowhere")
            elif not run.package.data:
                self.ledger.drop(run.attempt)
            elif run.status == 0:
                self.ledger.acknowledge(run.attempt)
            else:
                self.ledger.unacknowledged(run.attempt, f"exit code {run.status}")
        self.runs = []

    # Killing and coming back.

    def kill(self, phase, node=None):
        """Kills a node; counts it only where it was still running."""
        if (node or self.node).kill():
            self.totals.kills[phase] += 1
        else:
            raise Failure(f"the server had ended by itself before it was killed: {(node or self.node).tail()}")

    def sleep(self, most, least=0.0):
        """Waits for a random time and writes it down."""
        delay = self.random.uniform(least, most)
        self.journal.note("delay", seconds=round(delay, 5))
        time.sleep(delay)

    def restart(self, threads=()):
        """Starts the node again, checks everything, and publishes again what nobody acknowledged."""
        seconds = self.node.start()
        self.ready("restart to ready", seconds)
        self.join(threads)
        self.checker.check(self.node.port)
        self.retry()

    def ready(self, what, seconds):
        self.totals.ready[f"{what}, {self.database}"].append(seconds)
        if seconds > self.campaign.options.ready_limit:
            self.campaign.violated(f"{what} took {seconds:.3f} s")

    def retry(self):
        """Publishes most of what nobody acknowledged once more, with the same bytes; the rest must stay as it is."""
        for attempt in list(self.ledger.attempts.values()):
            package = attempt.package
            # What is deployed to the end without its last file is published a minute later; nothing here waits for that.
            if attempt.acknowledged or not package.leads or attempt is self.idle:
                continue
            if package.ecosystem != "maven" and self.random.random() < 0.25:
                continue
            status, text = wire.publish(self.node.port, package, self.token)
            # SwiftPM's protocol knows no repeat: whoever sends a version again is told that it is there.
            exists = status >= 400 and ("same content" in text or package.ecosystem == "swift" and status == 409)
            again = "there already" if exists or "already published with the same content" in text else "accepted"
            self.journal.note("again", package=package, fate=attempt.fate, status=status, text=text[:300])
            if status == 409 and "is being published at this moment" in text:
                # The server that was doing so is dead; its claim ends after a minute.
                self.totals.retries["claimed by the server that was killed"] += 1
                continue
            if not (200 <= status < 300 or exists):
                raise Violation(f"{package} ({attempt.fate}), published again, is refused with {status}: {text[:300]}")
            if package.bundle and not self.deployed(package, self.node.port, text):
                self.totals.retries["waiting in an earlier deployment"] += 1
                continue
            if package.ecosystem != "maven" and (again == "there already") != (attempt.fate == "complete"):
                raise Violation(f"{package} was {attempt.fate}, but publishing it again says: {text[:300]}")
            self.totals.retries[again] += 1
            self.ledger.acknowledge(attempt)

    # The first and the last hour.

    def open(self, kills):
        """Starts it for the first time, after `kills` attempts that were killed while they migrated."""
        for _ in range(kills):
            command = ("admin", "migrate") if self.random.random() < 0.3 else ()
            self.node.spawn(*command)
            self.sleep(self.campaign.first_start * 1.1)
            if self.node.kill():
                self.totals.kills["migration"] += 1
        self.ready("first start to ready", self.node.start())
        self.node.admin("user", "create", "keeper", "--email", "keeper@example.org", "--administrator")
        self.token = self.node.admin("token", "create", "--user", "keeper").stdout.strip()
        authority = self.node.url.removeprefix("http://")
        self.home = clients.Home(self.folder / "clients", self.node.url, authority, self.token)

    def leave(self):
        """Deploys all files of a release and not what completes it; it has to be published by itself, whatever is killed."""
        package = packages.make("maven", self.name(), "1.0.0", self.random.randbytes(200))
        self.idle = self.ledger.add(package, "nobody, a minute later")
        for request in package.requests(self.token)[:-1]:
            status, text = wire.send(self.node.port, *request)
            if status != 201:
                raise Violation(f"{package}: {request[1]} is refused with {status}: {text[:300]}")

    def await_idle(self, limit=150):
        """Waits for the deployment that nobody completed."""
        end = time.monotonic() + limit
        while not self.idle.acknowledged:
            self.checker.check(self.node.port)
            self.idle.acknowledged = self.idle.fate == "complete"
            if time.monotonic() > end:
                raise Violation(f"{self.idle.package} was deployed to its end and is still not published")
            time.sleep(0 if self.idle.acknowledged else 2)

    def close(self):
        """The last checks: everything, the database itself, `admin verify`, and the spool."""
        self.await_idle()
        self.checker.check(self.node.port)
        projects = [key for key, attempts in self.ledger.by_project().items() if any(
            attempt.acknowledged or attempt.fate == "complete" for attempt in attempts)]
        self.checker.search(self.node.port, self.random.sample(projects, min(20, len(projects))))
        audit(self)
        self.verify()
        self.sweep()
        if self.number == 1:
            self.prove()
        code = self.node.stop()
        if code != 0:
            raise Violation(f"the server ended with {code} on SIGTERM: {self.node.tail()}")
        self.totals.add(self.ledger)
        self.journal.note("closed", number=self.number)

    def prove(self):
        """The checks must be able to fail: a lost publish, one that nobody sent, and a changed byte are all found."""
        never = self.ledger.add(self.package("pypi"), "nobody")
        never.acknowledged = True
        self.must_fail("a publish that was acknowledged and is not there")
        self.ledger.drop(never)
        there = next(
            attempt for attempts in self.ledger.by_project().values() if len(attempts) > 1
            for attempt in attempts if attempt.acknowledged and not attempt.package.bundle)
        self.ledger.drop(there)
        self.must_fail("a file that nobody published")
        self.ledger.attempts[str(there.package)] = there
        digest = there.package.sha256
        with open(self.blobs / digest[:2] / digest, "r+b") as blob:
            blob.seek(len(there.package.data) // 2)
            byte = blob.read(1)
            blob.seek(-1, os.SEEK_CUR)
            blob.write(bytes([byte[0] ^ 1]))
        self.must_fail("a blob with a changed byte")

    def must_fail(self, what):
        try:
            self.checker.check(self.node.port)
        except Violation as violation:
            self.journal.note("proved", what=what, violation=str(violation))
            self.totals.checks["faults made on purpose and found"] += 1
        else:
            raise Violation(f"the checks do not find {what}")

    def verify(self):
        if "\n  verify " not in self.node.help("admin"):
            self.totals.skipped.add("hallmark admin verify (this binary does not have it)")
            return
        result = self.node.admin("verify", check=False, limit=600)
        self.journal.note("verify", status=result.returncode, output=(result.stdout + result.stderr)[-2000:])
        if result.returncode != 0:
            raise Violation(f"hallmark admin verify is not clean: {result.stdout}{result.stderr}")
        self.totals.checks["times admin verify"] += 1

    def sweep(self):
        """What kills left in the spool is taken by the sweep at a start, once it is old enough."""
        spool = self.blobs / ".spool"
        leftovers = sorted(spool.iterdir())
        for path in leftovers:
            if not path.is_file() or path.is_symlink() or not spool_name(path.name):
                raise Violation(f"the spool holds {path.name}, which no sweep would take")
            old = time.time() - 25 * 3600
            os.utime(path, (old, old))
        self.totals.spooled += len(leftovers)
        self.kill("last start")
        self.ready("restart to ready", self.node.start())
        end = time.monotonic() + 10
        while left := list(spool.iterdir()):
            if time.monotonic() > end:
                raise Violation(f"the sweep left {[path.name for path in left]} in the spool")
            time.sleep(0.02)
        self.checker.check(self.node.port)
