"""`manage.py sandbox_jira`: a Jira on loopback with Larkspan's work in it, which goes on while it runs."""

import secrets
import signal
import threading
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portolan.demo import connecting, founding, history, sandbox
from portolan.demo.playback import Journal, Playback
from portolan.demo.sandbox import Note, Notebook
from portolan.demo.sandbox_jira.answers import Jira
from portolan.demo.sandbox_jira.server import Server, running
from portolan.tenancy.scope import organization_scope

# Three issues a minute at first, so that whoever syncs a minute later finds something; then about as fast as people work.
BRISK, CALM = timedelta(seconds=20), timedelta(minutes=3)
BRISK_FOR = timedelta(minutes=15)


class Command(BaseCommand):
    help = "Serve the sandbox Jira of demo mode on 127.0.0.1 until stopped."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="0 for any; the one of last time, or a free one, by default")
        parser.add_argument("--as-of", type=date.fromisoformat, help="where a new history ends; today by default")
        parser.add_argument("--note", help="the file to write the address into; .portolan/sandbox_jira.json by default")

    def handle(self, *args: Any, **options: Any) -> None:
        opened_at = datetime.now(UTC)
        notebook = Notebook(options["note"])
        last = notebook.read()
        if last is None:
            notebook.forget()  # what another version did after its own history did not happen in this one
        as_of = date.fromisoformat(last.as_of) if last else options["as_of"] or opened_at.date()
        build = last.build if last else secrets.token_hex(8)
        played = Playback(history.film(as_of=as_of), clock=lambda: datetime.now(UTC), build=build)
        catch_up(played, notebook.journal, now=opened_at)
        server = self.server(played, port=options["port"], last=last.port if last else None)
        is_over = threading.Event()
        for word in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(word, lambda number, frame: is_over.set())
        with running(server):
            notebook.write(Note(server.base_url, as_of.isoformat(), build))
            if last and last.base_url != server.base_url:
                self.tell_company(server.base_url)
            self.stdout.write(f"{played.world.site.title} with {len(played.world.issues)} issues on {server.base_url}")
            self.stdout.write("ready.")
            go_on(played, notebook.journal, opened_at=opened_at, is_over=is_over)

    def tell_company(self, base_url: str) -> None:
        """Somebody else has taken our port: the company's connection must not lead to a stranger."""
        if organization := founding.find():
            with organization_scope(organization.pk):
                connecting.readdress(base_url=base_url)

    def server(self, played: Playback, *, port: int | None, last: int | None) -> Server:
        usual = range(sandbox.FIRST_PORT, sandbox.FIRST_PORT + sandbox.PORTS_TRIED)
        ports = [port] if port is not None else [*([last] if last else []), *usual]
        for candidate in ports:
            try:
                return Server(Jira(world=played.world), port=candidate)
            except OSError:
                continue
        raise CommandError(f"No port of {ports[0]} to {ports[-1]} is free for the sandbox Jira; give one with --port.")


def catch_up(played: Playback, journal: Journal, *, now: datetime) -> None:
    """This function will play the history, then what the journal remembers, then what was missed since."""
    played.until(datetime.combine(played.film.as_of, time(), UTC))
    moments = journal.moments()
    for moment in moments:
        if not played.is_over:
            played.step(at=moment)
    for _ in range(played.film.until(now) - played.place):
        natural = played.film.happenings[played.place].at
        # Who has played ahead of time must not go back in it.
        move_on(played, journal, at=max([natural, *moments[-1:]]))
    played.hold_sprints(at=now)


def go_on(played: Playback, journal: Journal, *, opened_at: datetime, is_over: threading.Event) -> None:
    """This function will let something happen every little while, until it is told that it is over."""
    today = opened_at.date()
    while not played.is_over:
        age = datetime.now(UTC) - opened_at
        if is_over.wait((BRISK if age < BRISK_FOR else CALM).total_seconds()):
            return
        now = datetime.now(UTC)
        move_on(played, journal, at=now)
        if now.date() != today:
            today = now.date()
            played.hold_sprints(at=now)
    is_over.wait()


def move_on(played: Playback, journal: Journal, *, at: datetime) -> None:
    """This function will let the next thing happen and write down when it did."""
    played.step(at=at)
    journal.note(at)
