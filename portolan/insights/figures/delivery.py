"""How one product delivers: throughput, cycle time, cumulative flow, ageing work, and what kind of work it is."""

from collections.abc import Sequence
from datetime import date

from portolan.insights.domain import periods
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.flow import Ageing
from portolan.insights.domain.measures import counted, spoken
from portolan.insights.domain.rollups import CumulativePoint, FlowWeek, WeekCount
from portolan.insights.figures import frame
from portolan.insights.figures.frame import Figure


def throughput(weeks: Sequence[WeekCount]) -> Figure:
    """This function will draw the items finished in each week; the running week is lighter."""
    if not weeks:
        return frame.nothing("No week has passed since the first sync.")
    bars = {
        "type": "bar",
        "name": "Finished",
        "x": [frame.iso(week.week) for week in weeks],
        "y": [week.count for week in weeks],
        "marker": {"opacity": [frame.PARTIAL_OPACITY if week.is_partial else 1 for week in weeks]},
        "customdata": [_week(week) for week in weeks],
        "hovertemplate": "%{customdata}: %{y} finished<extra></extra>",
        "meta": {"tone": "accent"},
    }
    return Figure(
        data=(bars,),
        layout=frame.layout(y="Items finished", x_type="date"),
        sentence=_throughput_sentence(weeks),
        columns=("Week", "Items finished"),
        rows=tuple((_week(week), str(week.count)) for week in weeks),
    )


def _throughput_sentence(weeks: Sequence[WeekCount]) -> str:
    closed = [week.count for week in weeks if not week.is_partial]
    running = sum(week.count for week in weeks if week.is_partial)
    said = "No week is over yet"
    if closed:
        mean = spoken(sum(closed) / len(closed), unit="items a week")
        said = f"{mean} on average over {counted(len(closed), 'closed week')}, from {min(closed)} to {max(closed)}"
    return f"{said}; {running} so far in the running week." if len(closed) < len(weeks) else f"{said}."


def cycle_times(weeks: Sequence[FlowWeek]) -> Figure:
    """This function will scatter cycle times over the weeks in which items finished, with P50, P85 and P95 as lines.

    Items of one week that took equally long are one point, whose area is their number.
    """
    points = [(row.week, days, n) for row in weeks for days, n in zip(row.cycle.days, row.cycle.counts, strict=True)]
    if not points:
        return frame.nothing("No finished item was seen in progress in this time, so there is no cycle time.")
    everything = Histogram.merged(row.cycle for row in weeks)
    lines = {percent: everything.percentile(percent) for percent in frame.PERCENT_LINES}
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "Items",
        "x": [frame.iso(week) for week, _, _ in points],
        "y": [days for _, days, _ in points],
        "marker": {
            "size": [n for *_, n in points],
            "sizemode": "area",
            "sizemin": 4,
            "sizeref": _area(points),
            "opacity": 0.6,
        },
        "customdata": [counted(n, "item") for *_, n in points],
        "hovertemplate": "Week of %{x|%-d %b %Y}: %{customdata} took %{y} days<extra></extra>",
        "meta": {"tone": "accent"},
    }
    half, most, nearly = (spoken(days, unit="days") for days in lines.values())
    layout = frame.layout(y="Days from start to finish", x_type="date")
    layout["yaxis"]["rangemode"] = "tozero"
    return Figure(
        data=(dots,),
        layout=layout
        | frame.level_lines({f"P{percent}: {spoken(days, unit='days')}": days for percent, days in lines.items()}),
        sentence=f"Half of {counted(everything.total, 'item')} took at most {half}, "
        f"85 % at most {most} and 95 % at most {nearly}.",
        columns=("Week", "Items", "P50 (days)", "P85 (days)", "Longest (days)"),
        rows=tuple(_cycle_row(row) for row in weeks if row.cycle.total),
    )


def _cycle_row(row: FlowWeek) -> tuple[str, ...]:
    cycle = row.cycle
    half, most = (f"{cycle.percentile(percent):.1f}" for percent in (50, 85))
    return periods.week_label(row.week), str(cycle.total), half, most, str(cycle.days[-1])


def _area(points: Sequence[tuple[date, int, int]]) -> float:
    # Plotly: the largest area gets a diameter of 24 pixels.
    return 2 * max(n for *_, n in points) / 24**2


def cumulative_flow(points: Sequence[CumulativePoint]) -> Figure:
    """This function will stack finished, started and waiting items over time: widths are work, distances are time."""
    if not points:
        return frame.nothing("Nothing has been created yet.")
    x = [frame.iso(point.at) for point in points]
    bands = (
        ("Finished", "soft", [point.finished for point in points]),
        ("In progress", "accent", [point.in_progress for point in points]),
        ("Waiting", "faint", [point.waiting for point in points]),
    )
    first, last = points[0], points[-1]
    return Figure(
        data=tuple(
            {
                "type": "scatter",
                "mode": "lines",
                "stackgroup": "all",
                "name": name,
                "x": x,
                "y": values,
                "hovertemplate": f"%{{y}} {name.lower()}<extra></extra>",
                "meta": {"tone": tone, "label": True},
            }
            for name, tone, values in bands
        ),
        layout=frame.layout(y="Items", x_type="date"),
        sentence=f"On {frame.day(last.at)} {counted(last.in_progress, 'item')} in progress (on {frame.day(first.at)}: "
        f"{first.in_progress}), {last.waiting:,} waiting and {last.finished:,} finished.",
        columns=("Day", "Waiting", "In progress", "Finished"),
        rows=tuple((frame.day(p.at), str(p.waiting), str(p.in_progress), str(p.finished)) for p in points),
    )


def ageing(state: Ageing) -> Figure:
    """This function will show how old the work in progress is, coloured by how it compares with finished work."""
    ages = state.ages
    if not ages.days:
        return frame.nothing("Nothing is in progress.")
    width = max(1, -(-ages.days[-1] // 30))
    bands = _age_bands(state)
    traces = []
    for name, tone, low, high in bands:
        bins: dict[int, int] = {}
        for days, count in zip(ages.days, ages.counts, strict=True):
            if low < days <= high:
                start = (days - 1) // width * width
                bins[start] = bins.get(start, 0) + count
        if bins:
            traces.append(
                {
                    "type": "bar",
                    "name": name,
                    "x": [start + (width + 1) / 2 for start in bins],
                    "y": list(bins.values()),
                    "width": [width * 0.9] * len(bins),
                    "customdata": [frame.span(start + 1, start + width) for start in bins],
                    "hovertemplate": "%{customdata} old: %{y}<extra></extra>",
                    "meta": {"tone": tone},
                }
            )
    layout = frame.layout(y="Items in progress", x="Age in days") | {"barmode": "stack"}
    known = _known_percentiles(state)
    # No work is younger than nothing; a single wide bar would make Plotly centre the axis on it.
    layout["xaxis"]["range"] = [0, 1.04 * max(ages.days[-1] + width, *(value for _, value in known), 0)]
    layout |= frame.upright_lines((f"P{percent}", value) for percent, value in known)
    return Figure(
        data=tuple(traces),
        layout=layout,
        sentence=_ageing_sentence(state),
        columns=("Age in days", "Items"),
        rows=tuple((str(days), str(count)) for days, count in zip(ages.days, ages.counts, strict=True)),
    )


def _known_percentiles(state: Ageing) -> list[tuple[int, float]]:
    measures = zip(frame.PERCENT_LINES, (state.p50, state.p85, state.p95), strict=True)
    return [(percent, measure.value) for percent, measure in measures if measure.value is not None]


def _age_bands(state: Ageing) -> list[tuple[str, str, float, float]]:
    oldest = state.ages.days[-1]
    known = dict(_known_percentiles(state))
    if not known:
        return [("In progress", "accent", 0, oldest)]
    return [
        ("Up to P85", "accent", 0, known[85]),
        ("P85 to P95", "watch", known[85], known[95]),
        ("Beyond P95", "bad", known[95], max(oldest, known[95])),
    ]


def _ageing_sentence(state: Ageing) -> str:
    said = f"{counted(state.ages.total, 'item')} in progress, the oldest for {counted(state.ages.days[-1], 'day')}"
    if state.p85.value is None:
        return f"{said}; nothing to compare with: {state.p85.reason}."
    older = state.ages.above(state.p85.value)
    return f"{said}; {older} for longer than {state.p85.text}, which 85 % of finished items did not need."


def work_mix(weeks: Sequence[FlowWeek], *, as_of: date) -> Figure:
    """This function will stack what was finished each week: features and stories, bugs, and everything else."""
    kinds = {
        "Features": [row.stories_finished for row in weeks],
        "Bugs": [row.bugs_finished for row in weeks],
        "Other": [row.finished - row.stories_finished - row.bugs_finished for row in weeks],
    }
    totals = {name: sum(values) for name, values in kinds.items()}
    total = sum(totals.values())
    if not total:
        return frame.nothing("Nothing was finished in this time.")
    monday = [row.week for row in weeks]
    opacity = [frame.PARTIAL_OPACITY if periods.is_open(week, as_of=as_of) else 1 for week in monday]
    tones = {"Features": "accent", "Bugs": "soft", "Other": "faint"}
    shares = ", ".join(f"{spoken(n / total, unit='share')} {name.lower()}" for name, n in totals.items())
    return Figure(
        data=tuple(
            frame.stacked(name, monday, values, opacity) | {"meta": {"tone": tones[name]}}
            for name, values in kinds.items()
        ),
        layout=frame.layout(y="Items finished", x_type="date") | {"barmode": "stack"},
        sentence=f"Of {counted(total, 'finished item')}: {shares}.",
        columns=("Week", *kinds),
        rows=tuple(
            (periods.week_label(week), *(str(values[n]) for values in kinds.values())) for n, week in enumerate(monday)
        ),
    )


def _week(week: WeekCount) -> str:
    return f"{periods.week_label(week.week)} (running)" if week.is_partial else periods.week_label(week.week)
