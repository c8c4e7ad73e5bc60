"""The order that a publish must keep on the disk before it is answered.

A power failure may keep or lose, in any combination, what was written and not yet synchronized: bytes of files, entries
of folders. So before the answer begins to leave, these must have ended, each after what it makes durable:

- the file's own fsync, before the file gets its final name;
- the fsync of the folder in which it got that name, and of the parent of every folder on the way to it. A folder that
  an earlier process made and did not live to synchronize counts like one made now: nobody else will do it;
- a blob that an earlier version put elsewhere keeps that name until the new one is synchronized;
- the fsync of the database's log after the last byte of the transaction which first holds the file's name;
- once, for a fresh data directory: the same for the database's files, the master key, and the directory itself.
"""
import dataclasses
import os

from .trace import FOLDERS, LINKS, MOVES, OPENS, SYNCS, UNLINKS, WRITES


class Broken(Exception):
    """The trace lacks what a rule is about."""


@dataclasses.dataclass
class Facts:
    """What the recorder knows about the publish in a trace."""

    database: str
    #: fresh, folder (somebody died after making the blob's folder), blob (after putting the same blob there), or earlier
    #: (a version before this layout put it there, below another folder).
    scenario: str
    data: str
    sha256: str
    size: int
    #: Bytes that no other publish has: the file's name.
    marker: str
    #: The two ends of the publisher's connection, the publisher's own first.
    client: str
    server: str
    #: The folder with the log of a PostgreSQL cluster.
    log: str = ""

    @property
    def blob(self):
        return os.path.join(self.data, "blobs", self.sha256[:2], self.sha256)

    @property
    def earlier(self):
        """Where versions before this layout put it."""
        return os.path.join(self.data, "blobs", self.sha256[:2], self.sha256[2:4], self.sha256)


@dataclasses.dataclass
class Rule:
    """One rule that a trace keeps: what was made durable, and the calls (any of them suffices) that did it."""

    what: str
    witnesses: list


class Trace:
    """The calls of a recorded publish, and where its answer began."""

    def __init__(self, calls, facts):
        self.calls, self.facts = [call for call in calls if call.result >= 0], facts
        self.broken = []
        self.answer = self.find_answer()

    def find_answer(self):
        ends = f"[{self.facts.server}->{self.facts.client}]"
        for call in self.calls:
            if call.name in WRITES and ends in call.file:
                if not call.data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
                    raise Broken(f"the answer begins with {call.data[:40]!r}")
                return call.begin
        raise Broken("the trace has no answer to the publish")

    def synchronized(self, what, path, after, before=None):
        """The calls that made `path` durable after the line `after` and before the line `before`, or the answer."""
        limit = self.answer if before is None else before
        found = [
            call for call in self.calls
            if call.name in SYNCS and call.file == path and call.begin > after and call.end < limit]
        if not found:
            self.broken.append(f"{what}: no fsync of {path} between line {after + 1} and line {limit + 1}")
        return Rule(what, found)

    def moved_to(self, path):
        """The call that gave a file its final name, if any did."""
        return next((call for call in self.calls if call.name in MOVES and call.paths[-1:] == [path]), None)

    def made(self, folder):
        """The call that made a folder, if any did."""
        return next((call for call in self.calls if call.name in FOLDERS and call.paths[-1:] == [folder]), None)


def rules(calls, facts):
    """The rules that the trace keeps, and what it says about those that it does not keep."""
    try:
        trace = Trace(calls, facts)
    except Broken as broken:
        return [], [str(broken)]
    kept = []
    parts = [blob, folders, sqlite if facts.database == "sqlite" else postgres]
    for part in parts + ([fresh] if facts.scenario == "fresh" else []):
        try:
            kept += [rule for rule in part(trace) if rule.witnesses]
        except Broken as broken:
            trace.broken.append(str(broken))
    return kept, trace.broken


def content(trace, what, path, size):
    """A file that is written under one name, synchronized, and then moved to `path`, whose folder is then synchronized."""
    move = trace.moved_to(path)
    if move is None or move.end > trace.answer:
        raise Broken(f"{what}: nothing was moved to {path} before the answer")
    source = move.paths[0]
    writes = [
        call for call in trace.calls if call.name in WRITES and call.file == source and call.begin < move.begin]
    written = sum(call.result for call in writes)
    if written != size:
        raise Broken(f"{what}: {written} of its {size} bytes were written before it got its name")
    last = max(call.end for call in writes)
    return [
        trace.synchronized(f"the bytes of {what}, before it gets its name", source, last, move.begin),
        trace.synchronized(f"the name of {what}, in its folder", os.path.dirname(path), move.end)]


def blob(trace):
    path = trace.facts.blob
    if trace.facts.scenario == "blob" and trace.moved_to(path) is None:
        return [trace.synchronized("the name of the blob, which was there already", os.path.dirname(path), -1)]
    if trace.facts.scenario == "earlier":
        return moved_on(trace, path)
    return content(trace, "the blob", path, trace.facts.size)


def moved_on(trace, path):
    """A blob in the layout of an earlier version gets its new name, durably, before it loses the one it had."""
    move = trace.moved_to(path)
    if move is None or move.name not in LINKS or move.paths[0] != trace.facts.earlier:
        raise Broken("the blob, in the earlier layout: it was not linked to its place")
    gone = next((call for call in trace.calls if call.name in UNLINKS and call.paths[-1:] == [move.paths[0]]), None)
    return [trace.synchronized(
        "the name of the blob, before it loses its earlier one", os.path.dirname(path), move.end,
        gone.begin if gone else None)]


def folders(trace):
    """The entries of all folders from the data directory down to the blob's, whoever made them."""
    found, folder = [], os.path.dirname(trace.facts.blob)
    while folder != trace.facts.data:
        made = trace.made(folder)
        name = os.path.relpath(folder, trace.facts.data)
        found.append(trace.synchronized(
            f"the folder {'AB' if '/' in name else name}, in its parent",
            os.path.dirname(folder), made.end if made else -1))
        folder = os.path.dirname(folder)
    return found


def sqlite(trace):
    """The write-ahead log (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).

    A frame is a header of 24 bytes, whose second number is not 0 where the frame ends a transaction, and a page.
    """
    log = os.path.join(trace.facts.data, "hallmark.sqlite-wal")
    marker, header, begun = trace.facts.marker.encode(), b"", False
    for call in trace.calls:
        if call.name not in WRITES or call.file != log:
            continue
        data = call.data
        if len(data) == 24:
            header = data
            continue
        begun = begun or marker in data
        if begun and header[4:8] not in (b"", b"\0\0\0\0"):
            return [trace.synchronized("the transaction, in SQLite's log", log, call.end)]
    raise Broken("the trace has no transaction with the file's name in SQLite's log")


def postgres(trace):
    """PostgreSQL's log: written and synchronized before the server is told COMMIT, and that before the answer."""
    marker = trace.facts.marker.encode()
    # Hallmark's ends of the connections on which the file's name went to the database.
    ends = {
        call.file for call in trace.calls
        if call.name in WRITES and marker in call.data and "->" in call.file and call.begin < trace.answer}
    mirrored = {mirror(end) for end in ends}
    logged = [
        call for call in trace.calls
        if call.name in WRITES and call.file.startswith(trace.facts.log + "/") and call.begin < trace.answer]
    first = next((call for call in logged if marker in call.data), None)
    if first is None:
        raise Broken("the trace has no record with the file's name in PostgreSQL's log before the answer")
    replies = [
        call for call in trace.calls
        if call.name in WRITES and call.file in mirrored and b"COMMIT\0" in call.data and call.end > first.begin
        and call.begin < trace.answer]
    if not replies:
        raise Broken("PostgreSQL did not say COMMIT between the record in its log and the answer")
    reply = replies[0]
    mine = [
        call for call in logged
        if call.begin < reply.begin and call.end >= first.begin
        and (call.process == reply.process or marker in call.data)]
    last = max(mine, key=lambda call: call.end)
    rule = trace.synchronized(
        "the transaction, in PostgreSQL's log, before it says COMMIT", last.file, last.end, reply.begin)
    if reply.end > trace.answer:
        raise Broken("the answer begins before PostgreSQL has said COMMIT")
    return [rule]


def mirror(end):
    """The same connection as its other end sees it: `TCP:[a->b]` for `TCP:[b->a]`."""
    kind, _, ends = end.partition(":[")
    left, _, right = ends.rstrip("]").partition("->")
    return f"{kind}:[{right}->{left}]"


def fresh(trace):
    """What the first start makes: the data directory, the master key and the database's files."""
    data = trace.facts.data
    found = content(trace, "the master key", os.path.join(data, "keys/master"), 32)
    for folder in (data, os.path.join(data, "keys")):
        made = trace.made(folder)
        if made is None:
            raise Broken(f"nobody made {folder}")
        name = "the data directory" if folder == data else "the folder keys"
        found.append(trace.synchronized(f"{name}, in its parent", os.path.dirname(folder), made.end))
    if trace.facts.database == "sqlite":
        for name in ("hallmark.sqlite", "hallmark.sqlite-wal"):
            path = os.path.join(data, name)
            opened = next(
                (call for call in trace.calls
                 if call.name in OPENS and call.paths[-1:] == [path] and "O_CREAT" in call.arguments), None)
            if opened is None:
                raise Broken(f"nobody made {path}")
            found.append(trace.synchronized(f"the entry of {name}", data, opened.end))
    return found
