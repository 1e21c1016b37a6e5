"""A histogram of whole days is as good as the raw days, and it can be added up."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights.domain.durations import Histogram

days = st.integers(min_value=1, max_value=4_000)
samples = st.lists(days, min_size=1, max_size=200)
percents = st.one_of(st.sampled_from([0, 15, 50, 85, 95, 100]), st.floats(0, 100, allow_nan=False))


@given(samples, percents)
def test_percentiles_equal_numpy_on_the_raw_days(raw, percent):
    assert Histogram.of(raw).percentile(percent) == numpy.percentile(raw, percent)


@given(st.lists(st.lists(days, max_size=40), max_size=8), percents)
def test_percentiles_of_a_sum_of_rows_equal_numpy_on_all_raw_days(rows, percent):
    merged = Histogram.merged(Histogram.of(row) for row in rows)
    raw = [value for row in rows for value in row]
    assert merged == Histogram.of(raw)
    assert merged.total == len(raw)
    if raw:
        assert merged.percentile(percent) == numpy.percentile(raw, percent)
        assert merged.mean() == pytest.approx(numpy.mean(raw), rel=1e-12)


@given(st.lists(days, max_size=40), st.lists(days, max_size=40), st.lists(days, max_size=40))
def test_the_order_in_which_rows_are_added_does_not_matter(a, b, c):
    a, b, c = Histogram.of(a), Histogram.of(b), Histogram.of(c)
    assert Histogram.merged([a, Histogram.merged([b, c])]) == Histogram.merged([Histogram.merged([c, a]), b])


def test_percentiles_by_hand():
    histogram = Histogram.of([4, 1, 2, 3])
    # rank = (4 - 1) * 0.5 = 1.5: half way between 2 and 3; (4 - 1) * 0.85 = 2.55: 3 + 0.55
    assert histogram.percentile(50) == 2.5
    assert histogram.percentile(85) == pytest.approx(3.55)
    assert Histogram.of([7]).percentile(95) == 7


def test_stored_columns_are_distinct_days_ascending_and_their_counts():
    assert Histogram.of([5, 1, 5, 1, 1]) == Histogram.from_arrays([1, 5], [3, 2])


@pytest.mark.parametrize(
    ("stored_days", "stored_counts", "said"),
    [
        ([1, 2], [1], "as many counts as days"),
        ([2, 1], [1, 1], "must ascend"),
        ([1, 1], [1, 1], "must ascend"),
        ([1], [0], "at least 1"),
    ],
)
def test_columns_that_contradict_each_other_are_refused(stored_days, stored_counts, said):
    with pytest.raises(ValueError, match=said):
        Histogram.from_arrays(stored_days, stored_counts)


def test_an_empty_histogram_has_no_percentile_and_no_mean():
    with pytest.raises(ValueError, match="no percentiles"):
        Histogram().percentile(50)
    with pytest.raises(ValueError, match="no mean"):
        Histogram().mean()


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_a_percentile_outside_0_to_100_is_refused(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        Histogram.of([1]).percentile(percent)


def test_open_work_ages_one_day_a_day():
    on_sunday = Histogram.of([1, 3, 3, 10])
    assert on_sunday.shifted(2) == Histogram.of([3, 5, 5, 12])
    # On the Friday before, the item that is 1 day old on Sunday had not been started.
    assert on_sunday.shifted(-2) == Histogram.of([1, 1, 8])


def test_counting_above_a_limit_leaves_out_the_limit_itself():
    assert Histogram.of([1, 5, 5, 6, 9]).above(5) == 2
    assert Histogram.of([1, 5]).above(4.5) == 1
