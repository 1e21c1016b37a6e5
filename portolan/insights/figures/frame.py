"""What every chart is made of: plain dicts for Plotly, one sentence that says what they show, and the same as a table.

Nothing here imports Plotly (a dict costs a hundredth of its objects), and nothing names a colour: a trace says which
product it belongs to (`hue`, 1 to 12) or what it means (`tone`), and the theme in the browser paints it. Days are ISO
strings, and nothing is NaN or infinite, so that the dicts are valid JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portolan.insights.domain.measures import counted

type Trace = dict[str, Any]
PARTIAL_OPACITY = 0.4
PERCENT_LINES = (50, 85, 95)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, its sentence, and its data as a table of text; without data the sentence says why there is no chart."""

    data: tuple[Trace, ...]
    layout: dict[str, Any]
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def figure(self) -> dict[str, Any]:
        """This function will give what Plotly draws."""
        return {"data": list(self.data), "layout": self.layout}

    @property
    def is_empty(self) -> bool:
        """This function will tell whether there is nothing to draw."""
        return not self.data


def nothing(sentence: str) -> Figure:
    """This function will stand for a chart that cannot be drawn, with the reason."""
    return Figure(data=(), layout={}, sentence=sentence)


def layout(*, y: str, x: str = "", x_type: str = "") -> dict[str, Any]:
    x_axis: dict[str, Any] = {"title": {"text": x}} if x else {}
    if x_type:
        x_axis["type"] = x_type
    # A stack's legend would otherwise read from the top of the stack.
    return {"legend": {"traceorder": "normal"}, "xaxis": x_axis, "yaxis": {"title": {"text": y}} if y else {}}


def line(name: str, x: list[str], y: list[int], *, tone: str, dash: str = "solid", width: float = 2) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"dash": dash, "width": width},
        "hovertemplate": f"{name}: %{{y}}<extra></extra>",
        "meta": {"tone": tone, "label": True},
    }


def stacked(name: str, weeks: Sequence[date], counts: Sequence[int], opacity: Sequence[float]) -> Trace:
    return {
        "type": "bar",
        "name": name,
        "x": [iso(week) for week in weeks],
        "y": list(counts),
        "marker": {"opacity": list(opacity)},
        "hovertemplate": f"{name}: %{{y}}<extra></extra>",
    }


def level_lines(levels: Mapping[str, float]) -> dict[str, Any]:
    """This function will draw dotted lines across, named in the margin, where no point is covered."""
    return {
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at} for at in levels.values()],
        "annotations": [
            {"text": text, "xref": "paper", "x": 1, "y": at, "xanchor": "left", "xshift": 6, "showarrow": False}
            for text, at in levels.items()
        ],
        "margin": {"r": 24 + 6 * max(map(len, levels))},
    }


def upright_lines[Place](marks: Iterable[tuple[str, Place]]) -> dict[str, Any]:
    """This function will draw dotted lines upwards, named in steps from the top; lines in one place share one name."""
    names: dict[Place, list[str]] = {}
    for text, at in marks:
        names.setdefault(at, []).append(text)
    return {
        "shapes": [{"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at} for at in names],
        "annotations": [
            {
                "text": ", ".join(texts),
                "yref": "paper",
                "y": 1,
                "x": at,
                "xanchor": "left",
                "yanchor": "top",
                # Neighbours may stand closer than their names are long.
                "yshift": -14 * step,
                "showarrow": False,
            }
            for step, (at, texts) in enumerate(names.items())
        ],
    }


def iso(day: date) -> str:
    return day.isoformat()


def day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def span(first: int, last: int) -> str:
    return counted(first, "day") if first == last else f"{first} to {last} days"
