"""The whole portfolio in a constant number of queries: products, milestones, rollups, connections."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
            milestones=milestones.get(row["id"], ()),
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
    (is_older, weeks, finished, stories, bugs, created, bugs_created, date_errors, days, counts, *rest) = row
    (since, since_counts, items, items_done, unestimated) = rest
    weeks = weeks or []
    ages = [((on - day) // timedelta(days=1) + 1, n) for day, n in zip(since, since_counts, strict=True) if day <= on]
    return Work(
        finished=_spread(weeks, finished, places),
        stories=_spread(weeks, stories, places),
        bugs=_spread(weeks, bugs, places),
        known_since=0 if is_older else weeks[0] if weeks else places,
        created=created or 0,
        bugs_created=bugs_created or 0,
        date_errors=date_errors or 0,
        cycle=Histogram.from_arrays(days or (), counts or ()),
        ages=Histogram.from_arrays([age for age, _ in reversed(ages)], [n for _, n in reversed(ages)]),
        items=items,
        items_done=items_done,
        unestimated=unestimated,
    )


def _spread(weeks: Sequence[int], counts: Sequence[int] | None, places: int) -> list[int]:
    spread = [0] * places
    for week, count in zip(weeks, counts or (), strict=True):
        spread[week] = count
    return spread


# One row a product. Weeks are numbers from the start of the window, because two hundred products have five thousand of
# them and a date costs ten times a small number to read.
_WORK = """
WITH weekly AS (
    SELECT product_id, week, sum(finished)::int AS finished, sum(stories_finished)::int AS stories,
           sum(bugs_finished)::int AS bugs, sum(created) AS created, sum(bugs_created) AS bugs_created,
           sum(date_errors) AS date_errors
      FROM integrations_weeklyflow
     WHERE organization_id = %(organization)s AND week BETWEEN %(since)s AND %(running)s
     GROUP BY product_id, week),
flow AS (
    SELECT product_id, array_agg((week - %(since)s) / 7 ORDER BY week) AS weeks,
           array_agg(finished ORDER BY week) AS finished, array_agg(stories ORDER BY week) AS stories,
           array_agg(bugs ORDER BY week) AS bugs, sum(created) FILTER (WHERE is_recent)::int AS created,
           sum(bugs_created) FILTER (WHERE is_recent)::int AS bugs_created,
           sum(date_errors) FILTER (WHERE is_recent)::int AS date_errors
      FROM (SELECT *, week >= %(recent)s AND week < %(running)s AS is_recent FROM weekly) AS told GROUP BY product_id),
cycle AS (
    SELECT product_id, array_agg(days ORDER BY days) AS days, array_agg(n ORDER BY days) AS counts
      FROM (SELECT product_id, days, sum(n)::int AS n
              FROM integrations_weeklyflow, unnest(cycle_days, cycle_counts) AS histogram(days, n)
             WHERE organization_id = %(organization)s AND week >= %(recent)s AND week < %(running)s
             GROUP BY product_id, days) AS merged GROUP BY product_id)
SELECT work.product_id,
       EXISTS (SELECT FROM integrations_weeklyflow AS older WHERE older.organization_id = %(organization)s
                  AND older.product_id = work.product_id AND older.week < %(since)s),
       flow.weeks, flow.finished, flow.stories, flow.bugs, flow.created, flow.bugs_created, flow.date_errors,
       cycle.days, cycle.counts, work.in_progress_since, work.in_progress_counts,
       work.items, work.items_done, work.unestimated
  FROM integrations_productwork AS work
  LEFT JOIN flow USING (product_id) LEFT JOIN cycle USING (product_id)
 WHERE work.organization_id = %(organization)s
"""
