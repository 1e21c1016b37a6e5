"""A forecast agrees with the exact answer within the error that its number of runs explains, and refuses to guess.

The exact answers come from dynamic programming over the same draws; the bands are four standard errors of the runs.
"""

import math
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.insights.domain import forecast
from portolan.insights.domain.forecast import Backlog

AS_OF = date(2026, 11, 22)
DICE = (1, 2, 3, 4, 5, 6)


def exact_shares_done(draws, *, need, weeks):
    """This function will compute P(need reached by week 1..weeks) exactly, a backlog being done when first emptied."""
    positions, done, shares = {0: Fraction(1)}, Fraction(0), []
    for _ in range(weeks):
        following = Counter()
        for position, chance in positions.items():
            for draw in draws:
                if position + draw >= need:
                    done += chance / len(draws)
                else:
                    following[position + draw] += chance / len(draws)
        positions = following
        shares.append(done)
    return shares


def exact_sums(draws, *, weeks):
    sums = {0: Fraction(1)}
    for _ in range(weeks):
        following = Counter()
        for total, chance in sums.items():
            for draw in draws:
                following[total + draw] += chance / len(draws)
        sums = following
    return sums


def shares_done(result, *, weeks):
    return [result.chance_by(AS_OF + timedelta(weeks=n)) for n in range(1, weeks + 1)]


def assert_within_four_sigma(simulated, exact, *, runs):
    for week, (share, truth) in enumerate(zip(simulated, exact, strict=True), start=1):
        error = math.sqrt(truth * (1 - truth) / runs)
        assert abs(share - truth) <= 4 * error, f"week {week}: {share} is not {float(truth)} +- {4 * error}"


def one(**backlog):
    return forecast.when([Backlog(key="it", **backlog)], as_of=AS_OF)[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("draws", "need"),
    [(DICE, 20), ((0, 0, 3), 10), ((2,), 9), ((0, 1, 1, 2, 5, 8, 0, 3), 40), ((0, 0, 0, 0, 0, 0, 0, 1), 3)],
)
def test_the_share_of_runs_done_by_each_week_is_the_exact_chance(draws, need, seed):
    [result] = forecast.when([Backlog(key="it", remaining=need, finished=draws)], as_of=AS_OF, seed=seed)
    exact = exact_shares_done(draws, need=need, weeks=30)
    assert_within_four_sigma(shares_done(result, weeks=30), exact, runs=result.runs)


def test_twenty_items_by_dice_are_done_in_the_exact_weeks():
    exact = [round(float(share), 4) for share in exact_shares_done(DICE, need=20, weeks=8)]
    assert exact == [0, 0, 0, 0.054, 0.3052, 0.6369, 0.8628, 0.9611]  # so P50, P85, P95 are 6, 7, 8 throws
    result = one(remaining=20, finished=DICE)
    assert [finish.weeks for finish in result.percentiles] == [6, 7, 8]
    assert result.by(85) == result.at(85).on == AS_OF + timedelta(weeks=7)
    assert one(remaining=20, finished=(0,)).by(85) is None


def test_percentiles_lie_within_the_four_sigma_ranks_of_the_exact_ones():
    draws = (0, 1, 1, 2, 5, 8, 0, 3)
    exact = exact_shares_done(draws, need=60, weeks=80)
    result = one(remaining=60, finished=draws)
    for percent in forecast.PERCENTS:
        share = percent / 100
        error = 4 * math.sqrt(share * (1 - share) / result.runs)
        low = next(week for week, done in enumerate(exact, start=1) if done >= share - error)
        high = next(week for week, done in enumerate(exact, start=1) if done >= share + error)
        assert low <= result.at(percent).weeks <= high


def test_a_backlog_that_grows_is_done_the_first_time_it_is_empty():
    finished, added = (0, 2, 4, 6), (1, 0, 3, 0)
    result = one(remaining=12, finished=finished, added=added)
    net = [done - new for done, new in zip(finished, added, strict=True)]
    assert -1 in net
    exact = exact_shares_done(net, need=12, weeks=40)
    assert_within_four_sigma(shares_done(result, weeks=40), exact, runs=result.runs)


def test_items_that_split_are_more_items():
    """ceil(10 x uniform(1, 2)) is 11 to 20, each as likely as the other."""
    result = one(remaining=10, finished=DICE, split_high=2.0)
    by_need = [exact_shares_done(DICE, need=need, weeks=20) for need in range(11, 21)]
    exact = [sum(column) / 10 for column in zip(*by_need, strict=True)]
    assert_within_four_sigma(shares_done(result, weeks=20), exact, runs=result.runs)


def test_zero_weeks_make_the_forecast_later():
    busy = one(remaining=30, finished=(3, 4, 5, 4, 3))
    idle = one(remaining=30, finished=(3, 4, 5, 4, 3, 0, 0, 0, 0, 0))
    assert idle.at(85).on > busy.at(85).on


def test_how_many_is_the_exact_percentile_from_below():
    result = forecast.how_many(DICE, weeks=4, as_of=AS_OF)
    sums = exact_sums(DICE, weeks=4)
    for count in result.percentiles:
        share = count.percent / 100
        error = 4 * math.sqrt(share * (1 - share) / result.runs)

        def largest(at_least, sums=sums):
            return max(n for n in sums if sum(chance for total, chance in sums.items() if total >= n) >= at_least)

        assert largest(share + error) <= count.items <= largest(share - error)
        assert count.low <= count.items <= count.high
    assert result.percentiles[0].items > result.percentiles[1].items > result.percentiles[2].items


def test_the_fan_starts_with_one_week_and_ends_with_the_count():
    result = forecast.how_many(DICE, weeks=3, as_of=AS_OF)
    assert [point.on for point in result.fan] == [AS_OF + timedelta(weeks=n) for n in (1, 2, 3)]
    # One throw: at least 1 is certain, at least 2 only 83 %; at least 6 is 17 %.
    assert (result.fan[0].sure, result.fan[0].hopeful) == (1, 6)
    assert result.fan[-1].sure == result.percentiles[1].items
    assert all(point.sure <= point.even <= point.hopeful for point in result.fan)


def test_the_same_seed_gives_the_same_forecast_and_another_seed_another():
    backlog = Backlog(key="it", remaining=40, finished=DICE)
    first, again = (forecast.when([backlog], as_of=AS_OF, seed=7) for _ in range(2))
    assert first == again
    assert first[0].finishes != forecast.when([backlog], as_of=AS_OF, seed=8)[0].finishes
    assert (first[0].seed, first[0].runs) == (7, forecast.RUNS)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            Backlog,
            key=st.just("it"),
            remaining=st.integers(0, 30),
            finished=st.lists(st.integers(0, 5), max_size=9).map(tuple),
            split_high=st.sampled_from([1.0, 1.5]),
        ),
        max_size=6,
    )
)
def test_a_forecast_does_not_depend_on_the_backlogs_beside_it(backlogs):
    together = forecast.when(backlogs, as_of=AS_OF, runs=200)
    assert together == [forecast.when([backlog], as_of=AS_OF, runs=200)[0] for backlog in backlogs]


@given(st.integers(1, 60), st.lists(st.integers(0, 6), min_size=1, max_size=12).filter(any))
@settings(max_examples=40, deadline=None)
def test_every_run_is_counted_once_and_percentiles_ascend(remaining, finished):
    [result] = forecast.when([Backlog(key="it", remaining=remaining, finished=tuple(finished))], as_of=AS_OF, runs=300)
    assert sum(count for _, count in result.finishes) <= 300
    days = [finish.on for finish in result.percentiles]
    assert days == sorted(days)
    for finish in result.percentiles:
        assert finish.earliest <= finish.on
        assert finish.latest is None or finish.on <= finish.latest
        assert finish.weeks >= math.ceil(remaining / max(finished))


@pytest.mark.parametrize(
    ("finished", "remaining", "reason"),
    [
        ((0,) * 12, 5, "nothing was finished in the last 12 weeks"),
        ((), 5, "no closed week to draw from"),
        ((1, 2, 3), 0, "nothing is left to finish"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_reason(finished, remaining, reason):
    result = one(finished=finished, remaining=remaining)
    assert (result.reason, result.percentiles, result.finishes) == (reason, (), ())
    assert result.chance_by(AS_OF + timedelta(weeks=52)) is None
    assert result.measure(85).text == f"n/a ({reason})"


def test_how_many_of_nothing_is_refused_too():
    assert forecast.how_many((0, 0), weeks=4, as_of=AS_OF).reason == "nothing was finished in the last 2 weeks"


def test_a_backlog_that_grows_faster_than_it_is_worked_off_has_no_date():
    result = one(remaining=50, finished=(1, 2, 1, 2, 1), added=(3, 3, 3, 3, 3))
    assert result.percentiles == ()
    assert result.measure(85).reason == "fewer than 85 % of the runs finish within 5 years"
    assert result.chance_by(AS_OF + timedelta(weeks=300)) == 0


def test_fewer_than_five_weeks_are_a_hint():
    assert one(remaining=3, finished=(1, 2, 1, 0)).caution == (
        "Drawn from only 4 closed weeks; take the dates as a hint."
    )
    assert one(remaining=3, finished=(1, 2, 1, 0, 1)).caution == ""


def test_an_opened_forecast_says_runs_seed_and_simulation_error():
    inputs = dict(one(remaining=20, finished=DICE).measure(85).inputs)
    assert inputs == {
        "Remaining items": "20",
        "Closed weeks drawn from": "6",
        "Runs": "10,000",
        "Seed": "1",
        "P85 by simulation error alone": "2027-01-10 to 2027-01-17",
    }


def test_the_window_is_the_last_8_to_26_weeks():
    assert forecast.window(range(100)) == tuple(range(74, 100))
    assert forecast.window([5, 6], weeks=8) == (5, 6)
    for weeks in (7, 27):
        with pytest.raises(ValueError, match="last 8 to 26 weeks"):
            forecast.window([1], weeks=weeks)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"added": (1,)}, "both need the same weeks"),
        ({"split_low": 0.5}, "splits into 1 or more"),
        ({"split_low": 2.0}, "splits into 1 or more"),
        ({"finished": (-1, 2)}, "cannot finish fewer than 0"),
    ],
)
def test_a_backlog_that_makes_no_sense_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Backlog(**{"key": "it", "remaining": 3, "finished": (1, 2), **wrong})


def test_numpy_is_not_imported_until_something_is_played():
    code = "import sys; from portolan.insights.domain import forecast, health, attention; print('numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
