from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights.domain import rollups
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.rollups import FlowWeek

MONDAY = date(2026, 9, 7)


def monday(n):
    return MONDAY + timedelta(weeks=n)


def test_a_week_without_a_row_is_a_zero_in_which_open_work_grew_older():
    rows = [
        FlowWeek(week=monday(0), finished=3, wip=2, open=5, unestimated=1, age=Histogram.of([1, 4])),
        FlowWeek(week=monday(2), finished=1),
    ]
    quiet = rollups.by_week(rows, until=monday(3))[1]
    assert quiet == FlowWeek(week=monday(1), wip=2, open=5, unestimated=1, age=Histogram.of([8, 11]))


def test_weeks_before_the_first_row_are_unknown_and_absent():
    weeks = rollups.by_week([FlowWeek(week=monday(5), finished=1)], since=monday(0), until=monday(7))
    assert [week.week for week in weeks] == [monday(5), monday(6)]


def test_a_cut_keeps_the_state_from_before_it():
    weeks = rollups.by_week([FlowWeek(week=monday(0), wip=4)], since=monday(2), until=monday(3))
    assert weeks == [FlowWeek(week=monday(2), wip=4)]


def test_no_rows_give_no_weeks():
    assert rollups.by_week([], until=monday(3)) == []


def test_rows_of_teams_and_products_add_up():
    rows = [
        FlowWeek(week=monday(0), product="a", team="x", finished=1, wip=1, cycle=Histogram.of([3])),
        FlowWeek(week=monday(0), product="a", team="y", finished=2, wip=1, cycle=Histogram.of([3, 9])),
        FlowWeek(week=monday(1), product="b", finished=4),
    ]
    assert rollups.by_week(rows, until=monday(2)) == [
        FlowWeek(week=monday(0), finished=3, wip=2, cycle=Histogram.of([3, 3, 9])),
        FlowWeek(week=monday(1), finished=4, wip=2),
    ]


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc"), st.integers(0, 9)), max_size=20))
def test_adding_up_loses_and_invents_nothing(entries):
    rows = {(n, product): FlowWeek(week=monday(n), product=product, finished=k) for n, product, k in entries}
    weeks = rollups.by_week(rows.values(), until=monday(13))
    assert sum(week.finished for week in weeks) == sum(row.finished for row in rows.values())
    assert all(later.week - earlier.week == timedelta(7) for earlier, later in pairwise(weeks))


def test_the_open_week_is_partial_and_in_no_average():
    weeks = [FlowWeek(week=monday(0), finished=4), FlowWeek(week=monday(1), finished=1)]
    as_of = monday(1) + timedelta(2)
    assert [(w.count, w.is_partial) for w in rollups.throughput(weeks, as_of=as_of)] == [(4, False), (1, True)]
    assert rollups.closed(weeks, as_of=as_of) == weeks[:1]


def test_cumulative_flow_adds_up_from_what_was_there_before():
    points = rollups.cumulative_flow([(monday(0), 3, 1, 0), (monday(1), 0, 2, 1)], created=10, started=6, finished=5)
    assert [(p.created, p.started, p.finished, p.waiting, p.in_progress) for p in points] == [
        (13, 7, 5, 6, 2),
        (13, 9, 6, 4, 3),
    ]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_no_band_of_a_cumulative_flow_is_ever_negative_or_shrinks(counts):
    points = rollups.cumulative_flow((monday(n), *count) for n, count in enumerate(counts))
    assert all(p.waiting >= 0 and p.in_progress >= 0 for p in points)
    for earlier, later in pairwise(points):
        assert later.finished >= earlier.finished
        assert later.created >= earlier.created
        assert later.started >= earlier.started


def test_days_without_events_are_in_the_daily_series():
    counts = {date(2026, 3, 2): (1, 0, 0), date(2026, 3, 9): (5, 5, 5)}
    assert rollups.daily(counts, start=date(2026, 3, 1), end=date(2026, 3, 4)) == [
        (date(2026, 3, 1), 0, 0, 0),
        (date(2026, 3, 2), 1, 0, 0),
        (date(2026, 3, 3), 0, 0, 0),
    ]


def test_a_rollup_row_cannot_be_changed():
    with pytest.raises(AttributeError):
        FlowWeek(week=monday(0)).finished = 3


def test_a_stored_row_is_read_by_its_columns():
    stored = dict.fromkeys(rollups.COLUMNS, 0) | {
        "week": monday(0),
        "product_id": "p",
        "team_id": None,
        "finished": 3,
        "points_finished": Decimal("5.500"),
        "created_total": 40,
        **{f"{name}_{part}": [] for name in ("lead", "age") for part in ("days", "counts")},
        "cycle_days": [1, 4],
        "cycle_counts": [1, 2],
    }
    assert rollups.read(stored) == FlowWeek(
        week=monday(0),
        product="p",
        finished=3,
        points_finished=Decimal("5.5"),
        created_total=40,
        cycle=Histogram.of([1, 4, 4]),
    )


def test_totals_last_through_quiet_weeks():
    rows = [FlowWeek(week=monday(0), created_total=10, started_total=6, finished_total=4)]
    points = rollups.totals(rollups.by_week(rows, until=monday(2)), as_of=monday(1) + timedelta(2))
    assert [(p.at, p.waiting, p.in_progress, p.finished) for p in points] == [
        (monday(0) + timedelta(6), 4, 2, 4),
        (monday(1) + timedelta(2), 4, 2, 4),
    ]


def test_closed_counts_fill_the_gaps_and_leave_the_open_week_out():
    finished = {monday(2): 3, monday(4): 1, monday(6): 9}
    assert rollups.closed_counts(finished, as_of=monday(6) + timedelta(3)) == (3, 0, 1, 0)
    assert rollups.closed_counts({}, as_of=monday(6)) == ()
    assert rollups.closed_counts({monday(6): 9}, as_of=monday(6)) == ()
