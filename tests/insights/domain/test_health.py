"""A word with its reasons: by hand-computed products."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.insights.domain import health
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.health import Due, Facts, Milestone, Word
from portolan.ui.formats import NO_BREAK

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ON = date(2026, 11, 22)
CYCLE = Histogram.of(range(1, 21))  # P85 = 17.15 days
STEADY = (5, 4, 6) * 7


def assess(**facts):
    result = health.assess(Facts(**facts), at=AT, on=ON)
    return replace(result, reasons=tuple(map(read, result.reasons)))


def read(sentence):
    """This function will write a sentence with ordinary spaces, which is how a person reads it."""
    return sentence.replace(NO_BREAK, " ")


def signal(result, key):
    [found] = [signal for signal in result.signals if signal.key == key]
    return replace(found, sentence=read(found.sentence))


def test_a_steady_product_is_on_track_and_says_what_it_rests_on():
    result = assess(
        finished=STEADY,
        ages=Histogram.of([1, 2, 3, 4]),
        cycle=CYCLE,
        created=40,
        bugs_created=4,
        synced_at=AT - timedelta(minutes=5),
    )
    assert result.word is Word.ON_TRACK
    assert result.score.value == 1
    assert result.reasons == (
        "Throughput is steady over 6 weeks.",
        "0 of 4 items in progress are older than 17 days (P85).",
        "10 % of 40 new items are bugs.",
        "Data is 5 min old.",
    )
    assert result.score.caution == "2 signals unknown."


def test_a_product_of_which_nothing_is_known_has_no_health():
    result = assess()
    assert result.word is Word.NO_DATA
    assert result.score.text == "n/a (no signal about the work is known)"
    assert "Never synced." in result.reasons


def test_fresh_data_about_nothing_is_no_health_either():
    assert assess(synced_at=AT).word is Word.NO_DATA


def test_throughput_that_fell_beyond_chance_costs_in_proportion():
    result = assess(finished=(10, 9, 11) * 4 + (10, 7, 7, 7, 7, 7, 7))
    # mean of 13 weeks is 10, of the last 6 is 7: a fall of 30 %, half way between 10 % (good) and 50 % (bad)
    assert signal(result, "throughput").score == pytest.approx(0.5)
    assert result.word is Word.AT_RISK
    assert result.reasons == ("Throughput fell 30 % against the 13 weeks before.",)


def test_throughput_that_rose_is_good():
    result = assess(finished=(5,) * 13 + (10,) * 6)
    assert signal(result, "throughput").score == 1
    assert result.reasons == ("Throughput rose 100 % against the 13 weeks before.",)


def test_a_trend_of_a_handful_of_items_is_unknown_not_zero():
    found = signal(assess(finished=(0, 1) * 8 + (0, 0, 0)), "throughput")
    assert (found.score, found.sentence) == (
        None,
        "Throughput trend unknown: only 6 items finished in the weeks before.",
    )


def test_the_worst_signal_is_the_first_reason_and_keeps_the_product_from_being_on_track():
    result = assess(
        finished=STEADY,
        ages=Histogram.of([1, 2, 3, 30]),
        cycle=CYCLE,
        created=40,
        synced_at=AT,
        milestones=[Milestone("Beta", ON - timedelta(days=31)), Milestone("Launch", ON - timedelta(days=1))],
    )
    assert result.reasons == (
        "Beta is 31 days overdue, and 1 other milestone.",
        "1 of 4 items in progress is older than 17 days (P85).",
    )
    # (3 x 1 + 3 x 0 + 2 x (0.50 - 0.25) / 0.35 + 1 x 1 + 1 x 1) / 10
    assert result.score.value == pytest.approx((3 + 0 + 2 * 5 / 7 + 1 + 1) / 10)
    assert result.word is Word.AT_RISK


def test_one_signal_at_its_worst_is_not_averaged_away():
    dues = [Due(title, ON, ON) for title in ("A", "B")]
    result = assess(finished=STEADY, ages=Histogram.of([30, 30, 30]), cycle=CYCLE, created=40, synced_at=AT, dues=dues)
    assert result.score.value == pytest.approx(0.8)
    assert result.word is Word.AT_RISK


def test_a_near_milestone_costs_a_little_and_a_distant_one_nothing():
    near = signal(assess(milestones=[Milestone("Beta", ON + timedelta(days=5))]), "milestones")
    far = signal(assess(milestones=[Milestone("Beta", ON + timedelta(days=50))]), "milestones")
    assert (near.score, near.sentence) == (pytest.approx(35 / 44), "Beta is due in 5 days.")
    assert (far.score, far.sentence) == (1, "Beta is due in 50 days.")
    assert signal(assess(milestones=[Milestone("Beta", ON)]), "milestones").sentence == "Beta is due today."
    past = signal(assess(milestones=[Milestone("Beta", ON - timedelta(days=1))]), "milestones")
    assert past.sentence == "Beta is 1 day overdue."


def test_a_forecast_past_its_due_date_takes_the_worst_initiative():
    dues = [Due("Search", ON, ON + timedelta(days=15)), Due("Export", ON, ON + timedelta(days=30))]
    found = signal(assess(dues=dues), "forecast")
    assert (found.score, found.sentence) == (0.5, "Export: 85 % sure by 22 Dec 2026, 30 days after it is due.")


def test_a_forecast_that_never_finishes_is_the_worst():
    found = signal(assess(dues=[Due("Search", ON, None), Due("Export", ON, ON)]), "forecast")
    assert (found.score, found.sentence) == (
        0,
        "Search: no finish within the forecast's horizon, due 22 Nov 2026.",
    )


def test_a_refused_forecast_is_unknown_with_its_reason():
    found = signal(assess(dues=[Due("Search", ON, None, reason="no closed week to draw from")]), "forecast")
    assert (found.score, found.sentence) == (None, "Forecast unknown: no closed week to draw from.")


@pytest.mark.parametrize(
    ("age", "score", "sentence"),
    [
        (timedelta(seconds=-5), 1, "Data is 0 s old."),
        (timedelta(minutes=1), 1, "Data is 1 min old."),
        (timedelta(hours=30), pytest.approx(23 / 24), "Data is 30 h old."),
        (timedelta(days=4), 0.5, "Data is 4 days old."),
        (timedelta(days=40), 0, "Data is 40 days old."),
    ],
)
def test_data_grows_stale(age, score, sentence):
    found = signal(assess(synced_at=AT - age), "data")
    assert (found.score, found.sentence) == (score, sentence)


@pytest.mark.parametrize(
    ("ages", "cycle", "sentence"),
    [
        ([3, 4, 5], [], "Ageing unknown: no finished item to compare with."),
        ([3, 4], [1, 2], "Only 2 items in progress."),
    ],
)
def test_ageing_is_judged_only_against_finished_work_and_with_enough_in_progress(ages, cycle, sentence):
    found = signal(assess(ages=Histogram.of(ages), cycle=Histogram.of(cycle)), "ageing")
    assert (found.score, found.sentence) == (None, sentence)


def test_bugs_are_judged_only_when_enough_was_created():
    assert signal(assess(created=9, bugs_created=9), "bugs").score is None
    assert signal(assess(created=20, bugs_created=9), "bugs").score == pytest.approx(0.5)


def test_off_track_is_below_the_declared_limit():
    result = assess(finished=(10, 9, 11) * 4 + (10, 0, 0, 0, 0, 0, 0), synced_at=AT)
    assert result.score.value == 0.25
    assert result.word is Word.OFF_TRACK


facts = st.builds(
    Facts,
    finished=st.lists(st.integers(0, 9), max_size=25),
    ages=st.lists(st.integers(1, 60), max_size=9).map(Histogram.of),
    cycle=st.lists(st.integers(1, 60), max_size=9).map(Histogram.of),
    created=st.integers(20, 40),
    bugs_created=st.integers(0, 20),
    milestones=st.lists(st.builds(Milestone, st.just("M"), st.dates(date(2026, 9, 1), date(2027, 3, 1))), max_size=3),
)


@given(facts)
def test_the_score_is_the_weighted_mean_of_what_is_known(known):
    result = health.assess(known, at=AT, on=ON)
    scored = [signal for signal in result.signals if signal.score is not None]
    assert all(0 <= signal.score <= 1 for signal in scored)
    weight = sum(signal.scale.weight for signal in scored)
    assert result.score.value == pytest.approx(sum(signal.scale.weight * signal.score for signal in scored) / weight)
    assert result.reasons


@given(facts, st.integers(0, 200))
def test_being_later_is_never_healthier(known, days):
    known = replace(known, milestones=[Milestone("M", ON + timedelta(days=10))])
    sooner = health.assess(known, at=AT, on=ON).score.value
    later = health.assess(known, at=AT, on=ON + timedelta(days=days)).score.value
    assert later <= sooner + 1e-12


@pytest.mark.parametrize(("word", "level"), list(zip(Word, ("good", "watch", "bad", ""), strict=True)))
def test_a_word_has_the_tone_in_which_it_is_shown(word, level):
    assert word.level == level
