"""The engine against a minimal pipeline and against dlt; its memory; and what a sync that finds nothing new writes.

python -m bench sync
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from bench import dock
from bench.company import PRODUCT, SLUG
from bench.dock import Dock, Done

ISSUES, FEW = 50_000, 10_000
PEER_ISSUES = 5_000
"""dlt takes minutes for all of them, and its rate does not depend on how many they are."""
ROUNDS = 2
WRITTEN = """
    SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
     WHERE relname LIKE 'integrations\\_%' OR relname LIKE 'portfolio\\_%' ORDER BY relname
"""
# A run tells of itself: when it began, that it lives, how it ended, and how far each listing was read.
DIARY = {"integrations_syncrun", "integrations_cursor"}


@dataclass(frozen=True, slots=True)
class Load:
    issues: int
    seconds: float
    peak_mib: float
    cpu_seconds: float
    """Of the process and of PostgreSQL together: what other work on the machine cannot blur."""

    @property
    def rate(self) -> float:
        return self.issues / self.seconds


def main(dock: Dock) -> bool:
    """This function will measure everything about the sync, and say whether all limits are kept."""
    kept, most = _rates(dock)
    return all([kept, _memory_and_silence(dock, most=most)])


def _rates(harbour: Dock) -> tuple[bool, float]:
    """Also returns the peak memory of our syncs."""
    with dock.jira(issues=ISSUES) as many, dock.jira(issues=PEER_ISSUES) as fewer:
        ours, minimal, peer = dock.interleaved(
            ROUNDS,
            lambda: portolan(harbour, many, issues=ISSUES),
            lambda: least(harbour, many, issues=ISSUES),
            lambda: dlt(harbour, fewer, issues=PEER_ISSUES),
        )
    loads = {"Portolan": ours, "minimal": minimal, "dlt": peer}
    rate = {name: dock.median([load.rate for load in found]) for name, found in loads.items()}
    dock.table(
        ["pipeline", "issues", "issues/s", "in each round", "processor ms/issue, start included", "peak memory"],
        [
            [
                *(name, found[0].issues, f"{rate[name]:.0f}", ", ".join(f"{load.rate:.0f}" for load in found)),
                f"{1000 * dock.median([load.cpu_seconds for load in found]) / found[0].issues:.2f}",
                f"{max(load.peak_mib for load in found):.0f} MiB",
            ]
            for name, found in loads.items()
        ],
    )
    kept = [
        dock.verdict("Portolan against the minimal pipeline", rate["Portolan"] / rate["minimal"], at_least=0.5),
        dock.verdict("Portolan against dlt's REST source", rate["Portolan"] / rate["dlt"], at_least=3),
    ]
    return all(kept), max(load.peak_mib for load in ours)


def _memory_and_silence(harbour: Dock, *, most: float) -> bool:
    with dock.jira(issues=FEW) as address, harbour.database("bench_silence", like=dock.PREPARED) as url:
        few = _first_sync(harbour, url, address, issues=FEW)
        before = _written(url)
        _sync(harbour, url, issues=FEW)
        between = _written(url)
        full = _sync(harbour, url, "--full", issues=FEW)
        after = _written(url)
    dock.table(
        ["rows written", "first sync", "again: what changed", "again: --full"],
        [
            [name, rows, between[name] - rows, after[name] - between[name]]
            for name, rows in before.items()
            if rows or after[name]
        ],
    )
    silent = [after[name] - rows for name, rows in before.items() if name not in DIARY]
    print(f"peak memory: {few.peak_mib:.0f} MiB for {FEW} issues, {most:.0f} MiB for {ISSUES}\n")
    return all(
        [
            dock.verdict("rows of work written by two syncs in which nothing changed", sum(silent), at_most=0),
            dock.verdict("MiB of the worker at its peak", max(most, full.peak_mib), at_most=300),
            dock.verdict("memory for five times the issues", most / few.peak_mib, at_most=1.15),
        ]
    )


def _written(url: str) -> Mapping[str, int]:
    """Rows inserted, updated and deleted, by table, as PostgreSQL counts them; the writers have all gone."""
    with psycopg.connect(url) as connection:
        return {name: sum(counts) for name, *counts in connection.execute(WRITTEN)}


# The three ------------------------------------------------------------------------------------------------------------


def portolan(harbour: Dock, address: str, *, issues: int) -> Load:
    """This function will sync everything by `manage.py sync` into a database of its own, rollups included."""
    with harbour.database("bench_portolan", like=dock.PREPARED) as url:
        return _first_sync(harbour, url, address, issues=issues)


def _first_sync(harbour: Dock, url: str, address: str, *, issues: int) -> Load:
    words = ["--base-url", address, "--email", "bench@example.com", "--token", "t", "--map", f"BULK={PRODUCT}"]
    harbour.manage(url, "connect", "jira", "--organization", SLUG, *words)
    return _sync(harbour, url, issues=issues)


def _sync(harbour: Dock, url: str, *words: str, issues: int) -> Load:
    done, cpu_seconds = _used(harbour, lambda: harbour.manage(url, "sync", "--organization", SLUG, "--json", *words))
    told = json.loads(done.said.splitlines()[-1])
    if told["state"] != "succeeded" or told["listed"] != issues:
        sys.exit(f"The sync did not do what it should be measured by: {told}")
    return Load(issues, _seconds(url), done.peak_mib, cpu_seconds)


def _seconds(url: str) -> float:
    """From the claim of the last run to its outcome: without the start of Python, which a worker has behind it."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT id FROM accounts_organization WHERE slug = %s", [SLUG]).fetchone()
        connection.execute("SELECT set_config('portolan.organization', %s, true)", [str(row and row[0])])
        took = connection.execute(
            "SELECT extract(epoch FROM finished_at - started_at) FROM integrations_syncrun ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return float(took[0]) if took else 0.0


def least(harbour: Dock, address: str, *, issues: int) -> Load:
    """This function will run bench/minimal.py into a database of its own."""
    with harbour.database("bench_minimal") as url:
        return _load([sys.executable, "-m", "bench.minimal", url, address], harbour, url, issues=issues)


def dlt(harbour: Dock, address: str, *, issues: int) -> Load:
    """This function will run dlt, from its own environment, into a database of its own."""
    with harbour.database("bench_dlt") as url, tempfile.TemporaryDirectory() as directory:
        command = [str(dock.peers()), "bench/dlt_peer.py", url, address, directory]
        return _load(command, harbour, url, issues=issues)


def _load(command: list[str], harbour: Dock, url: str, *, issues: int) -> Load:
    done, cpu_seconds = _used(harbour, lambda: dock.run(command, environ=harbour.environment(url)))
    told = json.loads(done.said.splitlines()[-1])
    if told["issues"] != issues:
        sys.exit(f"{command[1]} loaded {told['issues']} of {issues} issues")
    return Load(issues, told["seconds"], done.peak_mib, cpu_seconds)


def _used(harbour: Dock, work: Callable[[], Done]) -> tuple[Done, float]:
    before = harbour.server_cpu_seconds()
    done = work()
    time.sleep(0.3)  # until the last backend is reaped and counted
    return done, done.cpu_seconds + harbour.server_cpu_seconds() - before
