"""The small components that a table draws by the hundred: icon, badge, health, meter, sparkline, change, age, person.

They are written in Python because a template costs about three times as much, and an overview of two hundred products draws
a thousand of them. Everything that a person wrote goes through `format_html`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portolan.ui import formats, icons, sparklines

HEALTH_WORDS = {"good": "On track", "watch": "At risk", "bad": "Off track", "": "Not known"}
NOTHING = mark_safe("")
SWATCH = mark_safe('<span class="swatch"></span>')


@cache
def icon(name: str, *, size: str = "", label: str = "") -> SafeString:
    """This function will draw an icon of the vendored sprite, hidden from screen readers unless it has a label."""
    look = f"icon icon-{size}" if size else "icon"
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', look, said, static(icons.SPRITE), name)


def hued(hue: int | None) -> SafeString:
    return format_html(' data-hue="{}"', hue) if hue else NOTHING


def data_rows(rows: Iterable[Sequence[str]]) -> SafeString:
    """This function will draw the rows of a chart's table: the first cell names the row, the others are numbers."""
    return mark_safe(  # noqa: S308 - every cell is escaped
        "".join(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells)
            + "</tr>"
            for name, *cells in rows
        )
    )


def missing(reason: str) -> SafeString:
    """This function will stand for a number that does not exist, with the reason."""
    return format_html(
        '<span class="missing" title="{0}">n/a<span class="visually-hidden">: {0}</span></span>', escape(reason)
    )


def badge(text: str, *, tone: str, hue: int | None, icon_name: str) -> SafeString:
    """This function will draw a word that classifies; a product's word carries the product's hue."""
    look = f"keyword keyword-{tone}" if tone else "keyword"
    drawn = icon(icon_name, size="small") if icon_name else NOTHING
    return format_html('<span class="{}"{}>{}{}{}</span>', look, hued(hue), SWATCH if hue else "", drawn, text)


def health(level: str, *, reasons: Sequence[str], word: str) -> SafeString:
    """This function will draw how something is going: colour, shape, word and reasons."""
    return format_html(
        '<span class="health"{}><span class="health-word">{}</span> <span class="health-reason">{}</span></span>',
        format_html(' data-tone="{}"', level) if level else "",
        word or HEALTH_WORDS[level],
        "; ".join(reasons),
    )


def meter(ratio: float | None, *, label: str, hue: int | None) -> SafeString:
    """This function will draw a share; without one, `label` says why."""
    if ratio is None:
        return missing(label)
    return format_html(
        '<span class="meter-inline"{}><progress class="meter" max="1" value="{}" aria-label="{}"></progress>{}</span>',
        hued(hue), f"{ratio:.4f}", label, formats.percent(ratio),
    )  # fmt: skip


def sparkline(values: Sequence[float | None], *, label: str, hue: int | None) -> SafeString:
    """This function will draw a small line; `label` says in words what it shows."""
    line = sparklines.draw(values)
    if line is None:
        return missing("Fewer than two values so far.")
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}"{3}>'
        '<path d="{4}"/><circle cx="{5}" cy="{6}" r="2"/></svg>',
        sparklines.WIDTH, sparklines.HEIGHT, label, hued(hue), line.d, line.end_x, line.end_y,
    )  # fmt: skip


def change(ratio: float | None, *, compared_to: str) -> SafeString:
    """This function will draw a change against another period, never green or red: more is not always better."""
    if ratio is None:
        return NOTHING
    arrow = icon("arrow-up-right" if ratio > 0 else "arrow-down-right", size="small") if ratio else NOTHING
    return format_html(
        '<span class="change" title="Compared to {0}">{1}{2}<span class="visually-hidden"> compared to {0}</span></span>',
        compared_to, arrow, formats.signed_percent(ratio),
    )  # fmt: skip


def timestamp(moment: datetime | None, *, now: datetime, verb: str, is_stale: bool, never: str) -> SafeString:
    """This function will draw a moment as an age, with the exact time in the zone in force as its title."""
    if moment is None:
        return format_html('<span class="missing">{}</span>', never)
    local = timezone.localtime(moment)
    return format_html(
        '<time class="{}" datetime="{}" title="{} {}">{}{}</time>',
        "age age-stale" if is_stale else "age",
        moment.isoformat(),
        local.day,
        local.strftime("%b %Y, %H:%M %Z"),
        f"{verb} " if verb else "",
        formats.age(moment, now=now),
    )


def person(name: str, *, note: str, hue: int | None, is_initials_only: bool) -> SafeString:
    """This function will draw a person or an organization by initials and name."""
    letters = formats.initials(name)
    if is_initials_only:
        return format_html(
            '<span class="person"{0}><span class="initials" role="img" aria-label="{1}" title="{1}">{2}</span></span>',
            hued(hue), escape(name), letters,
        )  # fmt: skip
    return format_html(
        '<span class="person"{}><span class="initials" aria-hidden="true">{}</span><span class="clip">{}{}</span></span>',
        hued(hue), letters, name, format_html(' <span class="soft">{}</span>', note) if note else "",
    )  # fmt: skip
