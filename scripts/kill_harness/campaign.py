"""A campaign: registries, one after the other, until the server was killed often enough."""
import collections
import itertools
import pathlib
import random
import shutil
import tempfile
import time

from . import clients, phases
from .ledger import Journal, Totals, Violation
from .registry import Registry
from .servers import Failure, Hallmark, Postgres

#: How many kills one registry lives through before a fresh one takes its place.
LIFE = 16


class Campaign:
    """What all registries of one run share."""

    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.work or tempfile.mkdtemp(prefix="hallmark-kill-")).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(self.folder / "journal.jsonl")
        self.totals = Totals()
        self.turn = itertools.count()
        self.postgres = None
        self.violations = []
        # What kills are aimed by; measured before the first one.
        self.first_start, self.later_start, self.burst_seconds = 0.06, 0.04, 0.1
        self.client_seconds = collections.defaultdict(lambda: 1.0)
        self.numbers = itertools.count(1)

    def violated(self, text):
        """Writes down a broken promise; the run ends at the next opportunity."""
        self.violations.append(text)
        self.journal.note("violation", text=text)

    def run(self):
        """Runs the campaign. Returns the exit code."""
        self.journal.note("campaign", **{key: str(value) for key, value in vars(self.options).items()})
        databases = ["sqlite", "postgres"] if self.options.database == "both" else [self.options.database]
        for tool in clients.TOOLS:
            if clients.launch(tool) is None:
                self.totals.skipped.add(f"publishing with {tool}, which is not installed")
        current = None
        try:
            self.measure_starts()
            for index, database in enumerate(databases):
                share = self.options.kills * (index + 1) // len(databases)
                if database == "postgres":
                    self.start_postgres()
                while sum(self.totals.kills.values()) < share:
                    current = Registry(self, next(self.numbers), database)
                    self.live(current, share)
        except Violation as violation:
            self.violated(str(violation))
        except Failure as failure:
            self.violated(f"the run could not go on: {failure}")
        finally:
            if current is not None and current.node.is_running():
                current.node.process.kill()
            if self.postgres:
                self.postgres.close(keep=bool(self.violations))
        return self.report()

    def measure_starts(self):
        """Starts a server that nobody needs, to know how long that takes here."""
        node = Hallmark(self.options.hallmark, self.folder, "measure", self.journal)
        self.first_start = node.start()
        node.kill()
        self.later_start = node.start()
        node.kill()
        self.journal.note("measured", first_start=self.first_start, later_start=self.later_start)

    def start_postgres(self):
        programs = Postgres.find()
        if programs is None:
            raise Failure("PostgreSQL is not installed; run scripts/bootstrap test, or take --database sqlite")
        self.postgres = Postgres(self.journal, programs)
        self.postgres.start()

    def live(self, registry, share):
        """One registry from its first start to its last check."""
        plan = random.Random(f"{self.options.seed}/plan/{registry.database}/{registry.number}")
        weights = phases.WEIGHTS | (phases.POSTGRES_WEIGHTS if registry.database == "postgres" else {})
        born = sum(self.totals.kills.values())
        registry.open(plan.randint(1, 4) if share >= 10 else 1)
        self.burst_seconds = phases.calibrate(registry)
        self.journal.note("calibrated", burst=self.burst_seconds)
        registry.leave()
        # Every way once in a random order before any comes again, so that short runs see different ones.
        order = iter(sorted(weights, key=lambda phase: plan.random() ** (1 / weights[phase]), reverse=True))
        while True:
            # The last check needs one kill of its own.
            done = sum(self.totals.kills.values()) + 1
            if done >= share or done - born >= LIFE:
                break
            phase = next(order, None) or plan.choices(list(weights), list(weights.values()))[0]
            self.journal.note("phase", name=phase.__name__, kills=done - 1)
            began = time.monotonic()
            if phase not in phases.WITH_CLIENTS and plan.random() < 0.4:
                registry.client(head_start=True)
            phase(registry)
            self.say(f"{registry.database} {registry.number}: {phase.__name__} ({time.monotonic() - began:.1f} s)")
            if self.violations:
                raise Violation("see above")
        registry.close()
        self.say(f"{registry.database} {registry.number}: closed")
        if not self.violations and not self.options.work:
            shutil.rmtree(registry.folder, ignore_errors=True)

    def say(self, text):
        kills = sum(self.totals.kills.values())
        print(f"[{time.monotonic() - self.journal.began:6.1f} s, {kills:3d} kills] {text}", flush=True)

    def report(self):
        """Prints the summary, and where the evidence is. Returns the exit code."""
        self.journal.note("summary", **self.totals.numbers())
        print(f"\nseed {self.options.seed}, {time.monotonic() - self.journal.began:.0f} s")
        print(self.totals.text())
        real = [text for text in self.violations if text != "see above"]
        if not real:
            print("violations: none")
            if not self.options.work:
                shutil.rmtree(self.folder, ignore_errors=True)
            return 0
        print(f"VIOLATIONS: {len(real)}")
        for text in real:
            print(f"  {text}")
        print(f"the evidence is kept: {self.folder} (journal.jsonl has every action)")
        if self.postgres:
            print(f"  and PostgreSQL's cluster: {self.postgres.folder}")
        return 1
