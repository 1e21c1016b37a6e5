"""Whole-day durations, kept so that percentiles survive addition.

A percentile of percentiles means nothing: the P85 of March and the P85 of April do not give the P85 of the spring.
What can be added is the histogram. So a rollup row stores, for each duration that occurs, how often it occurs, and
the percentile of any window of weeks over any set of products is the percentile of the sum: exactly numpy's, to the
last bit, without one raw item being read.

Stored form (two parallel columns per histogram, on the row of one product, team and ISO week)::

    cycle_days    integer[] NOT NULL DEFAULT '{}'   -- the distinct durations, ascending, every one >= 1
    cycle_counts  integer[] NOT NULL DEFAULT '{}'   -- how many items took that long, every one >= 1
    CHECK (cardinality(cycle_days) = cardinality(cycle_counts))

The same pair for lead time (``lead_days``, ``lead_counts``) and for the age of open work (``age_days``,
``age_counts``: the age on the *Sunday* that ends the week, so that the row needs no clock; a page shifts it to today
with :meth:`Histogram.shifted`). Empty arrays mean that nothing was measured. There is no cap and there are no log
buckets: a row holds at most as many pairs as it has finished items, and a sum over any window at most as many as
there are different durations, so a year-long straggler costs two integers and stays exact.

Filled by one set-based statement: count per day first, then fold the days into arrays::

    INSERT INTO weekly_flow (organization_id, product_id, team_id, week, cycle_days, cycle_counts)
    SELECT organization_id, product_id, team_id, week, array_agg(days ORDER BY days), array_agg(n ORDER BY days)
      FROM (SELECT organization_id, product_id, team_id,
                   date_trunc('week', finished_at AT TIME ZONE zone)::date                                   AS week,
                   (finished_at AT TIME ZONE zone)::date - (started_at AT TIME ZONE zone)::date + 1          AS days,
                   count(*)::int                                                                             AS n
              FROM work_item
             WHERE finished_at IS NOT NULL AND started_at IS NOT NULL
             GROUP BY 1, 2, 3, 4, 5) AS d
     WHERE days >= 1          -- days < 1 is a data error: count(*) FILTER (WHERE days < 1) goes to its own column
     GROUP BY 1, 2, 3, 4
    ON CONFLICT ... DO UPDATE ...

Added up by one set-based statement too (the rows returned are bounded by products x different durations)::

    SELECT product_id, days, sum(n) FROM weekly_flow, unnest(cycle_days, cycle_counts) AS h(days, n)
     WHERE week >= %s AND week < %s GROUP BY 1, 2 ORDER BY 1, 2
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each duration in whole days occurs: distinct days ascending, and their counts."""

    days: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.days) != len(self.counts):
            raise ValueError(f"A histogram needs as many counts as days, not {len(self.counts)} for {len(self.days)}.")
        # Not written as loops: an overview reads four hundred histograms.
        if list(self.days) != sorted(set(self.days)):
            raise ValueError("The days of a histogram must ascend without repeating.")
        if min(self.counts, default=1) < 1:
            raise ValueError("A histogram holds only durations that occur: every count is at least 1.")

    @classmethod
    def of(cls, durations: Iterable[int]) -> Self:
        """This function will count raw durations in whole days."""
        return cls._from_counter(Counter(durations))

    @classmethod
    def from_arrays(cls, days: Sequence[int], counts: Sequence[int]) -> Self:
        """This function will read the two stored columns of one rollup row; raises ValueError if they disagree."""
        return cls(days=tuple(days), counts=tuple(counts))

    @classmethod
    def merged(cls, histograms: Iterable["Histogram"]) -> Self:
        """This function will add up the histograms of any weeks, teams and products."""
        return cls.added((histogram.days, histogram.counts) for histogram in histograms)

    @classmethod
    def added(cls, rows: Iterable[tuple[Sequence[int], Sequence[int]]]) -> Self:
        """This function will add up the stored columns of any rollup rows; raises ValueError if they disagree."""
        tally: dict[int, int] = {}
        known = tally.get  # looked up once: an overview adds up twenty thousand pairs
        for days, counts in rows:
            for day, count in zip(days, counts, strict=True):
                tally[day] = known(day, 0) + count
        return cls._from_counter(tally)

    @classmethod
    def _from_counter(cls, tally: Mapping[int, int]) -> Self:
        days = tuple(sorted(tally))
        return cls(days=days, counts=tuple(tally[day] for day in days))

    @property
    def total(self) -> int:
        """This function will say how many durations were counted."""
        return sum(self.counts)

    def percentile(self, percent: float) -> float:
        """This function will interpolate the percentile (0..100) linearly between the two nearest durations, in days.

        Hyndman & Fan 1996, type 7: rank (n - 1) * p, as numpy.percentile by default and Excel PERCENTILE.INC. The
        interpolation is numpy's own (from the nearer end), so results are equal and not merely close.
        Raises ValueError outside 0..100 and for an empty histogram, which has no percentiles.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"A percentile lies between 0 and 100, not at {percent}.")
        total = self.total
        if total == 0:
            raise ValueError("An empty histogram has no percentiles.")
        rank = (total - 1) * (percent / 100)
        below = math.floor(rank)
        fraction = rank - below
        low = self._at(below)
        high = self._at(min(below + 1, total - 1))
        if fraction >= 0.5:
            return high - (high - low) * (1 - fraction)
        return low + (high - low) * fraction

    def _at(self, index: int) -> int:
        """This function will find the duration at a position of the sorted raw durations; raises IndexError beyond."""
        return self.days[bisect_right(list(accumulate(self.counts)), index)]

    def mean(self) -> float:
        """This function will average the durations, in days; raises ValueError if there are none."""
        if not self.days:
            raise ValueError("An empty histogram has no mean.")
        return sum(days * count for days, count in zip(self.days, self.counts, strict=True)) / self.total

    def above(self, limit: float) -> int:
        """This function will count the durations strictly longer than the limit, in days."""
        return sum(self.counts[bisect_right(self.days, limit) :])

    def shifted(self, by: int) -> "Histogram":
        """This function will move every duration by whole days: open work ages one day a day.

        What the shift brings below 1 had not started on that day and is left out.
        """
        moved = [(days + by, count) for days, count in zip(self.days, self.counts, strict=True) if days + by >= 1]
        return Histogram(days=tuple(days for days, _ in moved), counts=tuple(count for _, count in moved))
