"""When the rest will be finished, and how much will be by a day: Monte Carlo on the product's own weeks.

Past weeks are drawn at random with replacement, zero weeks included, closed weeks only, and each run plays the future
once (Magennis, Forecasting and Simulating Software Development Projects, 2011). Every result says how many runs it
rests on, from which seed, and how far the runs alone may have moved it. numpy is imported when a forecast is made
and not before: the web process must start without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from portolan.insights.domain import simulation
from portolan.insights.domain.measures import Measure, counted
from portolan.insights.domain.simulation import Backlog

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNS = 10_000
SEED = 1
# Older weeks describe another team; fewer than eight describe the weather.
SHORTEST_WINDOW, LONGEST_WINDOW = 8, 26
FEW_SAMPLES = 5
PERCENTS = (50, 85, 95)


@dataclass(frozen=True, slots=True)
class Finish:
    """By when a percentage of the runs had finished; earliest and latest are two standard errors of simulation away."""

    percent: int
    weeks: int
    on: date
    earliest: date
    latest: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The finish of one backlog: percentiles, or the reason why there are none."""

    key: str
    as_of: date
    remaining: int
    samples: int
    runs: int
    seed: int
    finishes: tuple[tuple[date, int], ...] = ()
    percentiles: tuple[Finish, ...] = ()
    reason: str = ""
    caution: str = ""

    def at(self, percent: int) -> Finish | None:
        """This function will find the finish at a percentage (50, 85 or 95), if so many runs finished at all."""
        return next((finish for finish in self.percentiles if finish.percent == percent), None)

    def by(self, percent: int) -> date | None:
        """This function will give the day of a percentage, for a due date to be held against (health.Due)."""
        finish = self.at(percent)
        return finish.on if finish else None

    def chance_by(self, day: date) -> float | None:
        """This function will give the share of runs that had finished by a day (a due date), None without forecast."""
        if self.reason:
            return None
        return sum(count for on, count in self.finishes if on <= day) / self.runs

    def measure(self, percent: int) -> Measure:
        """This function will give the weeks to a finish as a number that can be opened."""
        inputs = (
            ("Remaining items", str(self.remaining)),
            ("Closed weeks drawn from", str(self.samples)),
            ("Runs", f"{self.runs:,}"),
            ("Seed", str(self.seed)),
        )
        finish = self.at(percent)
        if finish is None:
            reason = (
                self.reason
                or f"fewer than {percent} % of the runs finish within {simulation.HORIZON_WEEKS // 52} years"
            )
            return Measure("forecast_when", None, reason, inputs=inputs, caution=self.caution)
        latest = f"{finish.latest:%Y-%m-%d}" if finish.latest else "later"
        error = (f"P{percent} by simulation error alone", f"{finish.earliest:%Y-%m-%d} to {latest}")
        return Measure("forecast_when", finish.weeks, inputs=(*inputs, error), caution=self.caution)


@dataclass(frozen=True, slots=True)
class FanPoint:
    """How many items will be finished by a day, at least, with 85, 50 and 15 % certainty."""

    on: date
    sure: int
    even: int
    hopeful: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many items at least, with what certainty; low and high are two standard errors of simulation away."""

    percent: int
    items: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CountForecast:
    """How many items will be finished in a number of weeks, or the reason why that cannot be said."""

    weeks: int
    samples: int
    runs: int
    seed: int
    percentiles: tuple[Count, ...] = ()
    fan: tuple[FanPoint, ...] = ()
    reason: str = ""
    caution: str = ""


def window(finished: Sequence[int], *, weeks: int = LONGEST_WINDOW) -> tuple[int, ...]:
    """This function will keep the last closed weeks to draw from: 8 to 26, or fewer if the history is shorter."""
    if not SHORTEST_WINDOW <= weeks <= LONGEST_WINDOW:
        raise ValueError(f"A forecast draws from the last {SHORTEST_WINDOW} to {LONGEST_WINDOW} weeks, not {weeks}.")
    return tuple(finished[-weeks:])


def refusal(finished: Sequence[int], *, remaining: int = 1) -> str:
    """This function will say why nothing can be forecast, or nothing if it can."""
    if remaining <= 0:
        return "nothing is left to finish"
    if not finished:
        return "no closed week to draw from"
    if not any(finished):
        return f"nothing was finished in the last {counted(len(finished), 'week')}"
    return ""


def when(backlogs: Iterable[Backlog], *, as_of: date, runs: int = RUNS, seed: int = SEED) -> list[Forecast]:
    """This function will forecast the finish of many backlogs, in their order, all from the same random weeks.

    A finish is a whole number of weeks after `as_of`. The result of a backlog depends on its own numbers, `runs` and
    `seed` only, never on the backlogs beside it.
    """
    backlogs = list(backlogs)
    reasons = [refusal(backlog.finished, remaining=backlog.remaining) for backlog in backlogs]
    playable = [backlog for backlog, reason in zip(backlogs, reasons, strict=True) if not reason]
    played = iter(simulation.play(playable, runs=runs, seed=seed))
    return [
        _forecast(backlog, () if reason else next(played), reason=reason, as_of=as_of, runs=runs, seed=seed)
        for backlog, reason in zip(backlogs, reasons, strict=True)
    ]


def _forecast(backlog: Backlog, done: Sequence[int], *, reason: str, as_of: date, runs: int, seed: int) -> Forecast:
    finishes = tuple((as_of + timedelta(weeks=n), count) for n, count in enumerate(done, start=1) if count)
    return Forecast(
        key=backlog.key,
        as_of=as_of,
        remaining=backlog.remaining,
        samples=len(backlog.finished),
        runs=runs,
        seed=seed,
        finishes=finishes,
        percentiles=tuple(_percentiles(finishes, as_of=as_of, runs=runs)),
        reason=reason,
        caution="" if reason else caution(backlog.finished),
    )


def how_many(finished: Sequence[int], *, weeks: int, as_of: date, runs: int = RUNS, seed: int = SEED) -> CountForecast:
    """This function will forecast how many items the next weeks will finish, and the fan of the weeks on the way.

    The percentile runs the other way than for dates: to be 85 % sure, take the 15th percentile of the counts.
    """
    reason = refusal(finished)
    if reason:
        return CountForecast(weeks=weeks, samples=len(finished), runs=runs, seed=seed, reason=reason)
    import numpy as np

    uniform = np.random.Generator(np.random.PCG64(seed)).random((weeks, runs), dtype=np.float32)
    sums = np.sort(np.cumsum(np.asarray(finished).take(simulation.picked(len(finished), uniform)), axis=0), axis=1)
    return CountForecast(
        weeks=weeks,
        samples=len(finished),
        runs=runs,
        seed=seed,
        percentiles=tuple(_count(sums[-1], percent) for percent in PERCENTS),
        fan=tuple(
            FanPoint(as_of + timedelta(weeks=n), *(_count(row, percent).items for percent in (85, 50, 15)))
            for n, row in enumerate(sums, start=1)
        ),
        caution=caution(finished),
    )


def caution(finished: Sequence[int]) -> str:
    """This function will warn of a history too short to draw a future from."""
    if len(finished) >= FEW_SAMPLES:
        return ""
    return f"Drawn from only {counted(len(finished), 'closed week')}; take the dates as a hint."


def _percentiles(finishes: Sequence[tuple[date, int]], *, as_of: date, runs: int) -> Iterable[Finish]:
    """This function will read off the first week by which so many runs have finished, with its simulation error.

    The error of a percentile is that of its rank: N q +- 2 sqrt(N q (1 - q)) (order statistics).
    """
    reached = list(accumulate(count for _, count in finishes))

    def on(rank: int) -> date | None:
        return next((day for (day, _), total in zip(finishes, reached, strict=True) if total >= rank), None)

    for percent in PERCENTS:
        day = on(_rank(percent, runs=runs))
        low, high = _band(percent, runs=runs)
        earliest = on(low)
        if day is not None and earliest is not None:
            yield Finish(percent, (day - as_of).days // 7, day, earliest, on(high))


def _rank(percent: int, *, runs: int) -> int:
    return -(-runs * percent // 100)


def _band(percent: int, *, runs: int) -> tuple[int, int]:
    share = percent / 100
    error = 2 * math.sqrt(runs * share * (1 - share))
    return max(1, math.floor(runs * share - error)), min(runs, math.ceil(runs * share + error))


def _count(ascending: NDArray[Any], percent: int) -> Count:
    """This function will read off the largest count that at least so many runs reach, with its simulation error."""
    runs = len(ascending)
    low, high = _band(percent, runs=runs)
    return Count(
        percent=percent,
        items=int(ascending[runs - _rank(percent, runs=runs)]),
        low=int(ascending[runs - high]),
        high=int(ascending[runs - low]),
    )
