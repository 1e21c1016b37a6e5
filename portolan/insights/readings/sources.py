"""Where the work comes from, and how fresh it is."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from portolan.insights.domain import attention
from portolan.insights.domain.headlines import Source
from portolan.integrations.models import Connection, ProjectMapping, SyncRun
from portolan.integrations.models.runs import State

# More failures in a row than this are not told apart.
RUNS_LOOKED_AT = 10


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A connection, the products it feeds, when it was last read completely, and what failed since."""

    id: UUID
    name: str
    products: frozenset[UUID]
    succeeded_at: datetime | None
    failures: int
    last_error: str

    @property
    def source(self) -> Source:
        return Source(name=self.name, succeeded_at=self.succeeded_at)

    @property
    def noticed(self) -> attention.Connection:
        return attention.Connection(
            id=str(self.id),
            name=self.name,
            failures=self.failures,
            last_error=self.last_error,
            succeeded_at=self.succeeded_at,
        )


def feeds() -> list[Feed]:
    """This function will read every connection of the organization in one query."""
    runs = SyncRun.objects.filter(connection=OuterRef("pk")).finished().exclude(state=State.CANCELLED)
    rows = Connection.objects.annotate(
        succeeded_at=Subquery(
            # Runs of a connection follow one another, and this order has an index: a year holds a hundred thousand.
            runs.filter(state__in=[State.SUCCEEDED, State.PARTIAL])
            .order_by("-requested_at", "-id")
            .values("finished_at")[:1]
        ),
        recent=ArraySubquery(
            runs.order_by("-requested_at", "-id").values(run=JSONObject(state="state", message="message"))[
                :RUNS_LOOKED_AT
            ]
        ),
        products=ArraySubquery(
            ProjectMapping.objects.filter(connection=OuterRef("pk")).order_by().values("product_id").distinct()
        ),
    ).values("id", "name", "succeeded_at", "recent", "products")
    return [_feed(row) for row in rows]


def _feed(row: dict) -> Feed:  # type: ignore[type-arg]
    failed = list(takewhile(lambda run: run["state"] == State.FAILED, row["recent"]))
    return Feed(
        id=row["id"],
        name=row["name"],
        products=frozenset(row["products"]),
        succeeded_at=row["succeeded_at"],
        failures=len(failed),
        last_error=failed[0]["message"] if failed else "",
    )


def freshness(sources: list[Feed]) -> dict[UUID, datetime]:
    """This function will say of each product since when its data is complete: the oldest of its connections decides."""
    ages: dict[UUID, datetime] = {}
    for source in sources:
        if source.succeeded_at:
            for product in source.products:
                ages[product] = min(source.succeeded_at, ages.get(product, source.succeeded_at))
    return ages
