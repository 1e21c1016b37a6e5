"""How work flows through a product: measured on weekly rollups, never on raw items.

Each function takes counts or histograms that can be added up over weeks, teams and products, and gives a Measure: a
number with its inputs, or the reason why there is none. Pass closed weeks only (rollups.closed).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import mul

from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.measures import Measure, counted
from portolan.insights.domain.rollups import FlowWeek
from portolan.ui import formats

# Below this many closed weeks an average says more about the weeks than about the team.
FEW_WEEKS = 4
# A P85 of fewer items is one or two items' accident (Vacanti asks for about ten).
FEW_ITEMS = 10


class DatesContradict(ValueError):
    """An item that ended before it began: an error in the data, to be reported and not averaged."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """Work in progress by age, against how long finished items took."""

    ages: Histogram
    p50: Measure
    p85: Measure
    p95: Measure
    beyond_p85: Measure
    oldest: Measure


def cycle_days(*, started_on: date, finished_on: date) -> int:
    """This function will count the calendar days from start to finish, both included: same day = 1.

    Vacanti 2015 and Magennis' sheets: end - start + 1, weekends included. Raises DatesContradict if end < start.
    """
    if finished_on < started_on:
        raise DatesContradict(f"Finished on {finished_on:%Y-%m-%d}, before it began on {started_on:%Y-%m-%d}.")
    return (finished_on - started_on).days + 1


def age_days(*, started_on: date, as_of: date) -> int:
    """This function will count the calendar days an unfinished item has been in progress, today included."""
    return cycle_days(started_on=started_on, finished_on=as_of)


def throughput_rate(finished: Sequence[int]) -> Measure:
    """This function will average the items finished per closed week, zero weeks included."""
    if not finished:
        return Measure("throughput", None, "no closed week yet")
    inputs = (("Items finished", formats.compact(sum(finished))), ("Closed weeks", str(len(finished))))
    caution = f"Only {counted(len(finished), 'closed week')}." if len(finished) < FEW_WEEKS else ""
    return Measure("throughput", sum(finished) / len(finished), inputs=inputs, caution=caution)


def cycle_time(histogram: Histogram, *, percent: float, date_errors: int = 0) -> Measure:
    """This function will give a percentile of cycle time in days, and name the items whose dates contradict."""
    return _duration(
        "cycle_time", histogram, percent, date_errors, nothing="nothing finished that was seen in progress"
    )


def lead_time(histogram: Histogram, *, percent: float, date_errors: int = 0) -> Measure:
    """This function will give a percentile of lead time (created to finished) in days."""
    return _duration("lead_time", histogram, percent, date_errors, nothing="nothing finished")


def _duration(key: str, histogram: Histogram, percent: float, date_errors: int, *, nothing: str) -> Measure:
    cautions = []
    if date_errors:
        cautions.append(f"{counted(date_errors, 'item')} left out: finished before the start.")
    total = histogram.total
    if total == 0:
        return Measure(key, None, f"{nothing} in this window", caution=" ".join(cautions))
    if total < FEW_ITEMS:
        cautions.append(f"Only {counted(total, 'item')}.")
    inputs = (
        ("Items", str(total)),
        ("Percentile", f"P{formats.compact(percent)}"),
        ("Shortest", f"{histogram.days[0]}"),
        ("Longest", f"{histogram.days[-1]}"),
    )
    return Measure(key, histogram.percentile(percent), inputs=inputs, caution=" ".join(cautions))


def work_in_progress(count: int) -> Measure:
    """This function will state how many items are started and not finished; none is a fact, not a gap."""
    return Measure("work_in_progress", count, inputs=(("Items in progress", str(count)),))


def ageing(ages: Histogram, *, cycle: Histogram) -> Ageing:
    """This function will hold the ages of open work against the cycle times of finished work (Vacanti 2015).

    An item older than the P85 has already taken longer than 85 % of those that were finished.
    """
    p50, p85, p95 = (cycle_time(cycle, percent=percent) for percent in (50, 85, 95))
    total = ages.total
    if total == 0:
        oldest = Measure("work_item_age", None, "nothing is in progress")
        beyond = Measure("ageing_share", None, "nothing is in progress")
    else:
        oldest = Measure("work_item_age", ages.days[-1], inputs=(("Items in progress", str(total)),))
        beyond = _beyond(ages, cycle=cycle, p85=p85)
    return Ageing(ages=ages, p50=p50, p85=p85, p95=p95, beyond_p85=beyond, oldest=oldest)


def beyond_p85(ages: Histogram, *, cycle: Histogram) -> tuple[int, float] | None:
    """This function will count the open items older than the P85 of cycle time, and give that P85; None if unknown.

    The two numbers of ageing() alone, because pages of many products need no more and pay for each.
    """
    if not ages.days or not cycle.days:
        return None
    limit = cycle.percentile(85)
    return ages.above(limit), limit


def _beyond(ages: Histogram, *, cycle: Histogram, p85: Measure) -> Measure:
    found = beyond_p85(ages, cycle=cycle)
    if found is None:
        return Measure("ageing_share", None, p85.reason)
    older, _ = found
    inputs = (
        ("Items in progress", str(ages.total)),
        ("P85 of cycle time", p85.text),
        ("Items older than that", str(older)),
    )
    return Measure("ageing_share", older / ages.total, inputs=inputs, caution=p85.caution)


def flow_efficiency(*, active_seconds: int, elapsed_seconds: int) -> Measure:
    """This function will divide active time by elapsed time (Modig and Ahlstrom 2012), where status history allows."""
    if elapsed_seconds <= 0:
        return Measure("flow_efficiency", None, "no status history of finished items in this window")
    if not 0 <= active_seconds <= elapsed_seconds:
        return Measure("flow_efficiency", None, "the status history contradicts itself: more active time than time")
    inputs = (
        ("Active days", formats.compact(active_seconds / 86_400)),
        ("Elapsed days", formats.compact(elapsed_seconds / 86_400)),
    )
    return Measure("flow_efficiency", active_seconds / elapsed_seconds, inputs=inputs)


def bug_ratio(*, bugs_created: int, created: int) -> Measure:
    """This function will give the share of bugs among the items created."""
    if created == 0:
        return Measure("bug_ratio", None, "nothing was created in this window")
    inputs = (("Bugs created", str(bugs_created)), ("Items created", str(created)))
    caution = f"Only {counted(created, 'item')}." if created < FEW_ITEMS else ""
    return Measure("bug_ratio", bugs_created / created, inputs=inputs, caution=caution)


def scope_change(*, added: int, removed: int, finished: int) -> Measure:
    """This function will hold net scope against finished items; above 100 % the rest grows (Magennis 2011)."""
    inputs = (("Items added", str(added)), ("Items removed", str(removed)), ("Items finished", str(finished)))
    if finished == 0:
        net = added - removed
        return Measure("scope_change", None, f"nothing was finished; net scope {net:+d}", inputs=inputs)
    return Measure("scope_change", (added - removed) / finished, inputs=inputs)


def unestimated_share(*, unestimated: int, open: int) -> Measure:
    """This function will give the share of open items without story points."""
    if open == 0:
        return Measure("unestimated_share", None, "nothing is open")
    inputs = (("Open items without points", str(unestimated)), ("Open items", str(open)))
    return Measure("unestimated_share", unestimated / open, inputs=inputs)


def progress(*, finished: float, total: float, of: str = "items") -> Measure:
    """This function will give the finished share of an initiative or feature, in items or points."""
    if total == 0:
        return Measure("progress", None, f"no {of} yet")
    inputs = ((f"Finished {of}", formats.compact(finished)), (f"All {of}", formats.compact(total)))
    return Measure("progress", finished / total, inputs=inputs)


def littles_law(weeks: Sequence[FlowWeek]) -> Measure:
    """This function will check L = lambda W on closed weeks: mean WIP / (throughput a day x mean cycle time).

    Little 1961. It holds for averages over a window in which WIP is the same at both ends and nothing is abandoned
    (Little and Graves 2008); where it does not, the caution says so. Cycle time counts both ends (same day = 1) while
    WIP is counted at week ends, so even a steady flow reads a little below 1 when items take a day or two.
    """
    cycle = Histogram.merged(row.cycle for row in weeks)
    finished = sum(row.finished for row in weeks)
    if len(weeks) < FEW_WEEKS:
        return Measure("littles_law", None, f"fewer than {FEW_WEEKS} closed weeks")
    if finished == 0 or not cycle.days:
        return Measure("littles_law", None, "nothing finished that was seen in progress in this window")
    mean_wip = sum(row.wip for row in weeks) / len(weeks)
    per_day = finished / (7 * len(weeks))
    expected = per_day * cycle.mean()
    inputs = (
        ("Mean work in progress", formats.compact(mean_wip)),
        ("Items finished a day", f"{per_day:.2f}"),
        ("Mean cycle time in days", formats.compact(cycle.mean())),
        ("Work in progress expected", formats.compact(expected)),
    )
    first, last = weeks[0].wip, weeks[-1].wip
    steady = abs(last - first) <= 0.2 * max(mean_wip, 1)
    caution = "" if steady else f"Work in progress went from {first} to {last}, so the law holds only roughly."
    return Measure("littles_law", mean_wip / expected, inputs=inputs, caution=caution)


def trend(*, recent: Sequence[int], before: Sequence[int], minimum: int) -> Measure:
    """This function will compare the mean week of two runs of closed weeks, as a share of the earlier one.

    Needs at least `minimum` finished items in the earlier run. The caution says when the change is within chance.
    """
    if not recent or not before:
        return Measure("throughput_trend", None, "too few closed weeks to compare")
    if sum(before) < minimum:
        return Measure("throughput_trend", None, f"only {counted(sum(before), 'item')} finished in the weeks before")
    now, then = sum(recent) / len(recent), sum(before) / len(before)
    inputs = (
        (f"Items a week, last {len(recent)} weeks", formats.compact(now)),
        (f"Items a week, {len(before)} weeks before", formats.compact(then)),
    )
    caution = "" if is_beyond_chance(recent=recent, before=before) else "Within the usual variation from week to week."
    return Measure("throughput_trend", (now - then) / then, inputs=inputs, caution=caution)


# One-sided 5 % of the normal distribution: a change rarer than one in twenty by chance.
BEYOND_CHANCE = 1.645


def is_beyond_chance(*, recent: Sequence[int], before: Sequence[int]) -> bool:
    """This function will tell whether two runs of weeks differ by more than they vary (Welch 1947, normal limit).

    Runs of one week have no spread, so nothing can be said about them: False.
    """
    if len(recent) < 2 or len(before) < 2:
        return False
    difference = sum(recent) / len(recent) - sum(before) / len(before)
    error = math.sqrt(_variance(recent) / len(recent) + _variance(before) / len(before))
    return abs(difference) > BEYOND_CHANCE * error


def _variance(counts: Sequence[int]) -> float:
    size = len(counts)
    # In whole numbers until the end: nothing cancels, and nothing loops in Python.
    return (size * sum(map(mul, counts, counts)) - sum(counts) ** 2) / (size * (size - 1))
