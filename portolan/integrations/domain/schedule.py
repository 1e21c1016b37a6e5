"""What is due: connections to look at again, runs that waited long enough, and runs whose runner died."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from portolan.accounts.models import Organization
from portolan.integrations.domain import replay, runs
from portolan.integrations.models import Connection, Cursor, Inquiry, SyncRun
from portolan.integrations.models.runs import Mode, State, Trigger
from portolan.tenancy import scope

EVERY = timedelta(minutes=5)
AFTER_FAILURE = timedelta(minutes=30)
CENSUS_EVERY = timedelta(hours=20)
CENSUS_AT_THE_LATEST = timedelta(hours=30)
NIGHT = range(1, 5)
"""Hours of the organization's day in which nobody minds a census."""
KEPT = timedelta(days=14)
LOST_AFTER = timedelta(minutes=2)
"""A queued run that no worker took by then was lost between database and queue."""


def due(*, at: datetime) -> list[UUID]:
    """This function will return the current organization's runs that a worker should take now, requesting new ones for
    the connections whose time has come."""
    for connection in _due_connections(at):
        run = runs.request(connection, trigger=Trigger.SCHEDULE, at=at, mode=_mode(connection, at))
        if run.mode == Mode.CENSUS:
            _tidy(connection, at=at)
    quiet = Connection.objects.filter(quiet_until__gt=at).values("pk")
    ready = SyncRun.objects.filter(
        Q(state=State.QUEUED, requested_at=at)
        | Q(state=State.QUEUED, requested_at__lt=at - LOST_AFTER)
        | Q(state=State.WAITING, resume_at__lte=at)
        | Q(state=State.RUNNING, heartbeat_at__lt=at - runs.DEAD_AFTER)
    )
    return list(ready.exclude(connection__in=quiet).values_list("pk", flat=True))


def _tidy(connection: Connection, *, at: datetime) -> None:
    """Three hundred runs a day that found nothing to say are not kept for ever, nor are answered questions."""
    dull = SyncRun.objects.filter(connection=connection, trigger=Trigger.SCHEDULE, state=State.SUCCEEDED)
    dull.filter(requested_at__lt=at - KEPT).delete()
    Inquiry.objects.filter(connection=connection, asked_at__lt=at - KEPT).delete()


def _due_connections(at: datetime) -> list[Connection]:
    # Where the last part was unmapped nothing is read any more, but its items still have the product it gave them.
    led = Cursor.objects.filter(stream=Cursor.Stream.ASSIGNMENT).exclude(scope_digest__in=["", replay.leads([])])
    wanted = Connection.objects.active().filter(Q(mappings__isnull=False) | Q(cursors__in=led)).distinct()
    idle = wanted.exclude(runs__in=SyncRun.objects.unfinished())
    return [connection for connection in idle.exclude(quiet_until__gt=at) if _is_due(connection, at)]


def _is_due(connection: Connection, at: datetime) -> bool:
    last = SyncRun.objects.filter(connection=connection).order_by("-requested_at").first()
    if last is None:
        return False  # a person starts the first one, after looking at the preview
    if last.state == State.CANCELLED:
        return False  # a person ended it, and a person resumes it
    return at - (last.finished_at or last.requested_at) >= (AFTER_FAILURE if last.state == State.FAILED else EVERY)


def _mode(connection: Connection, at: datetime) -> Mode:
    if not connection.mappings.exists():
        return Mode.REMAP
    taken = Cursor.objects.filter(connection=connection, stream=Cursor.Stream.CENSUS).first()
    if taken is None or taken.watermark is None:
        return Mode.INCREMENTAL
    age = at - taken.watermark
    zone = Organization.objects.values_list("time_zone", flat=True).get(pk=scope.current_organization_id())
    is_night = at.astimezone(ZoneInfo(zone)).hour in NIGHT
    return Mode.CENSUS if age > CENSUS_AT_THE_LATEST or (is_night and age > CENSUS_EVERY) else Mode.INCREMENTAL
