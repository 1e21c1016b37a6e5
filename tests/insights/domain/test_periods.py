from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights.domain import periods

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))


def test_the_day_of_a_moment_is_the_organizations_day():
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert periods.day_of(moment, zone=ZoneInfo("Pacific/Auckland")) == date(2026, 3, 2)
    assert periods.day_of(moment, zone=ZoneInfo("America/Los_Angeles")) == date(2026, 3, 1)


def test_a_moment_without_a_zone_names_no_day():
    with pytest.raises(ValueError, match="without a time zone"):
        periods.day_of(datetime(2026, 3, 1, 12), zone=UTC)


@given(days)
def test_a_week_starts_on_its_monday_and_holds_its_day(day):
    week = periods.week_of(day)
    assert week.isoweekday() == 1
    assert 0 <= (day - week).days <= 6
    assert week.isocalendar()[:2] == day.isocalendar()[:2]


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_week_labels_use_the_iso_year(day, label):
    assert periods.week_label(periods.week_of(day)) == label


def test_weeks_of_a_half_open_run_of_days():
    monday = date(2026, 11, 16)
    assert periods.weeks(monday, date(2026, 11, 23)) == [monday]
    assert periods.weeks(monday, date(2026, 11, 24)) == [monday, date(2026, 11, 23)]
    assert periods.weeks(date(2026, 11, 22), date(2026, 11, 23)) == [monday]
    assert periods.weeks(monday, monday) == []


@given(days, st.integers(1, 120), st.integers(0, 120))
def test_neighbouring_runs_of_weeks_neither_overlap_nor_leave_a_gap(start, first, second):
    monday = periods.week_of(start)
    middle, end = monday + first * periods.WEEK, monday + (first + second) * periods.WEEK
    assert periods.weeks(monday, middle) + periods.weeks(middle, end) == periods.weeks(monday, end)


def test_a_week_is_open_until_its_sunday_is_over():
    monday = date(2026, 11, 16)
    assert periods.is_open(monday, as_of=date(2026, 11, 22))
    assert not periods.is_open(monday, as_of=date(2026, 11, 23))


def test_closed_weeks_end_before_the_open_one():
    assert periods.closed_weeks(2, as_of=date(2026, 11, 22)) == [date(2026, 11, 2), date(2026, 11, 9)]
    assert periods.closed_weeks(2, as_of=date(2026, 11, 23)) == [date(2026, 11, 9), date(2026, 11, 16)]


def test_months_of_a_half_open_run_of_days():
    assert periods.months(date(2025, 11, 30), date(2026, 2, 1)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert periods.months(date(2026, 2, 1), date(2026, 2, 1)) == []


@given(days, st.integers(-200, 200))
def test_stepping_months_there_and_back_returns_to_the_same_month(day, count):
    month = periods.month_of(day)
    assert periods.months_later(periods.months_later(month, count), -count) == month


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2025, 12, 1), date(2026, 12, 1), 12),
    ],
)
def test_only_completed_months_count(start, end, count):
    assert periods.whole_months(start, end) == count
