"""A series drawn as a small line: coordinates for an inline SVG, no library, no script."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 96, 24
# Half the stroke and the end point must stay inside the picture.
MARGIN = 3


@dataclass(frozen=True)
class Line:
    """The `d` of an SVG path and the place of its last known value."""

    d: str
    end_x: str
    end_y: str


def draw(values: Sequence[float | None]) -> Line | None:
    """Return the line through the values, spread over the width; a None leaves a gap, fewer than two values no line.

    The vertical scale is the series' own: a sparkline shows the shape of a trend, its size stands beside it.
    """
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    commands, pen_is_down, x, y = [], False, 0.0, 0.0
    for place, value in enumerate(values):
        if value is not None:
            share = (float(value) - low) / (high - low) if high > low else 0.5
            x, y = MARGIN + place * step, HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
            commands.append(f"{'L' if pen_is_down else 'M'}{x:.1f} {y:.1f}")
        pen_is_down = value is not None
    return Line(d="".join(commands), end_x=f"{x:.1f}", end_y=f"{y:.1f}")
