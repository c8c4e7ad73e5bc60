"""The ways in which a server is killed. Each ends with a running server that was checked."""
import threading
import time

from . import checks, wire
from .ledger import Violation
from .servers import Failure, Hallmark


def commit(registry):
    """Amid the commits of many publishes whose last bytes arrive at once."""
    threads, gate = registry.publishers(registry.burst(), together=True)
    gate.wait(20)
    registry.sleep(registry.campaign.burst_seconds * 1.2)
    registry.kill("group commit")
    registry.restart(threads)


def anytime(registry):
    """At any time while eight publish one after the other, and a real client beside them."""
    stop = threading.Event()

    def work():
        # Bounded, because all of it is checked after every restart to come.
        for _ in range(15):
            if not stop.is_set():
                registry.publish(registry.package())

    if registry.random.random() < 0.5:
        registry.client()
    threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    registry.sleep(0.5)
    registry.kill("any time")
    stop.set()
    registry.restart(threads)


def client(registry):
    """While a real client runs."""
    run = registry.client()
    if run is None:
        return anytime(registry)
    # The second half of a client's time is when it talks.
    seconds = registry.campaign.client_seconds[run.tool]
    registry.sleep(seconds * 1.1, least=seconds * 0.3)
    registry.kill(f"client {run.tool}")
    registry.restart()


def start(registry):
    """Within the first milliseconds of a start that finds work to do, while clients already knock."""
    threads, gate = registry.publishers(registry.burst(12), together=True)
    gate.wait(20)
    registry.sleep(registry.campaign.burst_seconds)
    registry.kill("group commit")
    for _ in range(registry.random.randint(1, 3)):
        registry.node.spawn()
        knocking = threading.Thread(target=knock, args=(registry,), daemon=True)
        knocking.start()
        threads.append(knocking)
        registry.sleep(registry.campaign.later_start * 1.5)
        registry.kill("start")
        knocking.join()
    registry.restart(threads)


def knock(registry):
    """Publishes as soon as anybody listens."""
    package = registry.package()
    while registry.node.is_running():
        try:
            wire.socket.create_connection(("127.0.0.1", registry.node.port), 1).close()
        except OSError:
            time.sleep(0.001)
            continue
        registry.publish(package)
        return


def warm(registry):
    """Just after a start, while every index is rendered for the first time and publishes come in."""
    registry.kill("between requests")
    registry.ready("restart to ready", registry.node.start())
    projects = sorted(registry.ledger.by_project())
    threads = [
        threading.Thread(target=read, args=(registry, projects[part::4]), daemon=True) for part in range(4)]
    for thread in threads:
        thread.start()
    more, _ = registry.publishers(registry.burst(8))
    registry.sleep(0.15)
    registry.kill("index rebuild")
    registry.restart(threads + more)


def read(registry, projects):
    """Reads indexes and pages until the server is gone; the checks look at what they say, after the restart."""
    reader = wire.Reader(registry.node.port)
    try:
        for ecosystem, name in projects:
            for path in (checks.index_path(ecosystem, name), f"/p/{ecosystem}/{name}", f"/search?q={name}"):
                reader.get(path)
    except wire.Broken:
        pass
    reader.close()


def outbox(registry):
    """After a burst was acknowledged, while its outbox is worked off."""
    threads, gate = registry.publishers(registry.burst(), together=True)
    gate.wait(20)
    registry.join(threads)
    registry.sleep(1.1)
    registry.kill("outbox")
    registry.restart()


def upload(registry):
    """While a larger file is on its way to the spool."""
    ecosystem = registry.random.choice(("pypi", "composer", "swift", "maven"))
    large = registry.package(ecosystem, size=registry.campaign.options.large << 20)
    if ecosystem == "maven":
        registry.bundle(large)
    slow = threading.Thread(target=registry.publish, args=(large,), kwargs={"pace": 0.4}, daemon=True)
    slow.start()
    more, _ = registry.publishers(registry.burst(4))
    registry.sleep(0.55)
    registry.kill("upload")
    registry.restart([slow] + more)


def deploy(registry):
    """While releases of many files arrive file by file, and others in bundles."""
    made = [registry.package("maven") for _ in range(12)]
    threads, _ = registry.publishers(made)
    registry.sleep(registry.campaign.burst_seconds * 2)
    registry.kill("deployment")
    registry.restart(threads)


def database(registry):
    """PostgreSQL itself goes, alone or together with the server, in the middle of commits."""
    postgres = registry.campaign.postgres
    threads, gate = registry.publishers(registry.burst(), together=True)
    gate.wait(20)
    registry.sleep(registry.campaign.burst_seconds * 1.2)
    at_once = registry.random.random() < 0.5
    (postgres.stop_immediately if at_once else postgres.kill)()
    registry.totals.kills["postgres, immediate stop" if at_once else "postgres, SIGKILL"] += 1
    registry.journal.note("postgres-killed", immediate=at_once)
    both = registry.random.random() < 0.5
    if both:
        registry.kill("together with postgres")
    registry.totals.ready["postgres recovery"].append(postgres.start())
    if both:
        return registry.restart(threads)
    began = time.monotonic()
    if not registry.node.wait_ready():
        raise Violation(f"the server is not ready again after PostgreSQL is: {registry.node.tail()}")
    registry.totals.ready["ready again after postgres"].append(time.monotonic() - began)
    registry.join(threads)
    registry.checker.check(registry.node.port)
    registry.retry()


def nodes(registry):
    """Two nodes on one PostgreSQL take publishes; one is killed, and the other has everything."""
    other = Hallmark(
        registry.campaign.options.hallmark, registry.folder, f"other-{next(registry.numbers)}", registry.journal,
        registry.settings)
    other.start()
    try:
        ports = [registry.node.port, other.port]
        turn = iter(range(10_000))
        threads, gate = registry.publishers(
            registry.burst(), port=lambda: ports[next(turn) % 2], together=True)
        gate.wait(20)
        registry.sleep(registry.campaign.burst_seconds * 1.2)
        registry.kill("one of two nodes")
        registry.join(threads)
        settle(registry, other.port)
        registry.restart()
        registry.kill("one of two nodes", other)
    except BaseException:
        if other.is_running():
            other.kill()
        raise
    registry.checker.check(registry.node.port)


def settle(registry, port, limit=2.0):
    """Checks another node, which may take a moment to hear of a commit."""
    end = time.monotonic() + limit
    while True:
        try:
            return registry.checker.check(port)
        except Violation:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


#: Those that start real clients themselves.
WITH_CLIENTS = {client, anytime}
#: How often each comes up, against the others.
WEIGHTS = {commit: 5, anytime: 4, client: 4, deploy: 3, start: 2, warm: 2, outbox: 2, upload: 2}
POSTGRES_WEIGHTS = {database: 2, nodes: 2}


def calibrate(registry):
    """Measures what the kills are aimed by: how long a burst of publishes takes here."""
    began = time.monotonic()
    threads, gate = registry.publishers(registry.burst(), together=True)
    gate.wait(20)
    began = time.monotonic()
    registry.join(threads)
    if not all(attempt.acknowledged for attempt in registry.ledger.attempts.values()):
        raise Failure("an undisturbed burst of publishes was not acknowledged")
    return time.monotonic() - began
