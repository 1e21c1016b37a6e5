"""Weekly rollups: the only thing a dashboard reads about work, so that its cost grows with products and weeks.

A FlowWeek is one stored row or a sum of such rows. Everything in it can be added up over teams, products and (the
states at the end of the week excepted) over weeks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portolan.insights.domain import periods
from portolan.insights.domain.durations import Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWeek:
    """One rollup row: what happened to one product (and team) in one ISO week, and how the week ended.

    Counts of the week: created, started, finished and so on; an item finished without having been seen in progress
    counts as started on the day it finished. State at the end of the week: wip, open (not finished, work in progress
    included), unestimated (open without points), age (of the work in progress, on the Sunday), and the totals since
    the first item.
    """

    week: date
    product: object = None
    team: object = None
    created: int = 0
    started: int = 0
    finished: int = 0
    points_finished: Decimal = Decimal()
    stories_finished: int = 0
    bugs_finished: int = 0
    bugs_created: int = 0
    scope_added: int = 0
    scope_removed: int = 0
    date_errors: int = 0
    active_seconds: int = 0
    elapsed_seconds: int = 0
    wip: int = 0
    open: int = 0
    unestimated: int = 0
    created_total: int = 0
    started_total: int = 0
    finished_total: int = 0
    cycle: Histogram = field(default_factory=Histogram)
    lead: Histogram = field(default_factory=Histogram)
    age: Histogram = field(default_factory=Histogram)


_OF_WHOM = {"product", "team"}
_HISTOGRAMS = ("cycle", "lead", "age")
_NUMBERS = tuple(part.name for part in fields(FlowWeek) if part.name not in {"week", *_OF_WHOM, *_HISTOGRAMS})
_STATES = ("wip", "open", "unestimated", "created_total", "started_total", "finished_total")
# What to ask the stored rollup for, to be read by read().
COLUMNS = (
    "week",
    "product_id",
    "team_id",
    *_NUMBERS,
    *(f"{name}_{part}" for name in _HISTOGRAMS for part in ("days", "counts")),
)


def read(row: Mapping[str, Any]) -> FlowWeek:
    """This function will make a FlowWeek of one stored row, given as a mapping of COLUMNS (queryset.values(*COLUMNS))."""
    histograms: dict[str, Any] = {
        name: Histogram.from_arrays(row[f"{name}_days"], row[f"{name}_counts"]) for name in _HISTOGRAMS
    }
    numbers: dict[str, Any] = {name: row[name] for name in _NUMBERS}
    return FlowWeek(week=row["week"], product=row["product_id"], team=row["team_id"], **numbers, **histograms)


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Items finished in one week; a partial week is still running and is in no average."""

    week: date
    count: int
    is_partial: bool


@dataclass(frozen=True, slots=True)
class CumulativePoint:
    """How many items had ever been created, started and finished by the end of a day or week."""

    at: date
    created: int
    started: int
    finished: int

    @property
    def waiting(self) -> int:
        return self.created - self.started

    @property
    def in_progress(self) -> int:
        return self.started - self.finished


def by_week(rows: Iterable[FlowWeek], *, until: date, since: date | None = None) -> list[FlowWeek]:
    """This function will add up rows into one per week, without gaps, over the weeks before the day `until`.

    A week without a row inside the history is a real zero: nothing happened, the state before it lasted, and what was
    in progress aged seven days. Weeks before the first row are not zero but unknown, and are left out.
    `since` cuts the result, after the states were carried up to it.
    """
    grouped: dict[tuple[object, object], dict[date, FlowWeek]] = defaultdict(dict)
    for row in rows:
        grouped[row.product, row.team][row.week] = row
    if not grouped:
        return []
    first = min(min(weeks) for weeks in grouped.values())
    wanted = periods.weeks(first, until)
    filled = [_without_gaps(weeks, wanted) for weeks in grouped.values()]
    totals = [_sum(week, parts) for week, parts in zip(wanted, zip(*filled, strict=True), strict=True)]
    return [total for total in totals if since is None or total.week >= since]


def _without_gaps(known: dict[date, FlowWeek], wanted: Sequence[date]) -> list[FlowWeek]:
    filled: list[FlowWeek] = []
    for week in wanted:
        row = known.get(week)
        if row is None and filled:
            lasting: dict[str, Any] = {name: getattr(filled[-1], name) for name in _STATES}
            row = FlowWeek(week=week, age=filled[-1].age.shifted(7), **lasting)
        filled.append(row or FlowWeek(week=week))
    return filled


def _sum(week: date, parts: Sequence[FlowWeek]) -> FlowWeek:
    numbers: dict[str, Any] = {name: sum(getattr(part, name) for part in parts) for name in _NUMBERS}
    histograms: dict[str, Any] = {name: Histogram.merged(getattr(part, name) for part in parts) for name in _HISTOGRAMS}
    return FlowWeek(week=week, **numbers, **histograms)


def throughput(weeks: Iterable[FlowWeek], *, as_of: date) -> list[WeekCount]:
    """This function will list the items finished in each week, zero weeks included, the open week marked partial."""
    return [WeekCount(row.week, row.finished, periods.is_open(row.week, as_of=as_of)) for row in weeks]


def closed_counts(finished: Mapping[date, int], *, as_of: date) -> tuple[int, ...]:
    """This function will list the finished items of all closed weeks since the first known one, zeros in the gaps.

    For pages with many products: no more than (week, finished) has to be read of each.
    """
    if not finished:
        return ()
    return tuple(finished.get(week, 0) for week in periods.weeks(min(finished), periods.week_of(as_of)))


def closed(weeks: Iterable[FlowWeek], *, as_of: date) -> list[FlowWeek]:
    """This function will keep the weeks that are over: the open one is in no average, trend or sample."""
    return [row for row in weeks if not periods.is_open(row.week, as_of=as_of)]


def totals(weeks: Iterable[FlowWeek], *, as_of: date) -> list[CumulativePoint]:
    """This function will give the cumulative flow at the end of each week (as_of in the open one), from the kept totals."""
    ends = ((min(row.week + timedelta(days=6), as_of), row) for row in weeks)
    return [_point(end, row.created_total, row.started_total, row.finished_total) for end, row in ends]


def cumulative_flow(
    steps: Iterable[tuple[date, int, int, int]], *, created: int = 0, started: int = 0, finished: int = 0
) -> list[CumulativePoint]:
    """This function will add up (day or week, created, started, finished) counts into a cumulative flow diagram.

    The keyword counts are what had happened before the first step.
    """
    points = []
    for at, newly_created, newly_started, newly_finished in steps:
        created += newly_created
        started += newly_started
        finished += newly_finished
        points.append(_point(at, created, started, finished))
    return points


def _point(at: date, created: int, started: int, finished: int) -> CumulativePoint:
    # Departures never exceed arrivals (Vacanti 2015): what left without having been seen to arrive arrived as it left.
    started = max(started, finished)
    return CumulativePoint(at=at, created=max(created, started), started=started, finished=finished)


def daily(counts: Mapping[date, tuple[int, int, int]], *, start: date, end: date) -> list[tuple[date, int, int, int]]:
    """This function will list (day, created, started, finished) for every day in [start, end), quiet days as zeros."""
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return [(day, *counts.get(day, (0, 0, 0))) for day in days]
