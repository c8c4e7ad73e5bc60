"""What must hold inside the database, whatever the server shows."""
import sqlite3
import time

from .ledger import Violation

#: Each gives one number, which must be 0.
INVARIANTS = {
    "files without exactly one event of their publish":
        "SELECT abs((SELECT count(*) FROM files f JOIN releases r ON r.id = f.release_id WHERE r.state = 'live')"
        " - (SELECT count(*) FROM events WHERE kind = 'file.published'))",
    "projects without exactly one event of their creation":
        "SELECT abs((SELECT count(*) FROM projects) - (SELECT count(*) FROM events WHERE kind = 'project.created'))",
    "files without their blob's row":
        "SELECT count(*) FROM files WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE blobs.sha256 = files.sha256)",
    "releases without a file":
        "SELECT count(*) FROM releases WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.release_id = releases.id)",
    "projects without a release":
        "SELECT count(*) FROM projects WHERE NOT EXISTS"
        " (SELECT 1 FROM releases WHERE releases.project_id = projects.id)",
    "projects whose stored bytes are not the sum of their files":
        "SELECT count(*) FROM projects WHERE stored_bytes <>"
        " (SELECT COALESCE(sum(size), 0) FROM files WHERE files.project_id = projects.id)",
}


def audit(registry):
    """Asks the database itself. Throws Violation."""
    ask = sqlite(registry) if registry.database == "sqlite" else postgres(registry)
    for what, query in INVARIANTS.items():
        count = int(ask(query))
        if count:
            raise Violation(f"{count} {what}")
    files = int(ask("SELECT count(*) FROM files f JOIN releases r ON r.id = f.release_id WHERE r.state = 'live'"))
    wanted = sum(
        len(attempt.package.files) - len(attempt.lacking) for attempt in registry.ledger.attempts.values()
        if attempt.acknowledged or attempt.fate == "complete")
    if files != wanted:
        raise Violation(f"the database has {files} files, the ledger {wanted}")
    end = time.monotonic() + 10
    while left := int(ask("SELECT count(*) FROM outbox")):
        if time.monotonic() > end:
            raise Violation(f"{left} rows stay in the outbox")
        time.sleep(0.1)
    registry.totals.checks["database audits"] += 1


def sqlite(registry):
    path = registry.node.data / "hallmark.sqlite"

    def ask(query):
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(query).fetchone()[0]
        finally:
            connection.close()

    if (answer := ask("PRAGMA integrity_check")) != "ok":
        raise Violation(f"SQLite's integrity check says {answer}")
    return ask


def postgres(registry):
    return lambda query: registry.campaign.postgres.query(query, registry.database_name)
