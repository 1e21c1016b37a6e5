"""One product: its weeks, its tallies, its initiatives and features, and, on demand, the items below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from portolan.insights.domain import delivery, rollups
from portolan.insights.domain.delivery import Delivery, Initiative
from portolan.insights.domain.flow import progress
from portolan.insights.domain.forecast import Forecast
from portolan.insights.domain.measures import Measure
from portolan.insights.domain.rollups import FlowWeek
from portolan.insights.forms import NO_TEAM
from portolan.insights.readings import sources
from portolan.integrations.models import ItemProgress, ProductWork, WeeklyFlow, WorkItem
from portolan.integrations.provider import StatusCategory
from portolan.portfolio.models import Product, Team

# With more under way at once the order is the question, and no longer the dates.
MOST_OPEN = 100


@dataclass(frozen=True)
class Reading:
    """One product's delivery, as a window and a team narrow it."""

    product: Product
    delivery: Delivery
    # All teams together: what forecasts are drawn from, whichever team the page shows.
    whole: Delivery
    work: ProductWork | None
    teams: Sequence[Team]
    has_teamless: bool
    synced_at: datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether no work leads to the product (yet)."""
        return self.work is None and not self.whole.history

    @cached_property
    def stale(self) -> int:
        """Open items that nobody has changed for so many days."""
        return self.work.stale(as_of=self.delivery.on, after_days=delivery.STALE_DAYS) if self.work else 0

    @cached_property
    def progress(self) -> Measure:
        if self.work is None:
            return Measure("progress", None, "no work is connected")
        return progress(finished=self.work.items_done, total=self.work.items)


def read(product: Product, *, window: int, team: str, on: date) -> Reading:
    """This function will read a product's rollups (four queries): all teams together, or one (`none`: without a team)."""
    everything = [rollups.read(row) for row in WeeklyFlow.objects.filter(product=product).values(*rollups.COLUMNS)]
    known = {row.team for row in everything}
    teams = list(Team.objects.filter(id__in=[team for team in known if team]))
    chosen = _chosen(team, known)
    whole = _delivery(everything, window=window, on=on)
    is_whole = chosen is Ellipsis
    return Reading(
        product=product,
        delivery=whole if is_whole else _delivery([r for r in everything if r.team == chosen], window=window, on=on),
        whole=whole,
        work=ProductWork.objects.filter(product=product).first(),
        teams=teams,
        has_teamless=None in known and bool(teams),
        synced_at=sources.freshness(sources.feeds()).get(product.id),
    )


def _delivery(rows: Sequence[FlowWeek], *, window: int, on: date) -> Delivery:
    # The running week is shown, so today is inside.
    history = rollups.by_week(rows, until=on + timedelta(days=1))
    last = history[-1] if history else FlowWeek(week=on)
    return Delivery(
        history=history,
        window=window,
        on=on,
        ages=delivery.current(history, on=on),
        open=last.open,
        unestimated=last.unestimated,
    )


def _chosen(team: str, known: set[object]) -> object:
    """The team to narrow to; Ellipsis for all of them, which is also what an unknown team gets."""
    if team == NO_TEAM:
        return None
    return next((one for one in known if one and str(one) == team), ...)


@dataclass(frozen=True)
class Group:
    """An initiative or feature with its tally, and its forecast if it has one."""

    tally: ItemProgress
    on: date
    forecast: Forecast | None = None

    @property
    def item(self) -> WorkItem:
        item: WorkItem = self.tally.item
        return item

    @property
    def by_items(self) -> Measure:
        return progress(finished=self.tally.items_done, total=self.tally.items)

    @property
    def by_points(self) -> Measure:
        if not self.tally.points:
            return Measure("progress", None, "no item has points")
        return progress(finished=float(self.tally.points_done), total=float(self.tally.points), of="points")

    @property
    def stale(self) -> int:
        return self.tally.stale(as_of=self.on, after_days=delivery.STALE_DAYS)

    @property
    def p50(self) -> date | None:
        """By when it is finished with even odds."""
        return self.forecast.by(50) if self.forecast else None

    @property
    def p85(self) -> date | None:
        """By when it is finished in 85 % of the runs."""
        return self.forecast.by(85) if self.forecast else None

    @property
    def is_late(self) -> bool:
        """Whether it is 85 % sure only after it is due."""
        return bool(self.p85 and self.item.due_on and self.p85 > self.item.due_on)


def top(product: Product, *, is_finished: bool) -> QuerySet[ItemProgress]:
    """This function will list what stands at the top of a product's work: initiatives, and features outside of any."""
    above = WorkItem.objects.live().filter(
        connection=OuterRef("item__connection"),
        external_id=OuterRef("item__parent_external_id"),
        level__in=["initiative", "feature"],
    )
    # Finished: nothing is open below it, or it was closed although something is.
    done = Q(item__status_category=StatusCategory.DONE) | Q(items__gt=0, items_done=F("items"))
    rows = ItemProgress.objects.filter(product=product).exclude(Exists(above)).select_related("item")
    rows = rows.filter(done) if is_finished else rows.exclude(done)
    return rows.order_by("-level", F("item__due_on").asc(nulls_last=True), "item__remote_created_at", "id")


def with_forecasts(rows: Sequence[ItemProgress], *, reading: Reading) -> list[Group]:
    """This function will add to each open initiative or feature by when it will be finished, in the order of due dates."""
    on = reading.delivery.on
    wanted = [Initiative(key=str(row.item_id), remaining=row.items_open, due_on=row.item.due_on) for row in rows]
    found = delivery.finishes(delivery.in_order(wanted), sample=reading.whole.sample, on=on)
    by_key = {forecast.key: forecast for forecast in found}
    return [Group(row, on, by_key[str(row.item_id)]) for row in rows]


def children(item: WorkItem) -> QuerySet[WorkItem]:
    """This function will list what stands directly below an item, by the index of parents: a page of it at a time."""
    below: QuerySet[WorkItem] = WorkItem.objects.live().filter(
        connection=item.connection_id, parent_external_id=item.external_id
    )
    # To do, in progress, done.
    return below.order_by("-status_category", "remote_created_at", "id")


def tallies(items: Sequence[WorkItem], *, on: date) -> dict[UUID, Group]:
    """This function will find the tallies of those items that group others."""
    rows = ItemProgress.objects.filter(item__in=items).select_related("item")
    return {row.item_id: Group(row, on) for row in rows}
