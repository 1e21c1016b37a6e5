"""Weeks and months as half-open runs of days, in the organization's zone, without a clock.

A week is named by its Monday, a month by its first day. Every period is [start, end): it contains its start and not
its end, so that neighbours neither overlap nor leave a gap.
"""

from datetime import date, datetime, timedelta, tzinfo

WEEK = timedelta(days=7)


def day_of(moment: datetime, *, zone: tzinfo) -> date:
    """This function will name the calendar day on which something happened in the organization's zone.

    Raises ValueError for a moment without a zone, because its day is anybody's guess.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone does not name a day.")
    return moment.astimezone(zone).date()


def week_of(day: date) -> date:
    """This function will name the ISO week (ISO 8601: Monday to Sunday) of a day by its Monday."""
    return day - timedelta(days=day.weekday())


def week_label(week: date) -> str:
    """This function will write a week as ISO 8601 does: 2026-W53 (the ISO year, which differs at year ends)."""
    iso = week.isocalendar()
    return f"{iso.year}-W{iso.week:02d}"


def weeks(start: date, end: date) -> list[date]:
    """This function will list the Mondays of all weeks that touch the days [start, end), oldest first."""
    first = week_of(start)
    return [first + n * WEEK for n in range(max(0, -(-(end - first).days // 7)))] if end > start else []


def is_open(week: date, *, as_of: date) -> bool:
    """This function will tell whether a week has days to come: its Sunday counts as open until it is over."""
    return as_of < week + WEEK


def closed_weeks(count: int, *, as_of: date) -> list[date]:
    """This function will list the last `count` weeks that are over, oldest first."""
    last = week_of(as_of)
    return [last - n * WEEK for n in range(count, 0, -1)]


def month_of(day: date) -> date:
    """This function will name the month of a day by its first day."""
    return day.replace(day=1)


def months_later(month: date, count: int) -> date:
    """This function will step from a month to the one `count` months later (earlier when negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months(start: date, end: date) -> list[date]:
    """This function will list the first days of all months that touch the days [start, end), oldest first."""
    if end <= start:
        return []
    first, last = month_of(start), month_of(end - timedelta(days=1))
    span = (last.year - first.year) * 12 + last.month - first.month
    return [months_later(first, n) for n in range(span + 1)]


def whole_months(start: date, end: date) -> int:
    """This function will count the months completed between two days: 31 January to 28 February is none."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
