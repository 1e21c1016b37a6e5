"""The life of a run: requested, claimed by one runner, beating, waiting or finished.

Races are settled here in SQL. A run belongs to whoever's word stands in `runner`; every page is written in a transaction
that first beats with that word, so that a runner that was taken for dead and wakes up can write nothing.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db import connection as database
from django.db.models import Case, F, Q, When

from portolan.accounts.models import Membership
from portolan.integrations.domain import connections
from portolan.integrations.models import Connection, RunNote, SyncRun
from portolan.integrations.models.connections import Status
from portolan.integrations.models.runs import UNFINISHED, Mode, Phase, State, Trigger
from portolan.tenancy.models import new_id

DEAD_AFTER = timedelta(seconds=90)
"""A runner beats every few seconds, also while a slow vendor answers; one that was silent for so long is dead."""
MOST_ATTEMPTS = 8
LONGEST_BACKOFF = timedelta(minutes=30)
LOOKED_BACK = 10
"""Of so many earlier runs the rollups that they left undone are taken over."""
MOST_NOTES = 500


class CannotSync(ValidationError):
    """A run cannot be requested, cancelled or resumed; the message says why."""


class Superseded(Exception):
    """Another runner has taken over: stop, and write nothing more."""


class Cancelled(Exception):
    """A person asked for an end."""


class TurnOver(Exception):
    """This runner has worked long enough: others wait for a worker too."""


def request(
    connection: Connection,
    *,
    trigger: Trigger | str = Trigger.PERSON,
    by: Membership | None = None,
    at: datetime,
    mode: Mode | str = Mode.INCREMENTAL,
) -> SyncRun:
    """This function will queue a run, or return the one that is not finished yet. Raises CannotSync for a connection
    that needs a person first."""
    if connection.status == Status.BROKEN:
        raise CannotSync(f"This connection needs attention first: {connection.broken_reason}")
    if connection.status == Status.OFF:
        raise CannotSync("This connection is disconnected. Enter a token to take it into use again.")
    if mode != Mode.REMAP and not connection.mappings.exists():
        raise CannotSync("Map a project to a product first; there is nothing to sync yet.")
    try:
        with transaction.atomic():
            return SyncRun.objects.create(
                connection=connection, trigger=trigger, mode=mode, requested_by=by, requested_at=at
            )
    except IntegrityError:
        # Two requests at once: the constraint let one through, and both get it.
        found = SyncRun.objects.unfinished().filter(connection=connection).first()
        if found is None:
            raise
        return found


def cancel(run: SyncRun, *, at: datetime) -> SyncRun:
    """This function will end a run: at once when nobody works on it, else after the page that is being written."""
    idle = Q(state__in=[State.QUEUED, State.WAITING])
    SyncRun.objects.filter(idle, pk=run.pk).update(
        state=State.CANCELLED, finished_at=at, cancel_requested_at=at, resume_at=None, message="Cancelled."
    )
    SyncRun.objects.filter(pk=run.pk, state=State.RUNNING, cancel_requested_at=None).update(cancel_requested_at=at)
    run.refresh_from_db()
    return run


def resume(run: SyncRun) -> SyncRun:
    """This function will queue a cancelled or failed run again; it goes on where it stopped."""
    try:
        with transaction.atomic():
            SyncRun.objects.filter(pk=run.pk, state__in=[State.CANCELLED, State.FAILED]).update(
                state=State.QUEUED,
                finished_at=None,
                cancel_requested_at=None,
                resume_at=None,
                runner=None,
                attempts=0,
                message="",
            )
            # What ended it then is history, and does not make what follows partial.
            RunNote.objects.filter(run=run, kind=RunNote.Kind.FAILED).update(kind=RunNote.Kind.NOTICED)
    except IntegrityError as error:
        raise CannotSync("Another run of this connection is under way.") from error
    run.refresh_from_db()
    return run


def claim(run_id: UUID, *, at: datetime, runner: UUID | None = None) -> SyncRun | None:
    """This function will take a run for this runner: one that is queued, has waited long enough, or whose runner died.

    None: it is finished, not due, or somebody else's. By a conditional update, so that of two workers one gets it.
    A run under which one runner after the other dies without getting on is ended: it would kill workers forever.
    """
    quiet = Connection.objects.filter(quiet_until__gt=at).values("pk")
    dead = Q(state=State.RUNNING, heartbeat_at__lt=at - DEAD_AFTER)
    due = Q(state=State.QUEUED) | Q(state=State.WAITING, resume_at__lte=at) | dead
    why = f"It stopped {MOST_ATTEMPTS + 1} times without getting on. Resume goes on where it stopped."
    lost = SyncRun.objects.filter(dead, pk=run_id, attempts__gte=MOST_ATTEMPTS)
    if lost.update(state=State.FAILED, finished_at=at, message=why):
        return None
    took = (
        SyncRun.objects.filter(due, pk=run_id)
        .exclude(connection__in=quiet)
        .update(
            state=State.RUNNING,
            runner=runner or uuid4(),
            heartbeat_at=at,
            resume_at=None,
            attempts=Case(
                When(dead, then=F("attempts") + 1), default="attempts", output_field=SyncRun._meta.get_field("attempts")
            ),
        )
    )
    if not took:
        return None
    SyncRun.objects.filter(pk=run_id, started_at=None).update(started_at=at)
    run = SyncRun.objects.select_related("connection").get(pk=run_id)
    _inherit(run)
    return run


def _inherit(run: SyncRun) -> None:
    """A run that broke while it added up left numbers behind that no later change might ever touch."""
    before = SyncRun.objects.finished().filter(connection=run.connection_id).exclude(pk=run.pk)
    heirless = [earlier for earlier in before[:LOOKED_BACK] if earlier.affected_products]
    if heirless:
        run.affected_products = sorted({product for one in [run, *heirless] for product in one.affected_products})
        SyncRun.objects.filter(pk=run.pk).update(affected_products=run.affected_products)
        SyncRun.objects.filter(pk__in=[one.pk for one in heirless]).update(affected_products=[])


def beat(run: SyncRun, *, at: datetime, phase: Phase) -> None:
    """This function will say that the runner lives and hold the run until the transaction ends. Raises Superseded or
    Cancelled, in which case the transaction must not write."""
    if hold(run, at=at, phase=phase) is not None:
        raise Cancelled


def hold(run: SyncRun, *, at: datetime, phase: Phase) -> datetime | None:
    """This function will lock the run for this transaction and return when a person asked for its end; it raises
    Superseded where another runner has it."""
    with closing(database.cursor()) as cursor:
        cursor.execute(_HOLD, [at, phase.value, run.organization_id, run.pk, run.runner])
        row = cursor.fetchone()
    if row is None:
        raise Superseded
    return row[0]


_HOLD = """
    UPDATE integrations_syncrun SET heartbeat_at = %s, phase = %s
     WHERE organization_id = %s AND id = %s AND runner = %s AND state = 'running' RETURNING cancel_requested_at
"""


def count(run: SyncRun, *, products: Iterable[UUID] = (), **more: int) -> None:
    """This function will add to the run's counters, and remember products whose rollups must follow, in the transaction
    that holds the run and changed their items."""
    changes: dict[str, object] = {name: F(name) + number for name, number in more.items() if number}
    affected = {*run.affected_products, *map(str, products)}
    if len(affected) > len(run.affected_products):
        run.affected_products = changes["affected_products"] = sorted(affected)
    if changes:
        # It gets on: what went wrong before is over.
        run.attempts = 0
        SyncRun.objects.filter(pk=run.pk).update(attempts=0, **changes)


def settle(run: SyncRun) -> None:
    """This function will forget the affected products: their rollups have followed."""
    run.affected_products = []
    SyncRun.objects.filter(pk=run.pk).update(affected_products=[])


def note(
    run: SyncRun, *, kind: RunNote.Kind, words: Mapping[str, str] | Iterable[tuple[str, str]], at: datetime
) -> None:
    """This function will write down what was skipped or failed, as (external id, sentence) pairs."""
    pairs = list(words.items() if isinstance(words, Mapping) else words)
    if not pairs:
        return
    room = max(0, MOST_NOTES - RunNote.objects.filter(run=run).count())
    RunNote.objects.bulk_create(
        RunNote(id=new_id(), run=run, kind=kind, external_id=external_id[:64], words=sentence, at=at)
        for external_id, sentence in pairs[:room]
    )
    if len(pairs) > room:
        SyncRun.objects.filter(pk=run.pk).update(notes_dropped=F("notes_dropped") + len(pairs) - room)


def wait(run: SyncRun, *, at: datetime, until: datetime, why: str) -> None:
    """This function will put a run aside until a moment before which nothing may be asked."""
    _leave(run, state=State.WAITING, resume_at=until, message=why, attempts=F("attempts") + 1, heartbeat_at=at)
    note(run, kind=RunNote.Kind.WAITED, words=[("", why)], at=at)


def retry_or_fail(run: SyncRun, *, at: datetime, after: float | None, why: str) -> None:
    """This function will put a run aside for a while that doubles with every attempt, and give up after the last."""
    if run.attempts >= MOST_ATTEMPTS:
        fail(run, at=at, why=f"{why} We tried {run.attempts + 1} times.")
        return
    pause = max(timedelta(seconds=after or 0), min(timedelta(seconds=15) * 2**run.attempts, LONGEST_BACKOFF))
    wait(run, at=at, until=at + pause, why=why)


def fail(run: SyncRun, *, at: datetime, why: str) -> None:
    """This function will end a run that could not do its work; the watermark stays where it was."""
    _leave(run, state=State.FAILED, finished_at=at, message=why)
    note(run, kind=RunNote.Kind.FAILED, words=[("", why)], at=at)


def succeed(run: SyncRun, *, at: datetime, message: str = "") -> None:
    """This function will end a run that reached its end: partial when something had to be left out."""
    kinds = [RunNote.Kind.SKIPPED, RunNote.Kind.FAILED]
    is_partial = RunNote.objects.filter(run=run, kind__in=kinds).exists()
    _leave(run, state=State.PARTIAL if is_partial else State.SUCCEEDED, finished_at=at, message=message)
    Connection.objects.filter(pk=run.connection_id).update(last_ok_at=at)


def pass_on(run: SyncRun) -> None:
    """This function will put a run back into the queue, behind those that wait there."""
    _leave(run, state=State.QUEUED, runner=None)


def give_up(run: SyncRun, *, at: datetime) -> None:
    """This function will end a run that a person cancelled."""
    _leave(run, state=State.CANCELLED, finished_at=at, message="Cancelled. It can be resumed where it stopped.")


def refuse(run: SyncRun, *, at: datetime, why: str) -> None:
    """This function will end a run whose key the vendor refuses, and stop the schedule of its connection."""
    fail(run, at=at, why=why)
    connections.break_off(run.connection, reason=why)


def _leave(run: SyncRun, **changes: object) -> None:
    mine = SyncRun.objects.filter(pk=run.pk, runner=run.runner, state__in=UNFINISHED)
    if not mine.update(**changes):
        raise Superseded
    run.refresh_from_db()
