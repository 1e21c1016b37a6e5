"""What every part stands on: servers of the benchmark's own, databases that are copies of a prepared one, processes
whose memory is known, and medians.
"""

import contextlib
import hashlib
import io
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from scripts import bootstrap, servers

ROOT = Path(__file__).resolve().parent.parent
# Beside the homes of `make up` and `make test`, and durable like the first: what is measured is what people run.
HOME = ROOT / ".portolan" / "bench"
PEERS = ROOT / ".tools" / "bench"
PREPARED = "bench_prepared"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """A process that ended well: what it said, the processor's seconds it used, and the most memory it ever held."""

    said: str
    cpu_seconds: float
    peak_mib: float


class Dock:
    """Open it as a context; it owns a PostgreSQL and a Redis, and a database with the schema in it."""

    def __init__(self, addresses: servers.Addresses) -> None:
        self._addresses = addresses

    def url(self, name: str) -> str:
        """This function will name a database of this dock as `DATABASE_URL` wants it."""
        return self._addresses.database_url.replace("/portolan?", f"/{name}?")

    @contextlib.contextmanager
    def database(self, name: str, *, like: str = "template0") -> Iterator[str]:
        """This function will make a database, a copy of `like`, and drop it at the end."""
        self._alone(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._alone(f'CREATE DATABASE "{name}" TEMPLATE "{like}" OWNER portolan')
        try:
            yield self.url(name)
        finally:
            self._alone(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def environment(self, database_url: str) -> dict[str, str]:
        """This function will make the variables under which Portolan runs on one of our databases."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTOLAN_")},
            "DATABASE_URL": database_url,
            "REDIS_URL": self._addresses.redis_url,
            "DJANGO_SETTINGS_MODULE": "portolan.config.settings",
            "PORTOLAN_SECRET_KEY": "bench-only",
            "PORTOLAN_VAULT_KEYS": "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=",
            "PORTOLAN_DEMO": "0",
            "PORTOLAN_PRIVATE_ADDRESSES_ALLOWED": "1",
        }

    def manage(self, database_url: str, *words: str) -> Done:
        """This function will run a command of manage.py in a fresh process."""
        return run([sys.executable, "manage.py", *words], environ=self.environment(database_url))

    def server_cpu_seconds(self) -> float:
        """This function will say how much of the processor PostgreSQL has used, all that has ended included."""
        postmaster = int((servers.home_of(HOME) / "postgres" / "postmaster.pid").read_text().split()[0])
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                words = stat.read_text().rpartition(")")[2].split()
                own, ended, parent = words[11:13], words[13:15], int(words[1])
                if int(stat.parent.name) == postmaster:
                    used += sum(map(int, own + ended))
                elif parent == postmaster:
                    used += sum(map(int, own))
        return used / os.sysconf("SC_CLK_TCK")

    def _alone(self, statement: str) -> None:
        # As the server's own administrator: a vacuum at work in a database is no business of Portolan's role.
        administrator = self.url("postgres").replace("portolan@", "postgres@")
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@contextlib.contextmanager
def opened() -> Iterator[Dock]:
    """This function will start the servers of the benchmark and stop them at the end; the data is thrown away."""
    dock = Dock(servers.ensure(HOME, environ={}))
    try:
        yield dock
    finally:
        servers.stop(HOME)


@contextlib.contextmanager
def prepared(dock: Dock) -> Iterator[None]:
    """This function will prepare the database that others are copies of: the schema, one organization, one product."""
    with dock.database(PREPARED) as url:
        dock.manage(url, "migrate", "--verbosity", "0")
        run([sys.executable, "-m", "bench.company", "found"], environ=dock.environment(url))
        yield


@contextlib.contextmanager
def jira(*, issues: int) -> Iterator[str]:
    """This function will run bench/jira.py in a process of its own and give its address."""
    command = [sys.executable, "-m", "bench.jira", "--issues", str(issues)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("both were asked for")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(timeout=10)


def peers() -> Path:
    """This function will install what we are compared with into an environment of its own, and name its Python."""
    python, lock = PEERS / "bin" / "python", ROOT / "requirements" / "bench.txt"
    stamp, digest = PEERS / "installed-lock.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        uv = bootstrap.find_uv() or bootstrap.install_uv()
        make = [uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, PEERS]
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock]
        bootstrap.run([*make], doing="make the environment of the peers")
        bootstrap.run([*sync], doing="install the peers")
        stamp.write_text(digest)
    return python


def run(command: Sequence[str], *, environ: Mapping[str, str]) -> Done:
    """This function will run a process to its end; it raises CalledProcessError with its words where it failed."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process.stdout or io.StringIO() as output:
        said = output.read()
    _, status, used = os.wait4(process.pid, 0)  # of this one child alone, which `resource` cannot say
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.stderr.write(said)
        raise subprocess.CalledProcessError(process.returncode, command)
    per_unit = 1 if sys.platform == "darwin" else 1024
    return Done(said, used.ru_utime + used.ru_stime, used.ru_maxrss * per_unit / MIB)


def free_port() -> int:
    """This function will find a loopback port that nobody uses."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def interleaved[T](rounds: int, *measures: Callable[[], T]) -> list[list[T]]:
    """This function will run each measure once a round, so that what else the machine does falls on all alike; the order
    turns with the rounds."""
    found: list[list[T]] = [[] for _ in measures]
    for turn in range(rounds):
        order = range(len(measures)) if turn % 2 == 0 else reversed(range(len(measures)))
        for place in order:
            found[place].append(measures[place]())
    return found


def median(values: Sequence[float]) -> float:
    """This function will take the middle, so that one disturbed round does not decide."""
    return statistics.median(values)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """This function will print a table that docs/benchmarks.md can take as it is."""
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    load = os.getloadavg()[0]
    print(f"\nload {load:.1f} on {os.cpu_count()} cores, PostgreSQL with its usual settings, loopback\n", flush=True)


def verdict(name: str, value: float, *, at_most: float | None = None, at_least: float | None = None) -> bool:
    """This function will print a figure beside its limit and say whether it is kept."""
    is_kept = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    limit = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}"
    print(f"{'kept  ' if is_kept else 'MISSED'}  {name}: {value:.2f} ({limit})", flush=True)
    return is_kept
