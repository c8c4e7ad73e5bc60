"""What was published, what became of it, and a journal of everything that was done."""
import collections
import dataclasses
import json
import statistics
import threading
import time

from .packages import Package

#: What became of a publish that nobody acknowledged, as the checks find it.
FATES = ("absent", "complete")


class Violation(Exception):
    """A promise was broken."""


class Journal:
    """One JSON object a line: when, what, and how."""

    def __init__(self, path):
        self.path = path
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.file = open(path, "w", buffering=1)

    def note(self, event, **details):
        line = json.dumps({"t": round(time.monotonic() - self.began, 4), "event": event, **details}, default=str)
        with self.lock:
            self.file.write(line + "\n")


@dataclasses.dataclass
class Attempt:
    """One package that somebody tried to publish."""

    package: Package
    by: str
    acknowledged: bool = False
    #: For what was not acknowledged: None until it is looked for, then absent or complete.
    fate: str | None = None
    reason: str = ""
    #: The files that were not there when it was last looked for, although the release was; see `checks.may_lack`.
    lacking: list = dataclasses.field(default_factory=list)


class Ledger:
    """Every attempt on one registry."""

    def __init__(self, journal):
        self.journal = journal
        self.lock = threading.Lock()
        self.attempts = {}

    def add(self, package, by):
        attempt = Attempt(package, by)
        with self.lock:
            if str(package) in self.attempts:
                raise ValueError(f"{package} is used twice")
            self.attempts[str(package)] = attempt
        return attempt

    def drop(self, attempt):
        """Forgets an attempt that never reached the network."""
        with self.lock:
            self.attempts.pop(str(attempt.package), None)

    def add_all(self, package, by):
        """The attempts of all releases that are sent with a package. Returns that of the package itself."""
        attempts = [self.add(part, by) for part in package.together]
        return attempts[0]

    def all_with(self, attempt):
        """The attempts of all releases that were sent with this one."""
        with self.lock:
            return [self.attempts[str(part)] for part in attempt.package.together if str(part) in self.attempts]

    def acknowledge(self, attempt):
        for one in self.all_with(attempt):
            one.acknowledged = True
            self.journal.note(
                "acknowledged", package=one.package, by=one.by, sha256=one.package.sha256,
                bytes=len(one.package.data))

    def unacknowledged(self, attempt, reason):
        attempt.reason = reason
        self.journal.note("unacknowledged", package=attempt.package, by=attempt.by, reason=reason[:500])

    def by_project(self):
        with self.lock:
            projects = collections.defaultdict(list)
            for attempt in self.attempts.values():
                projects[attempt.package.project].append(attempt)
            return projects


class Totals:
    """The numbers of a campaign, over all its registries."""

    def __init__(self):
        self.kills = collections.Counter()
        self.acknowledged = collections.Counter()
        self.fates = collections.Counter()
        self.retries = collections.Counter()
        self.ready = collections.defaultdict(list)
        self.checks = collections.Counter()
        self.spooled = 0
        self.skipped = set()

    def add(self, ledger):
        """Counts the attempts of a registry that is done."""
        for attempt in ledger.attempts.values():
            if attempt.fate is None and attempt.acknowledged:
                self.acknowledged[attempt.by] += 1
            else:
                self.fates[attempt.fate or "not looked for"] += 1

    def text(self):
        lines = [f"kills: {sum(self.kills.values())}"]
        lines += [f"  {phase}: {count}" for phase, count in sorted(self.kills.items())]
        lines.append(f"acknowledged publishes: {sum(self.acknowledged.values())}")
        lines += [f"  by {by}: {count}" for by, count in sorted(self.acknowledged.items())]
        lines.append(f"unacknowledged publishes: {sum(self.fates.values())}")
        lines += [f"  {fate}: {count}" for fate, count in sorted(self.fates.items())]
        lines += [f"  published again, {answer}: {count}" for answer, count in sorted(self.retries.items())]
        for name, seconds in sorted(self.ready.items()):
            lines.append(
                f"{name}: p50 {statistics.median(seconds) * 1000:.0f} ms, max {max(seconds) * 1000:.0f} ms "
                f"of {len(seconds)}")
        lines.append("checked: " + ", ".join(f"{count} {what}" for what, count in sorted(self.checks.items())))
        lines.append(f"spool files that kills left behind, all swept: {self.spooled}")
        lines += [f"skipped: {what}" for what in sorted(self.skipped)]
        return "\n".join(lines)

    def numbers(self):
        return {
            "kills": self.kills, "acknowledged": self.acknowledged, "fates": self.fates, "retries": self.retries,
            "ready": {name: {"p50": statistics.median(seconds), "max": max(seconds), "count": len(seconds)}
                      for name, seconds in self.ready.items()},
            "checked": self.checks, "spooled": self.spooled, "skipped": sorted(self.skipped)}
