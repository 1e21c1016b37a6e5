"""The whole portfolio in a constant number of queries: products, milestones, rollups, connections."""

import sys
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection as database
from django.db.models import OuterRef, Subquery

from portolan.insights.domain import attention, headlines, periods, standings
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.headlines import Headline
from portolan.insights.domain.health import Milestone as OpenMilestone
from portolan.insights.domain.standings import Standing, Work
from portolan.insights.readings import sources
from portolan.insights.readings.sources import Feed
from portolan.portfolio.models import Milestone, PortfolioRole, Product, Stage, StageChange
from portolan.tenancy import scope


@dataclass(frozen=True)
class Portfolio:
    """Every active product as it stands at a moment, and the connections that feed them."""

    products: Sequence[Standing]
    feeds: Sequence[Feed]
    at: datetime
    on: date

    @cached_property
    def headlines(self) -> list[Headline]:
        feeding = [feed.source for feed in self.feeds if feed.products]
        return headlines.read(self.products, sources=feeding, at=self.at)

    @cached_property
    def attention(self) -> list[attention.Item]:
        return attention.items(
            products=(product.noticed for product in self.products),
            connections=(feed.noticed for feed in self.feeds),
            at=self.at,
            on=self.on,
        )

    @property
    def read_at(self) -> datetime | None:
        """This function will say when the oldest data was read."""
        return min((feed.succeeded_at for feed in self.feeds if feed.products and feed.succeeded_at), default=None)


def read(*, at: datetime, on: date, zone: str, only: Product | None = None) -> Portfolio:
    """This function will read the portfolio as of a moment and its day in the organization (four queries).

    `only` one product, whether it is active or not.
    """
    feeds = sources.feeds()
    fresh, works, milestones = sources.freshness(feeds), _works(on=on), _milestones()
    tz = ZoneInfo(zone)
    products = [
        Standing(
            slug=row["slug"],
            name=row["name"],
            hue=row["hue"],
            stage=_STAGES[row["stage"]],
            stage_since=periods.day_of(row["stage_since"], zone=tz) if row["stage_since"] else None,
            role=_ROLES.get(row["role"], ""),
            line=row["line__name"] or "",
            owner=row["owner__user__name"] or row["owner__user__email"] or "",
            work=works.get(row["id"]),
            milestones=tuple(milestones.get(row["id"], ())),
            synced_at=fresh.get(row["id"]),
            at=at,
            on=on,
        )
        for row in _products(Product.objects.filter(pk=only.pk) if only else Product.objects.active())
    ]
    return Portfolio(products=products, feeds=feeds, at=at, on=on)


_STAGES, _ROLES = dict(Stage.choices), dict(PortfolioRole.choices)


def _products(products: Any) -> Any:
    entered = StageChange.objects.filter(product=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]
    about = ("id", "slug", "name", "hue", "stage", "stage_since", "role", "line__name")
    return products.annotate(stage_since=Subquery(entered)).values(*about, "owner__user__name", "owner__user__email")


def _milestones() -> Mapping[UUID, Sequence[OpenMilestone]]:
    ahead: dict[UUID, list[OpenMilestone]] = defaultdict(list)
    for product, title, due_on in Milestone.objects.filter(reached_on=None).values_list("product", "title", "due_on"):
        ahead[product].append(OpenMilestone(title=title, due_on=due_on))
    return ahead


def _works(*, on: date) -> Mapping[UUID, Work]:
    weeks = standings.window(on=on)
    values = {
        "organization": scope.current_organization_id(),
        "since": weeks[0],
        "running": weeks[-1],
        "recent": weeks[-1 - standings.RECENT_WEEKS],
    }
    with database.cursor() as cursor:
        cursor.execute(_WORK, values)
        return {product: _work(rest, on=on, places=len(weeks)) for product, *rest in cursor.fetchall()}


def _work(row: Sequence[Any], *, on: date, places: int) -> Work:
    *arrays, ever_created, created, bugs_created, date_errors, items, items_done, unestimated = row
    weeks, finished, stories, bugs, days, day_counts, since, counts = map(_numbers, arrays)
    today = on.toordinal() - _SENT_FROM
    # Youngest last in the row, first in a histogram; a start in a zone that is ahead of ours has no age yet.
    begun = bisect_right(since, today)
    return Work(
        finished=_spread(weeks, finished, places),
        stories=_spread(weeks, stories, places),
        bugs=_spread(weeks, bugs, places),
        # What was created before the window was there before it: its first weeks are zeros, and not unknown.
        known_since=0 if items > ever_created else min(weeks, default=places),
        created=created,
        bugs_created=bugs_created,
        date_errors=date_errors,
        cycle=Histogram.added([(days, day_counts)]),
        ages=Histogram.from_arrays([today + 1 - day for day in reversed(since[:begun])], counts[:begun][::-1]),
        items=items,
        items_done=items_done,
        unestimated=unestimated,
    )


# The day from which the server's wire format counts dates.
_SENT_FROM = date(2000, 1, 1).toordinal()


def _numbers(sent: bytes | None) -> list[int]:
    """This function will read the elements of an array of integers or dates as array_send() writes them: four bytes of
    length and four of value each, the highest first."""
    numbers = array("i", sent or b"")[1::2]
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers.tolist()


def _spread(weeks: Sequence[int], counts: Sequence[int], places: int) -> list[int]:
    """This function will place counts into their weeks: in any order, with gaps, and several (one a team) in one."""
    spread = [0] * places
    for week, count in zip(weeks, counts, strict=True):
        spread[week] += count
    return spread


# One row a product. Weeks are numbers from the start of the window, unordered and not yet added up over teams, and so are
# durations. All that is many comes as the bytes of an array without its header of twenty: two hundred products have five
# thousand weeks, twenty thousand durations and fifty thousand starts, and the server would need ten times as long to
# sort, sum and spell them, and we to read them.
_WORK = """
WITH flow AS (
    SELECT product_id, array_agg((week - %(since)s) / 7) AS weeks, array_agg(finished) AS finished,
           array_agg(stories_finished) AS stories, array_agg(bugs_finished) AS bugs, sum(created) AS ever_created,
           sum(created) FILTER (WHERE is_recent) AS created,
           sum(bugs_created) FILTER (WHERE is_recent) AS bugs_created,
           sum(date_errors) FILTER (WHERE is_recent) AS date_errors,
           string_agg(substr(array_send(cycle_days), 21), '') FILTER (WHERE is_recent) AS days,
           string_agg(substr(array_send(cycle_counts), 21), '') FILTER (WHERE is_recent) AS counts
      FROM (SELECT *, week >= %(recent)s AND week < %(running)s AS is_recent FROM integrations_weeklyflow
             WHERE organization_id = %(organization)s AND week BETWEEN %(since)s AND %(running)s) AS told
     GROUP BY product_id)
SELECT work.product_id, substr(array_send(flow.weeks), 21), substr(array_send(flow.finished), 21),
       substr(array_send(flow.stories), 21), substr(array_send(flow.bugs), 21), flow.days, flow.counts,
       substr(array_send(work.in_progress_since), 21), substr(array_send(work.in_progress_counts), 21),
       coalesce(flow.ever_created, 0), coalesce(flow.created, 0), coalesce(flow.bugs_created, 0),
       coalesce(flow.date_errors, 0), work.items, work.items_done, work.unestimated
  FROM integrations_productwork AS work LEFT JOIN flow USING (product_id)
 WHERE work.organization_id = %(organization)s
"""
