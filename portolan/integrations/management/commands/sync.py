import json
import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portolan.accounts.models import Organization
from portolan.integrations.domain import runs
from portolan.integrations.domain import sync as engine
from portolan.integrations.models import Connection, SyncRun
from portolan.integrations.models.runs import Mode, State, Trigger
from portolan.tenancy.scope import organization_scope

COUNTERS = ("listed", "fetched", "created", "updated", "unchanged", "moved", "restored", "deleted", "skipped")
EXITS = {State.SUCCEEDED: 0, State.FAILED: 1, State.PARTIAL: 3, State.CANCELLED: 4, State.WAITING: 75}
"""75 is EX_TEMPFAIL of sysexits.h: the vendor asked for a pause, and a later call goes on."""


class Command(BaseCommand):
    help = (
        "Sync an organization's connections here and now. Exit: 0 done, 1 failed, 3 partial, 4 cancelled, 75 try later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--connection", metavar="NAME", help="Only this one.")
        parser.add_argument("--full", action="store_true", help="Read everything again, and take a census.")
        parser.add_argument("--json", action="store_true", help="One line of JSON for each connection, at its end.")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization called {options['organization']}.")
        mode = Mode.FULL if options["full"] else Mode.INCREMENTAL
        with organization_scope(organization.pk):
            wanted = Connection.objects.all()
            if options["connection"]:
                wanted = wanted.filter(name=options["connection"])
            chosen = list(wanted)
        if not chosen:
            raise CommandError("There is no such connection; `manage.py connect` makes one.")
        worst = 0
        for connection in chosen:
            run = self._sync(connection, organization.pk, mode=mode, is_quiet=options["json"])
            if options["json"]:
                self.stdout.write(json.dumps(_facts(connection, run)))
            else:
                self.stdout.write(f"{connection.name}: {run.get_state_display().lower()}. {run.message}".rstrip())
            worst = max(worst, EXITS.get(State(run.state), 1))
        if worst:
            sys.exit(worst)

    def _sync(self, connection: Connection, organization_id: UUID, *, mode: Mode, is_quiet: bool) -> SyncRun:
        try:
            with organization_scope(organization_id):
                run = runs.request(connection, trigger=Trigger.COMMAND, at=timezone.now(), mode=mode)
        except runs.CannotSync as error:
            raise CommandError(" ".join(error.messages)) from error
        progress = Progress(self, run, organization_id)
        engine.carry(
            run.pk,
            organization_id=organization_id,
            clock=timezone.now,
            after_page=(lambda: None) if is_quiet else progress.show,
        )
        with organization_scope(organization_id):
            run.refresh_from_db()
            if not is_quiet:
                progress.show(is_last=True)
                for note in run.notes.all()[:20]:
                    self.stdout.write(f"  {note.get_kind_display()}: {note.words}")
        if run.state in (State.QUEUED, State.RUNNING):
            raise CommandError("Another worker is syncing this connection right now.")
        return run


class Progress:
    """Prints how far a run is, at most once a second."""

    def __init__(self, command: BaseCommand, run: SyncRun, organization_id: UUID) -> None:
        self.command, self.run, self.organization_id = command, run, organization_id
        self.shown = 0.0
        self.began: datetime = timezone.now()

    def show(self, *, is_last: bool = False) -> None:
        """This function will print a line, unless the last one is less than a second old."""
        if not is_last and time.monotonic() - self.shown < 1:
            return
        self.shown = time.monotonic()
        with organization_scope(self.organization_id):
            self.run.refresh_from_db()
        seconds = max((timezone.now() - self.began).total_seconds(), 0.001)
        of = f" of {self.run.expected}" if self.run.expected else ""
        counts = ", ".join(f"{getattr(self.run, name)} {name}" for name in COUNTERS[2:] if getattr(self.run, name))
        rate = f"{self.run.fetched / seconds:.0f}/s"
        self.command.stdout.write(f"  {self.run.fetched} fetched{of} ({rate}){': ' if counts else ''}{counts}")


def _facts(connection: Connection, run: SyncRun) -> dict[str, Any]:
    return {
        "connection": connection.name,
        "state": run.state,
        "message": run.message,
        "resume_at": run.resume_at.isoformat() if run.resume_at else None,
        "expected": run.expected,
        **{name: getattr(run, name) for name in COUNTERS},
    }
