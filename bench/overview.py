"""The overview of 200 products over 36 months: with 500,000 items, with 5,000, and beside a page that does next to
nothing. Asked of real gunicorns with one worker each, one request after the other.

    python -m bench overview
"""

import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench import dock
from bench.company import SLUG
from bench.dock import Dock

PRODUCTS, MANY, FEW = 200, 500_000, 5_000
REQUESTS, WARM_UPS = 40, 5
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    seconds: float
    statements: int
    settings: int
    size: int


def main(harbour: Dock) -> bool:
    """This function will measure the page and say whether all limits are kept."""
    with (
        filled(harbour, "bench_many", items=MANY) as many,
        filled(harbour, "bench_few", items=FEW) as few,
        served(harbour, many) as large,
        served(harbour, few) as small,
    ):
        asks = [asker(large, f"/{SLUG}/"), asker(small, f"/{SLUG}/"), asker(large, "/one-query-one-template")]
        dock.interleaved(WARM_UPS, *asks)
        answers = dict(zip(("many", "few", "minimal"), dock.interleaved(REQUESTS, *asks), strict=True))
    p50 = {name: dock.median([answer.seconds for answer in told]) for name, told in answers.items()}
    rows = [
        [
            {"many": f"overview, {MANY} items", "few": f"overview, {FEW} items", "minimal": "minimal page"}[name],
            f"{p50[name] * 1000:.1f} ms",
            f"{min(answer.seconds for answer in told) * 1000:.1f} ms",
            told[-1].statements - told[-1].settings,
            told[-1].settings,
            f"{told[-1].size / 1000:.0f} kB",
        ]
        for name, told in answers.items()
    ]
    dock.table(["page", "p50", "fastest", "queries", "SET LOCAL", "size"], rows)
    counts = {name: {answer.statements for answer in told} for name, told in answers.items()}
    return all(
        [
            dock.verdict("queries of the overview", max(counts["many"]) - answers["many"][0].settings, at_most=12),
            dock.verdict("more queries with more items", len(counts["many"] ^ counts["few"]), at_most=0),
            dock.verdict(f"{MANY} items against {FEW}", p50["many"] / p50["few"], at_most=1.3),
            dock.verdict("overview against the minimal page", p50["many"] / p50["minimal"], at_most=5),
        ]
    )


@contextlib.contextmanager
def filled(harbour: Dock, name: str, *, items: int) -> Iterator[str]:
    """This function will make a database with PRODUCTS products and so many items."""
    with harbour.database(name, like=dock.PREPARED) as url:
        command = [sys.executable, "-m", "bench.company", "fill", SLUG, str(PRODUCTS), str(items)]
        dock.run(command, environ=harbour.environment(url))
        yield url


@dataclass(frozen=True, slots=True)
class Site:
    port: int
    session: str


@contextlib.contextmanager
def served(harbour: Dock, url: str) -> Iterator[Site]:
    """This function will serve a database by one gunicorn with one worker, and sign somebody in."""
    environ = harbour.environment(url) | {"DJANGO_SETTINGS_MODULE": "bench.site.settings"}
    session = dock.run([sys.executable, "-m", "bench.company", "enter"], environ=environ).said.split()[-1]
    port = dock.free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:portolan.config.gunicorn"]
    command += ["--workers", "1", "--bind", f"127.0.0.1:{port}", "--access-logfile", "/dev/null"]
    with subprocess.Popen(command, cwd=dock.ROOT, env=environ) as process:
        try:
            site = Site(port, session)
            _wait_for(site, process)
            yield site
        finally:
            process.terminate()


def _wait_for(site: Site, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(ConnectionError):
            asker(site, "/healthz")()
            return
        time.sleep(0.1)
    sys.exit("gunicorn did not answer")


def asker(site: Site, path: str) -> Callable[[], Answer]:
    """This function will make the question whose answer is timed, connection included."""

    def ask() -> Answer:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": f"sessionid={site.session}"})
        response = connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - began
        connection.close()
        if response.status != 200:
            sys.exit(f"{path} was answered with {response.status}: {response.headers.get('Location')}")
        statements, settings = (int(response.headers[name]) for name in ("X-Statements", "X-Settings"))
        return Answer(seconds, statements, settings, len(body))

    return ask
