"""What is to come: in which weeks the forecast's runs finish, and the fan of finished items ahead."""

from collections.abc import Sequence
from datetime import date

from portolan.insights.domain.forecast import CountForecast, Forecast
from portolan.insights.domain.measures import counted, spoken
from portolan.insights.figures import frame
from portolan.insights.figures.frame import Figure, Trace


def finish_dates(forecast: Forecast, *, due_on: date | None = None) -> Figure:
    """This function will draw in which weeks the runs of a forecast finish, with P50, P85, P95 and the due date."""
    if forecast.reason:
        return frame.nothing(f"No forecast: {forecast.reason}.")
    if not forecast.finishes:
        return frame.nothing(f"No forecast: none of {forecast.runs:,} runs finishes within the horizon.")
    shares = [count / forecast.runs for _, count in forecast.finishes]
    days = [day for day, _ in forecast.finishes]
    bars = {
        "type": "bar",
        "name": "Runs finishing in this week",
        "x": [frame.iso(day) for day in days],
        "y": shares,
        "hovertemplate": "By %{x|%-d %b %Y}: %{y:.1%} of runs<extra></extra>",
        "meta": {"tone": "accent"},
    }
    marks = [(f"P{finish.percent}", frame.iso(finish.on)) for finish in forecast.percentiles]
    if due_on:
        marks.append(("due", frame.iso(due_on)))
    layout = frame.layout(y="Share of runs", x_type="date")
    layout["yaxis"]["tickformat"] = ".0%"
    return Figure(
        data=(bars,),
        layout=layout | frame.upright_lines(marks),
        sentence=_finish_sentence(forecast, due_on=due_on),
        columns=("Finished by", "Runs", "Share of runs so far"),
        rows=tuple(
            (frame.day(day), f"{count:,}", spoken(forecast.chance_by(day) or 0, unit="share"))
            for day, count in forecast.finishes
        ),
    )


def _finish_sentence(forecast: Forecast, *, due_on: date | None) -> str:
    even, sure = forecast.at(50), forecast.at(85)
    said = f"{counted(forecast.remaining, 'item')} left: "
    said += f"even odds by {frame.day(even.on)}, " if even else "even odds not within the horizon, "
    said += f"85 % sure by {frame.day(sure.on)}" if sure else "no day that is 85 % sure"
    if due_on:
        said += f"; the chance by the due date, {frame.day(due_on)}, is {spoken(forecast.chance_by(due_on) or 0, unit='share')}"
    return f"{said}. {forecast.caution}".rstrip()


def burn_up(history: Sequence[tuple[date, int, int]], *, coming: CountForecast) -> Figure:
    """This function will draw finished items against scope, (day, finished, scope) by week, and the fan of what comes."""
    if not history:
        return frame.nothing("No week is over yet.")
    days = [frame.iso(day) for day, _, _ in history]
    _, done, scope = history[-1]
    # Scope goes on as it is, so that one sees where the fan meets it.
    ahead = [days[-1], *(frame.iso(point.on) for point in coming.fan)]
    totals = [total for *_, total in history]
    traces: list[Trace] = [
        frame.line("Scope", days + ahead[1:], totals + [scope] * len(coming.fan), tone="soft", dash="dot"),
        frame.line("Finished", days, [finished for _, finished, _ in history], tone="accent"),
    ]
    if coming.fan:
        low = [done, *(done + point.sure for point in coming.fan)]
        high = [done, *(done + point.hopeful for point in coming.fan)]
        even = [done, *(done + point.even for point in coming.fan)]
        traces += [
            frame.line("85 % sure", ahead, low, tone="accent", width=0),
            frame.line("15 % sure", ahead, high, tone="accent", width=0) | {"fill": "tonexty"},
            frame.line("Even odds", ahead, even, tone="accent", dash="dash"),
        ]
    said = f"{done:,} of {counted(scope, 'item')} finished"
    if coming.reason:
        said += f"; no forecast: {coming.reason}"
    elif coming.fan:
        last = coming.fan[-1]
        said += f"; by {frame.day(last.on)} 85 % sure to be {done + last.sure:,}, even odds for {done + last.even:,}"
    return Figure(
        data=tuple(traces),
        layout=frame.layout(y="Items", x_type="date"),
        sentence=f"{said}.",
        columns=("Week", "Finished", "Scope", "85 % sure", "Even odds", "15 % sure"),
        rows=(
            *((frame.day(day), str(finished), str(total), "", "", "") for day, finished, total in history),
            *(
                (frame.day(p.on), "", "", str(done + p.sure), str(done + p.even), str(done + p.hopeful))
                for p in coming.fan
            ),
        ),
    )
