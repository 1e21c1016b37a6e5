"""Every chart is a valid Plotly figure and valid JSON, says what it shows in numbers, and carries the same as a table."""

import json
from datetime import date, timedelta

import plotly.graph_objects
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights import figures
from portolan.insights.domain import flow, forecast, rollups
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.forecast import Backlog
from portolan.insights.domain.rollups import FlowWeek, WeekCount
from portolan.insights.figures import Series
from portolan.ui.formats import NO_BREAK

MONDAY = date(2026, 9, 7)
MONDAYS = [MONDAY + timedelta(weeks=n) for n in range(4)]
AS_OF = MONDAYS[3] + timedelta(days=2)
WEEKS = [
    FlowWeek(week=MONDAYS[0], finished=3, stories_finished=2, bugs_finished=1, cycle=Histogram.of([1, 4, 4])),
    FlowWeek(week=MONDAYS[1]),
    FlowWeek(week=MONDAYS[2], finished=5, stories_finished=2, bugs_finished=1, cycle=Histogram.of([2, 3, 3, 5, 20])),
    FlowWeek(week=MONDAYS[3], finished=2, cycle=Histogram.of([3, 9])),
]
DICE = (1, 2, 3, 4, 5, 6)
FORECAST = forecast.when([Backlog(key="it", remaining=20, finished=DICE)], as_of=AS_OF)[0]
FAN = forecast.how_many(DICE, weeks=3, as_of=AS_OF)
CYCLE = Histogram.of(range(1, 21))


def sentence(figure):
    return figure.sentence.replace(NO_BREAK, " ")


def checked(figure):
    """This function will let Plotly and JSON refuse what is not a figure."""
    plotly.graph_objects.Figure(figure.figure)
    assert json.loads(json.dumps(figure.figure, allow_nan=False)) == figure.figure
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert all(isinstance(cell, str) for row in figure.rows for cell in row)
    return figure


def test_throughput_bars_start_at_zero_and_the_running_week_is_lighter():
    figure = checked(figures.throughput(rollups.throughput(WEEKS, as_of=AS_OF)))
    [bars] = figure.data
    assert bars["x"] == ["2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28"]
    assert bars["y"] == [3, 0, 5, 2]
    assert bars["marker"]["opacity"] == [1, 1, 1, 0.4]
    assert sentence(figure) == (
        "2.7 items a week on average over 3 closed weeks, from 0 to 5; 2 so far in the running week."
    )
    assert figure.rows[-1] == ("2026-W40 (running)", "2")


def test_throughput_of_closed_weeks_does_not_mention_a_running_one():
    figure = figures.throughput([WeekCount(MONDAY, 1, is_partial=False)])
    assert sentence(figure) == "1 item a week on average over 1 closed week, from 1 to 1."


def test_throughput_of_the_first_days_has_no_average():
    figure = figures.throughput([WeekCount(MONDAY, 4, is_partial=True)])
    assert sentence(figure) == "No week is over yet; 4 so far in the running week."


def test_cycle_times_are_points_under_three_lines():
    figure = checked(figures.cycle_times(WEEKS))
    [dots] = figure.data
    assert list(zip(dots["x"], dots["y"], dots["marker"]["size"], strict=True))[:2] == [
        ("2026-09-07", 1, 1),
        ("2026-09-07", 4, 2),
    ]
    # ten items: 1 2 3 3 3 4 4 5 9 20; ranks 4.5, 7.65, 8.55
    assert [shape["y0"] for shape in figure.layout["shapes"]] == [3.5, pytest.approx(7.6), pytest.approx(15.05)]
    assert sentence(figure) == "Half of 10 items took at most 3.5 days, 85 % at most 7.6 days and 95 % at most 15 days."
    assert [row[0] for row in figure.rows] == ["2026-W37", "2026-W39", "2026-W40"]
    assert figure.rows[1] == ("2026-W39", "5", "3.0", "11.0", "20")


def test_cumulative_flow_stacks_what_is_done_in_progress_and_waiting():
    points = rollups.cumulative_flow([(MONDAYS[0], 10, 4, 1), (MONDAYS[1], 2, 3, 4)])
    figure = checked(figures.cumulative_flow(points))
    assert [(trace["name"], trace["y"]) for trace in figure.data] == [
        ("Finished", [1, 5]),
        ("In progress", [3, 2]),
        ("Waiting", [6, 5]),
    ]
    assert sentence(figure) == ("On 14 Sep 2026 2 items in progress (on 7 Sep 2026: 3), 5 waiting and 5 finished.")
    assert figure.rows[0] == ("7 Sep 2026", "6", "3", "1")


def test_ageing_work_is_banded_by_what_finished_work_took():
    figure = checked(figures.ageing(flow.ageing(Histogram.of([2, 2, 18, 40]), cycle=CYCLE)))  # P85 17.15, P95 19.05
    assert [(t["name"], t["meta"]["tone"], t["y"]) for t in figure.data] == [
        ("Up to P85", "accent", [2]),
        ("P85 to P95", "watch", [1]),
        ("Beyond P95", "bad", [1]),
    ]
    assert figure.data[0]["customdata"] == ["1 to 2 days"]
    assert [shape["x0"] for shape in figure.layout["shapes"]] == [10.5, pytest.approx(17.15), pytest.approx(19.05)]
    assert sentence(figure) == (
        "4 items in progress, the oldest for 40 days; 2 for longer than 17 days, "
        "which 85 % of finished items did not need."
    )
    assert figure.rows == (("2", "2"), ("18", "1"), ("40", "1"))


def test_ageing_without_finished_work_has_nothing_to_compare_with():
    figure = checked(figures.ageing(flow.ageing(Histogram.of([2]), cycle=Histogram())))
    assert [trace["name"] for trace in figure.data] == ["In progress"]
    assert sentence(figure) == (
        "1 item in progress, the oldest for 2 days; nothing to compare with: "
        "nothing finished that was seen in progress in this window."
    )


ages = st.lists(st.integers(1, 900), min_size=1, max_size=60).map(Histogram.of)


@given(ages, st.lists(st.integers(1, 300), max_size=40).map(Histogram.of))
def test_every_item_in_progress_is_in_exactly_one_bar(open_work, cycle):
    figure = figures.ageing(flow.ageing(open_work, cycle=cycle))
    assert sum(sum(trace["y"]) for trace in figure.data) == open_work.total


def test_finish_dates_show_the_runs_the_percentiles_and_the_due_date():
    due = AS_OF + timedelta(weeks=6)
    figure = checked(figures.finish_dates(FORECAST, due_on=due))
    [bars] = figure.data
    assert sum(bars["y"]) == pytest.approx(1)
    assert [(note["text"], note["x"]) for note in figure.layout["annotations"]] == [
        ("P50, due", "2026-11-11"),
        ("P85", "2026-11-18"),
        ("P95", "2026-11-25"),
    ]
    assert sentence(figure) == (
        "20 items left: even odds by 11 Nov 2026, 85 % sure by 18 Nov 2026; "
        "the chance by the due date, 11 Nov 2026, is 63 %."
    )
    assert figure.rows[-1][2].replace(NO_BREAK, " ") == "100 %"


def test_a_forecast_that_may_never_finish_says_so():
    [result] = forecast.when(
        [Backlog(key="it", remaining=30, finished=(0, 2, 4), added=(1, 2, 3))], as_of=AS_OF, runs=500
    )
    assert result.at(85) is None or result.at(95) is not None
    [hopeless] = forecast.when([Backlog(key="it", remaining=30, finished=(1,), added=(1,))], as_of=AS_OF, runs=50)
    assert sentence(figures.finish_dates(hopeless)) == "No forecast: none of 50 runs finishes within the horizon."


def test_the_burn_up_goes_on_as_a_fan():
    history = [(MONDAYS[0], 3, 30), (MONDAYS[1], 9, 32)]
    figure = checked(figures.burn_up(history, coming=FAN))
    by_name = {trace["name"]: trace for trace in figure.data}
    assert by_name["Finished"]["y"] == [3, 9]
    assert by_name["Scope"]["y"] == [30, 32, 32, 32, 32]
    assert by_name["85 % sure"]["y"] == [9, *(9 + point.sure for point in FAN.fan)]
    assert by_name["15 % sure"]["fill"] == "tonexty"
    last = FAN.fan[-1]
    assert sentence(figure) == (
        f"9 of 32 items finished; by 21 Oct 2026 85 % sure to be {9 + last.sure}, even odds for {9 + last.even}."
    )
    assert len(figure.rows) == 5


def test_a_burn_up_without_forecast_says_why():
    figure = checked(figures.burn_up([(MONDAY, 0, 5)], coming=forecast.how_many((0, 0), weeks=3, as_of=AS_OF)))
    assert [trace["name"] for trace in figure.data] == ["Scope", "Finished"]
    assert sentence(figure) == "0 of 5 items finished; no forecast: nothing was finished in the last 2 weeks."


def test_portfolio_throughput_keeps_each_products_hue_and_puts_the_rest_together():
    products = [Series(f"P{n:02d}", hue=n % 12 + 1, counts=[n, 0]) for n in range(14)]
    figure = checked(figures.portfolio_throughput(MONDAYS[2:], products=products, as_of=AS_OF))
    assert [trace["name"] for trace in figure.data] == [*(f"P{n:02d}" for n in range(13, 6, -1)), "6 other products"]
    assert figure.data[0]["meta"] == {"hue": 2}
    assert figure.data[-1]["y"] == [1 + 2 + 3 + 4 + 5 + 6, 0]
    assert figure.data[0]["marker"]["opacity"] == [1, 0.4]
    assert sentence(figure) == "13 products finished 91 items in 2 weeks; P13 the most, 14 %."


def test_stages_keep_the_order_of_the_lifecycle():
    figure = checked(figures.stages({"Idea": 2, "Build": 0, "Growth": 5}))
    assert figure.data[0]["y"] == ["Idea", "Build", "Growth"]
    assert sentence(figure) == "7 products in 2 stages, most of them in Growth (5)."


def test_the_work_mix_adds_up_to_everything_finished():
    figure = checked(figures.work_mix(WEEKS, as_of=AS_OF))
    assert [(trace["name"], trace["y"]) for trace in figure.data] == [
        ("Features", [2, 0, 2, 0]),
        ("Bugs", [1, 0, 1, 0]),
        ("Other", [0, 0, 2, 2]),
    ]
    assert sentence(figure) == "Of 10 finished items: 40 % features, 20 % bugs, 40 % other."


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (figures.throughput([]), "No week has passed since the first sync."),
        (
            figures.cycle_times(WEEKS[1:2]),
            "No finished item was seen in progress in this time, so there is no cycle time.",
        ),
        (figures.cumulative_flow([]), "Nothing has been created yet."),
        (figures.ageing(flow.ageing(Histogram(), cycle=CYCLE)), "Nothing is in progress."),
        (
            figures.finish_dates(forecast.when([Backlog(key="it", remaining=1, finished=())], as_of=AS_OF)[0]),
            "No forecast: no closed week to draw from.",
        ),
        (figures.burn_up([], coming=FAN), "No week is over yet."),
        (figures.portfolio_throughput(MONDAYS, products=[], as_of=AS_OF), "Nothing was finished in this time."),
        (figures.stages({"Idea": 0}), "There is no product yet."),
        (figures.work_mix(WEEKS[1:2], as_of=AS_OF), "Nothing was finished in this time."),
    ],
)
def test_what_cannot_be_drawn_says_why(figure, said):
    assert figure.is_empty
    assert figure.sentence == said


rows = st.lists(
    st.builds(
        FlowWeek,
        week=st.sampled_from(MONDAYS),
        created=st.integers(0, 9),
        started=st.integers(0, 9),
        finished=st.integers(0, 9),
        cycle=st.lists(st.integers(1, 400), max_size=9).map(Histogram.of),
    ),
    max_size=4,
    unique_by=lambda row: row.week,
)


@given(rows)
def test_any_weeks_give_valid_figures(some):
    weeks = rollups.by_week(some, until=AS_OF)
    points = rollups.cumulative_flow((row.week, row.created, row.started, row.finished) for row in weeks)
    for figure in (
        figures.throughput(rollups.throughput(weeks, as_of=AS_OF)),
        figures.cycle_times(weeks),
        figures.cumulative_flow(points),
        figures.work_mix(weeks, as_of=AS_OF),
    ):
        assert json.dumps(figure.figure, allow_nan=False)
        assert figure.sentence.endswith(".")
