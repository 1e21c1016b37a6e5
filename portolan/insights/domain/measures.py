"""A number, or the reason why there is none.

House rule: undefined is not zero. Whatever a page shows as a number is a Measure, so that a page cannot show a
division by zero, an infinity or a made-up 0, and so that every number can be opened: what it means (definition), what
went into it (inputs), and what to be careful about (caution).
"""

import math
from dataclasses import dataclass

from portolan.insights.domain import definitions
from portolan.ui import formats


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of one definition: exactly one of value and reason is there."""

    key: str
    value: float | None
    reason: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    caution: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"{self.key}: a missing number needs its reason.")
        if self.value is not None and self.reason:
            raise ValueError(f"{self.key}: a number that is there needs no reason for being missing.")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.key}: {self.value} is not a number to show; say why it is missing instead.")
        if self.key not in definitions.ALL:
            raise ValueError(f"{self.key} has no definition, and a number that cannot be opened is not shown.")

    @property
    def definition(self) -> definitions.Definition:
        """This function will give what the page shows when the number is opened."""
        return definitions.ALL[self.key]

    @property
    def unit(self) -> str:
        """This function will give the unit in which the value is expressed."""
        return self.definition.unit

    @property
    def is_known(self) -> bool:
        """This function will tell whether there is a number."""
        return self.value is not None

    @property
    def text(self) -> str:
        """This function will write the number with its unit, or "n/a" with the reason."""
        if self.value is None:
            return f"n/a ({self.reason})"
        return spoken(self.value, unit=self.unit)


def spoken(value: float, *, unit: str) -> str:
    """This function will write a number with its unit as a person would say it: 18 %, 6.5 days, 3 items a week."""
    if unit == "share":
        return formats.percent(value)
    if unit == "ratio":
        return f"{value:.2f}"
    if unit == "days" and value >= 1:
        return formats.days(value)
    noun, *rest = unit.split()
    return " ".join((formats.compact(value), noun.removesuffix("s") if value == 1 else noun, *rest))


def counted(count: int, noun: str) -> str:
    """This function will write a count with its noun: 1 item, 1,200 items."""
    return f"{formats.exact(count)} {noun}" if count == 1 else f"{formats.exact(count)} {noun}s"
