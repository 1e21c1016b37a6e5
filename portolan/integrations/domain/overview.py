"""Connections and runs in the words of their pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Subquery

from portolan.integrations.domain import progress, standing
from portolan.integrations.domain.standing import Standing
from portolan.integrations.models import Connection, Credential, ProjectMapping, SyncRun


@dataclass(frozen=True, slots=True)
class Row:
    """A connection with what there is to say about it."""

    connection: Connection
    standing: Standing
    last: SyncRun | None
    expires_on: date | None
    parts: int
    products: int


@dataclass(frozen=True, slots=True)
class Told:
    """A run with what it did in words."""

    run: SyncRun
    words: str
    took: timedelta | None


def rows(shown: Iterable[Connection], *, at: datetime, today: date) -> list[Row]:
    """This function will tell how connections stand; it asks the database three times, however many there are."""
    wanted = list(shown)
    # The newest of each by the index, instead of all runs there ever were.
    runs = SyncRun.objects.filter(connection=OuterRef("pk")).order_by("-requested_at", "-id")
    newest = Connection.objects.order_by().annotate(newest=Subquery(runs.values("pk")[:1])).values("newest")
    last = {run.connection_id: run for run in SyncRun.objects.filter(pk__in=newest)}
    ends = dict(Credential.objects.values_list("connection_id", "expires_on"))
    counted = ProjectMapping.objects.values_list("connection_id").annotate(
        Count("id"), Count("product_id", distinct=True)
    )
    mapped = {connection_id: (parts, products) for connection_id, parts, products in counted.order_by()}
    return [
        _row(one, last.get(one.pk), ends.get(one.pk), mapped.get(one.pk, (0, 0)), at=at, today=today) for one in wanted
    ]


def row(shown: Connection, *, last: SyncRun | None, at: datetime, today: date) -> Row:
    """This function will tell how one connection stands, whose newest run is known already."""
    end = Credential.objects.filter(connection=shown).values_list("expires_on", flat=True).first()
    counted = ProjectMapping.objects.filter(connection=shown).aggregate(
        parts=Count("id"), products=Count("product_id", distinct=True)
    )
    return _row(shown, last, end, (counted["parts"], counted["products"]), at=at, today=today)


def _row(
    shown: Connection, last: SyncRun | None, end: date | None, mapped: tuple[int, int], *, at: datetime, today: date
) -> Row:
    judged = standing.of(shown, last=last, is_mapped=mapped[0] > 0, expires_on=end, at=at, today=today)
    return Row(connection=shown, standing=judged, last=last, expires_on=end, parts=mapped[0], products=mapped[1])


def told(run: SyncRun) -> Told:
    """This function will say what a run did and how long it took."""
    took = run.finished_at - run.started_at if run.finished_at and run.started_at else None
    return Told(run=run, words=progress.in_words(run), took=took)
