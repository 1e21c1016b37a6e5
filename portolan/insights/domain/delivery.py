"""How one product (or one of its teams) delivers in a window of weeks: every number of its page, and the weeks behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from portolan.insights.domain import flow, forecast, headlines, periods, rollups
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.flow import Ageing
from portolan.insights.domain.forecast import CountForecast, Forecast
from portolan.insights.domain.headlines import Headline
from portolan.insights.domain.measures import Measure, counted
from portolan.insights.domain.rollups import CumulativePoint, FlowWeek
from portolan.insights.domain.simulation import Backlog

# A quarter, half a year, a year, three years.
WINDOWS = (13, 26, 52, 157)
USUAL_WINDOW = 26
# Weeks ahead in the fan: further away it says nothing but "more".
FAN_WEEKS = 13
# Dates of many initiatives: their simulation error of half a week is smaller than a week's grain.
RUNS = 2_000
STALE_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What is known of the work: every week since the first, cut to a window; and what is open today.

    `ages` are as of `on`; `open`, `unestimated` and `stale` count items that are not finished.
    """

    history: Sequence[FlowWeek]
    window: int
    on: date
    ages: Histogram
    open: int
    unestimated: int

    @cached_property
    def weeks(self) -> Sequence[FlowWeek]:
        """The weeks of the window that are known, the running one last."""
        since = periods.closed_weeks(self.window, as_of=self.on)[0]
        return [row for row in self.history if row.week >= since]

    @cached_property
    def closed(self) -> Sequence[FlowWeek]:
        return rollups.closed(self.weeks, as_of=self.on)

    @cached_property
    def cycle(self) -> Histogram:
        return Histogram.merged(row.cycle for row in self.closed)

    @cached_property
    def ageing(self) -> Ageing:
        return flow.ageing(self.ages, cycle=self.cycle)

    @cached_property
    def totals(self) -> Sequence[CumulativePoint]:
        return rollups.totals(self.weeks, as_of=self.on)

    @property
    def cumulative(self) -> Sequence[CumulativePoint]:
        """The cumulative flow from the window's start: what was finished before would press the rest into a line."""
        before = self.totals[0].finished if self.totals else 0
        return [
            CumulativePoint(
                at=point.at,
                created=point.created - before,
                started=point.started - before,
                finished=point.finished - before,
            )
            for point in self.totals
        ]

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """The closed weeks that the future is drawn from: the last 26 at most, whatever the window shows."""
        return forecast.window([row.finished for row in rollups.closed(self.history, as_of=self.on)])

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Every number of the page by its key."""
        closed, errors = self.closed, self._sum("date_errors")
        measures = (
            flow.throughput_rate([row.finished for row in closed]),
            flow.cycle_time(self.cycle, percent=85, date_errors=errors),
            flow.lead_time(Histogram.merged(row.lead for row in closed), percent=85, date_errors=errors),
            flow.work_in_progress(self.ages.total),
            self.ageing.beyond_p85,
            self.ageing.oldest,
            flow.flow_efficiency(
                active_seconds=self._sum("active_seconds"), elapsed_seconds=self._sum("elapsed_seconds")
            ),
            flow.scope_change(
                added=self._sum("scope_added"), removed=self._sum("scope_removed"), finished=self._sum("finished")
            ),
            flow.bug_ratio(bugs_created=self._sum("bugs_created"), created=self._sum("created")),
            flow.unestimated_share(unestimated=self.unestimated, open=self.open),
            flow.littles_law(closed),
        )
        return {measure.key: measure for measure in measures}

    @cached_property
    def headlines(self) -> list[Headline]:
        """The key figures of the page, in the order in which they are shown."""
        numbers = self.measures
        oldest = numbers["work_item_age"]
        finished, wip = [row.finished for row in self.closed], [row.wip for row in self.closed]
        note = f"the oldest for {oldest.text}" if oldest.is_known else ""
        return [
            headlines.of(numbers["throughput"], label="Throughput", note="items a week", weeks=finished),
            headlines.of(
                numbers["cycle_time"], label="Cycle time, P85", note=f"of {counted(self.cycle.total, 'item')}"
            ),
            headlines.of(numbers["work_in_progress"], label="In progress", note=note, weeks=wip),
            headlines.of(numbers["ageing_share"], label="Ageing work", note="older than P85 of cycle time"),
            headlines.of(numbers["scope_change"], label="Scope change", note="net items added to finished"),
            headlines.of(numbers["unestimated_share"], label="Unestimated", note=f"of {self.open} open items"),
        ]

    @cached_property
    def signals(self) -> list[Headline]:
        """The figures that are asked for when one of the first looks odd."""
        numbers = self.measures
        return [
            headlines.of(numbers["lead_time"], label="Lead time, P85", note="created to finished"),
            headlines.of(numbers["flow_efficiency"], label="Flow efficiency", note="active of elapsed time"),
            headlines.of(numbers["bug_ratio"], label="Bug ratio", note="of items created"),
            headlines.of(numbers["littles_law"], label="Little's law", note="near 1 in a steady flow"),
        ]

    def _sum(self, part: str) -> int:
        total: int = sum(getattr(row, part) for row in self.closed)
        return total

    def coming(self) -> CountForecast:
        """This function will forecast how many items the next quarter finishes."""
        return forecast.how_many(self.sample, weeks=FAN_WEEKS, as_of=self.on)

    def burn_up(self) -> list[tuple[date, int, int]]:
        """This function will list (day, finished, scope) by week of the window, since the first item."""
        return [(point.at, point.finished, point.created) for point in self.totals]


def current(history: Sequence[FlowWeek], *, on: date) -> Histogram:
    """This function will bring the ages of the last week, kept as of its Sunday, to a day: open work ages a day a day."""
    if not history:
        return Histogram()
    last = history[-1]
    return last.age.shifted((on - (last.week + timedelta(days=6))).days)


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """Something with a finish: how many items are left, and by when it is wanted."""

    key: str
    remaining: int
    due_on: date | None = None


def finishes(initiatives: Sequence[Initiative], *, sample: tuple[int, ...], on: date) -> list[Forecast]:
    """This function will forecast when each initiative is finished, one after another in the order given.

    The product's weeks are spent on the first until it is done, then on the next: what stands further down waits for
    what stands above it. Work outside of the initiatives is not set aside for, so the dates are the earliest to expect.
    """
    backlogs, before = [], 0
    for initiative in initiatives:
        before += initiative.remaining
        remaining = before if initiative.remaining else 0
        backlogs.append(Backlog(key=initiative.key, remaining=remaining, finished=sample))
    return forecast.when(backlogs, as_of=on, runs=RUNS)


def in_order(initiatives: Sequence[Initiative]) -> list[Initiative]:
    """This function will put the initiatives into the order in which they are wanted: by due date, then as they came."""
    return sorted(initiatives, key=lambda initiative: (initiative.due_on is None, initiative.due_on or date.max))
