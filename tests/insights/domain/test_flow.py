"""What the flow numbers mean, by hand-computed cases."""

from datetime import date, timedelta

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights.domain import flow
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.rollups import FlowWeek

MONDAY = date(2026, 9, 7)


def weeks_with(**columns):
    """This function will build one closed week per value, the columns read in parallel."""
    return [
        FlowWeek(week=MONDAY + timedelta(weeks=n), **dict(zip(columns, values, strict=True)))
        for n, values in enumerate(zip(*columns.values(), strict=True))
    ]


def test_an_item_finished_on_the_day_it_began_took_one_day():
    assert flow.cycle_days(started_on=date(2026, 3, 2), finished_on=date(2026, 3, 2)) == 1


def test_weekends_count():
    assert flow.cycle_days(started_on=date(2026, 3, 6), finished_on=date(2026, 3, 9)) == 4


def test_an_item_that_ended_before_it_began_is_an_error_that_names_both_days():
    with pytest.raises(flow.DatesContradict, match="Finished on 2026-03-01, before it began on 2026-03-02"):
        flow.cycle_days(started_on=date(2026, 3, 2), finished_on=date(2026, 3, 1))


def test_an_open_item_has_an_age_that_counts_today():
    assert flow.age_days(started_on=date(2026, 3, 2), as_of=date(2026, 3, 4)) == 3


def test_cycle_time_names_the_items_it_left_out():
    measure = flow.cycle_time(Histogram.of(range(1, 21)), percent=85, date_errors=2)
    assert measure.value == pytest.approx(17.15)  # rank 19 * 0.85 = 16.15, so 17 + 0.15
    assert measure.caution == "2 items left out: finished before the start."
    assert dict(measure.inputs) == {"Items": "20", "Percentile": "P85", "Shortest": "1", "Longest": "20"}


def test_cycle_time_of_a_few_items_is_given_with_caution():
    assert flow.cycle_time(Histogram.of([3, 5]), percent=50).caution == "Only 2 items."


def test_cycle_time_of_nothing_is_not_zero():
    measure = flow.cycle_time(Histogram(), percent=50, date_errors=1)
    assert (measure.value, measure.reason) == (None, "nothing finished that was seen in progress in this window")
    assert measure.caution == "1 item left out: finished before the start."


def test_throughput_counts_weeks_in_which_nothing_was_finished():
    assert flow.throughput_rate([4, 0, 0, 2]).value == 1.5


def test_throughput_without_a_closed_week_is_not_zero():
    assert flow.throughput_rate([]).text == "n/a (no closed week yet)"


def test_throughput_of_idle_weeks_is_zero():
    assert flow.throughput_rate([0, 0, 0, 0]).value == 0


def test_ageing_counts_open_items_older_than_most_finished_ones_took():
    cycle = Histogram.of(range(1, 21))  # P85 = 17.15
    ageing = flow.ageing(Histogram.of([2, 17, 18, 40]), cycle=cycle)
    assert ageing.beyond_p85.value == 0.5
    assert ageing.oldest.value == 40
    assert (ageing.p50.value, ageing.p95.value) == (10.5, pytest.approx(19.05))


def test_ageing_without_finished_items_has_nothing_to_compare_with():
    ageing = flow.ageing(Histogram.of([3]), cycle=Histogram())
    assert ageing.beyond_p85.reason == "nothing finished that was seen in progress in this window"
    assert ageing.oldest.value == 3


def test_ageing_of_no_work_is_not_zero():
    assert flow.ageing(Histogram(), cycle=Histogram.of([1])).beyond_p85.reason == "nothing is in progress"


durations = st.lists(st.integers(1, 99), max_size=40)


@given(durations, durations)
def test_items_beyond_the_p85_are_counted_as_numpy_would(open_ages, finished):
    found = flow.beyond_p85(Histogram.of(open_ages), cycle=Histogram.of(finished))
    if open_ages and finished:
        limit = numpy.percentile(finished, 85)
        assert found == (sum(age > limit for age in open_ages), limit)
    else:
        assert found is None


def test_flow_efficiency_is_active_time_over_elapsed_time():
    measure = flow.flow_efficiency(active_seconds=86_400, elapsed_seconds=4 * 86_400)
    assert measure.value == 0.25
    assert measure.inputs == (("Active days", "1"), ("Elapsed days", "4"))


def test_flow_efficiency_without_history_is_not_zero():
    assert flow.flow_efficiency(active_seconds=0, elapsed_seconds=0).value is None


def test_flow_efficiency_above_one_is_a_contradiction():
    assert "contradicts itself" in flow.flow_efficiency(active_seconds=2, elapsed_seconds=1).reason


def test_bug_ratio_is_the_share_of_bugs_among_created_items():
    assert flow.bug_ratio(bugs_created=3, created=12).value == 0.25
    assert flow.bug_ratio(bugs_created=0, created=0).value is None


def test_scope_change_is_net_scope_against_finished_items():
    assert flow.scope_change(added=12, removed=2, finished=8).value == 1.25
    assert flow.scope_change(added=1, removed=5, finished=8).value == -0.5


def test_scope_change_without_finished_items_says_the_net_scope():
    assert flow.scope_change(added=3, removed=5, finished=0).reason == "nothing was finished; net scope -2"


def test_unestimated_share_and_progress():
    assert flow.unestimated_share(unestimated=3, open=4).value == 0.75
    assert flow.unestimated_share(unestimated=0, open=0).reason == "nothing is open"
    assert flow.progress(finished=3, total=12).value == 0.25
    assert flow.progress(finished=0, total=0, of="points").reason == "no points yet"


def test_littles_law_holds_in_a_steady_flow():
    # One item starts and one finishes every day, each takes 10 days: on every day 10 are in progress.
    weeks = weeks_with(finished=[7] * 8, wip=[10] * 8, cycle=[Histogram.of([10] * 7)] * 8)
    measure = flow.littles_law(weeks)
    assert measure.value == pytest.approx(1.0)
    assert measure.caution == ""


def test_littles_law_warns_when_work_in_progress_grew():
    weeks = weeks_with(finished=[7] * 4, wip=[5, 8, 11, 14], cycle=[Histogram.of([10] * 7)] * 4)
    assert flow.littles_law(weeks).caution == ("Work in progress went from 5 to 14, so the law holds only roughly.")


def test_littles_law_needs_weeks_and_finished_items():
    assert flow.littles_law(weeks_with(finished=[1])).reason == "fewer than 4 closed weeks"
    assert flow.littles_law(weeks_with(finished=[0] * 5)).value is None


@given(st.integers(1, 20), st.integers(1, 5), st.integers(8, 30))
def test_littles_law_on_a_simulated_steady_flow(duration, per_day, count):
    """Each item is in progress on each of its days, both ends included: then L = lambda W to the letter."""
    weeks = weeks_with(
        finished=[7 * per_day] * count,
        wip=[duration * per_day] * count,
        cycle=[Histogram.of([duration] * 7 * per_day)] * count,
    )
    assert flow.littles_law(weeks).value == pytest.approx(1.0)


def test_a_trend_compares_the_mean_week():
    measure = flow.trend(recent=[2, 4, 2, 4], before=[6, 8, 6, 8], minimum=10)
    assert measure.value == pytest.approx(-4 / 7)
    assert measure.caution == ""


def test_a_change_within_the_weekly_variation_is_marked_as_such():
    measure = flow.trend(recent=[0, 9, 1, 6], before=[9, 0, 7, 1, 8], minimum=10)
    assert measure.caution == "Within the usual variation from week to week."


def test_a_trend_of_too_few_items_is_not_claimed():
    assert flow.trend(recent=[0, 0], before=[1, 2], minimum=10).reason == ("only 3 items finished in the weeks before")
    assert flow.trend(recent=[], before=[9, 9], minimum=10).value is None


def test_chance_is_judged_by_the_spread_of_a_sample():
    # Sample variance 2 in both runs: an error of sqrt(2/2 + 2/2) = 1.41, so a difference of 2 is within 1.645 errors.
    assert not flow.is_beyond_chance(recent=[1, 3], before=[3, 5])
    assert flow.is_beyond_chance(recent=[1, 3], before=[4, 6])
    assert not flow.is_beyond_chance(recent=[1], before=[4, 6])
