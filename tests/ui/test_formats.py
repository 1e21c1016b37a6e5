"""Numbers, money and time as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.ui import formats

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (-0.04, "0"),
        (0.5, "0.5"),
        (7, "7"),
        (999, "999"),
        (9999, "9,999"),
        (9999.6, "10.0K"),
        (12_345, "12.3K"),
        (99_949, "99.9K"),
        (99_950, "100K"),
        (999_499, "999K"),
        (999_500, "1.0M"),
        (4_200_000, "4.2M"),
        (999_500_000, "1.0B"),
        (1_250_000_000_000, "1.3T"),
        (-12_345, "−12.3K"),
        (None, "n/a"),
    ],
)
def test_a_count_keeps_three_figures(value, words):
    assert formats.compact(value) == words


@given(st.decimals(min_value=0, max_value=Decimal("9e14"), allow_nan=False, places=2))
def test_a_compact_number_is_short_and_within_a_twentieth_of_the_truth(value):
    words = formats.compact(value)
    assert len(words) <= 6
    scale = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}.get(words[-1], 1)
    read = Decimal(words.rstrip("KMBT").replace(",", "")) * scale
    assert abs(read - value) <= max(value / 20, Decimal("0.05"))


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        (Decimal("4213000"), "USD", "$4.2M"),
        (Decimal("-950"), "EUR", "−€950"),
        (Decimal("12300"), "CHF", "CHF\u00a012.3K"),
        (Decimal("0.00"), "USD", "$0"),
        (None, "USD", "n/a"),
    ],
)
def test_money_says_its_currency(value, currency, words):
    assert formats.money(value, currency) == words


def test_exact_money_hides_nothing():
    assert formats.exact_money(Decimal("4213000"), "USD") == "$4,213,000"
    assert formats.exact_money(Decimal("-12.50"), "EUR") == "−€12.50"


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.18, "+18\u00a0%"),
        (-0.045, "−4.5\u00a0%"),
        (0, "0\u00a0%"),
        (-0.0001, "0\u00a0%"),
        (0.0996, "+10\u00a0%"),
        (2.5, "+250\u00a0%"),
        (None, "n/a"),
    ],
)
def test_a_change_carries_its_sign(ratio, words):
    assert formats.signed_percent(ratio) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.04, "1\u00a0hour"),
        (0.5, "12\u00a0hours"),
        (0.99, "1\u00a0day"),
        (1, "1\u00a0day"),
        (3.4, "3.4\u00a0days"),
        (9.96, "10\u00a0days"),
        (41.2, "41\u00a0days"),
        (None, "n/a"),
    ],
)
def test_days_are_words(value, words):
    assert formats.days(value) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=4, seconds=50), "4\u00a0min ago"),
        (timedelta(hours=3), "3\u00a0h ago"),
        (timedelta(days=1, hours=23), "47\u00a0h ago"),
        (timedelta(days=2), "2\u00a0days ago"),
        (timedelta(days=90), "2\u00a0months ago"),
        (timedelta(days=800), "2\u00a0years ago"),
        (-timedelta(minutes=5), "in 5\u00a0min"),
    ],
)
def test_an_age_has_one_unit(ago, words):
    assert formats.age(NOW - ago, now=NOW) == words


def test_what_never_happened_says_so():
    assert formats.age(None, now=NOW) == "never"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lindqvist", "AL"),
        ("ada", "A"),
        ("pam@example.com", "PE"),
        ("Jean-Luc de la Tour", "JT"),
        ("", "?"),
        ("(ex) Bob", "B"),
    ],
)
def test_a_name_has_initials(name, letters):
    assert formats.initials(name) == letters
