"""What a table declares about its columns, and the sort order a reader asked for in the address."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `key` is its word in `?sort=`; figures stand right-aligned; `help` explains the heading."""

    key: str
    label: str
    is_figure: bool = False
    is_sortable: bool = True
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Sort:
    """The order in force: by which column, and which way."""

    key: str
    is_descending: bool = False

    def __str__(self) -> str:
        return f"-{self.key}" if self.is_descending else self.key


def sort_asked(asked: str | None, *, columns: Sequence[Column], otherwise: str) -> Sort:
    """Read `?sort=` against the columns that may be sorted; anything else falls back to `otherwise`."""
    allowed = {column.key for column in columns if column.is_sortable}
    word = asked if asked and asked.removeprefix("-") in allowed else otherwise
    return Sort(key=word.removeprefix("-"), is_descending=word.startswith("-"))
