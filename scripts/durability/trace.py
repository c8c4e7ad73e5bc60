"""Reads what `strace -f -yy -ttt -xx` wrote: every call with the line where it began and the line where it ended."""
import dataclasses
import functools
import os
import re

LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
CALL = re.compile(r"^(\w+)\((.*)$", re.DOTALL)
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$", re.DOTALL)
RESULT = re.compile(r"\)\s+= (-?\d+)(?:<|\s|$)")
#: An open file with what it is, or a string; with -xx neither can hold a quote or an angle bracket of its own.
TOKEN = re.compile(
    r"(?P<fd>\d+|AT_FDCWD)<(?P<of>[A-Za-z0-9]+:\[[^\]]*\]|(?:\\x[0-9a-f]{2})+|[^>]*)>"
    r"|\"(?P<text>(?:\\x[0-9a-f]{2})*)\"(?P<cut>\.\.\.)?")

WRITES = {"write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg"}
SYNCS = {"fsync", "fdatasync"}
LINKS = {"link", "linkat"}
MOVES = {"rename", "renameat", "renameat2"} | LINKS
UNLINKS = {"unlink", "unlinkat"}
FOLDERS = {"mkdir", "mkdirat"}
OPENS = {"open", "openat", "creat"}


@dataclasses.dataclass
class Call:
    """One system call. It took effect somewhere between the lines `begin` and `end`."""

    process: int
    name: str
    arguments: str
    begin: int
    end: int
    result: int

    @functools.cached_property
    def tokens(self):
        return [match.groupdict() for match in TOKEN.finditer(self.arguments)]

    @functools.cached_property
    def file(self):
        """What the call's open file is: a path, or a socket's two ends."""
        for token in self.tokens:
            if token["of"] is not None:
                return plain(token["of"])
        return ""

    @functools.cached_property
    def data(self):
        """The bytes that the call wrote."""
        joined = b"".join(decode(token["text"]) for token in self.tokens if token["text"] is not None)
        return joined[:self.result] if self.result >= 0 else b""

    @functools.cached_property
    def paths(self):
        """The paths that the call names, made whole where they are relative to an open folder."""
        found, folder = [], ""
        for token in self.tokens:
            if token["of"] is not None:
                folder = plain(token["of"])
            elif token["text"] is not None:
                found.append(os.path.normpath(os.path.join(folder, decode(token["text"]).decode(errors="replace"))))
                folder = ""
        return found


def decode(text):
    return bytes.fromhex(text.replace("\\x", ""))


def plain(text):
    """A path, which may be followed by what kind of device it is; or a socket's ends as they are."""
    path = re.match(r"(?:\\x[0-9a-f]{2})+", text)
    return decode(path[0]).decode(errors="replace") if path else text


def parse(lines):
    """Every finished call, in the order in which they ended."""
    calls, open_calls = [], {}
    for number, line in enumerate(lines):
        match = LINE.match(line)
        if not match:
            continue
        process, rest = int(match[1]), match[3]
        begin = number
        if resumed := RESUMED.match(rest):
            if process not in open_calls or open_calls[process][0] != resumed[1]:
                continue
            name, arguments, begin = open_calls.pop(process)
            arguments += resumed[2]
        elif call := CALL.match(rest):
            name, arguments = call[1], call[2]
            if arguments.rstrip().endswith("<unfinished ...>"):
                open_calls[process] = (name, arguments.rstrip().removesuffix("<unfinished ...>"), number)
                continue
        else:
            continue
        result = RESULT.search(arguments)
        if result:
            calls.append(Call(process, name, arguments[:result.start()], begin, number, int(result[1])))
    return calls
