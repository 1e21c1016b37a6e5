"""`manage.py sandbox_jira`: a Jira on loopback with Larkspan's work in it, which goes on while it runs."""

import signal
import threading
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portolan.demo import history, sandbox
from portolan.demo.playback import Playback
from portolan.demo.sandbox_jira.answers import Jira
from portolan.demo.sandbox_jira.server import Server, running

# Three issues a minute at first, so that whoever syncs a minute later finds something; then about as fast as people work.
BRISK, CALM = timedelta(seconds=20), timedelta(minutes=3)
BRISK_FOR = timedelta(minutes=15)


class Command(BaseCommand):
    help = "Serve the sandbox Jira of demo mode on 127.0.0.1 until stopped."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="0 for any; the one of last time, or a free one, by default")
        parser.add_argument("--as-of", type=date.fromisoformat, help="where a new history ends; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        opened_at = datetime.now(UTC)
        note = sandbox.read()
        as_of = date.fromisoformat(note.as_of) if note else options["as_of"] or opened_at.date()
        played = Playback(history.film(as_of=as_of), clock=lambda: datetime.now(UTC))
        catch_up(played, sandbox.journal().moments(), now=opened_at)
        server = self.server(played, port=options["port"], last=note.port if note else None)
        is_over = threading.Event()
        for word in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(word, lambda number, frame: is_over.set())
        with running(server):
            sandbox.write(base_url=server.base_url, as_of=as_of)
            self.stdout.write(f"{played.world.site.title} with {len(played.world.issues)} issues on {server.base_url}")
            self.stdout.write("ready.")
            go_on(played, opened_at=opened_at, is_over=is_over)

    def server(self, played: Playback, *, port: int | None, last: int | None) -> Server:
        usual = range(sandbox.FIRST_PORT, sandbox.FIRST_PORT + sandbox.PORTS_TRIED)
        ports = [port] if port is not None else [*([last] if last else []), *usual]
        for candidate in ports:
            try:
                return Server(Jira(world=played.world), port=candidate)
            except OSError:
                continue
        raise CommandError(f"No port of {ports[0]} to {ports[-1]} is free for the sandbox Jira; give one with --port.")


def catch_up(played: Playback, moments: list[datetime], *, now: datetime) -> None:
    """This function will play the history, then what the journal remembers, then what was missed since."""
    played.until(datetime.combine(played.film.as_of, time(), UTC))
    for moment in moments:
        if not played.is_over:
            played.step(at=moment)
    missed = played.film.until(now) - played.place
    for _ in range(missed):
        natural = played.film.happenings[played.place].at
        # Who has played ahead of time must not go back in it.
        move_on(played, at=max(natural, moments[-1]) if moments else natural)
    played.hold_sprints(at=now)


def go_on(played: Playback, *, opened_at: datetime, is_over: threading.Event) -> None:
    """This function will let something happen every little while, until it is told that it is over."""
    today = opened_at.date()
    while not played.is_over:
        age = datetime.now(UTC) - opened_at
        if is_over.wait((BRISK if age < BRISK_FOR else CALM).total_seconds()):
            return
        now = datetime.now(UTC)
        move_on(played, at=now)
        if now.date() != today:
            today = now.date()
            played.hold_sprints(at=now)
    is_over.wait()


def move_on(played: Playback, *, at: datetime) -> None:
    """This function will let the next thing happen and write down when it did."""
    played.step(at=at)
    sandbox.journal().note(at)
