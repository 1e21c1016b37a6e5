import pytest

from portolan.insights.domain import definitions, measures
from portolan.insights.domain.measures import Measure


def test_a_missing_number_says_why():
    assert Measure("bug_ratio", None, "nothing was created in this window").text == (
        "n/a (nothing was created in this window)"
    )


@pytest.mark.parametrize(
    ("key", "value", "reason", "said"),
    [
        ("bug_ratio", None, "", "needs its reason"),
        ("bug_ratio", 0.5, "because", "needs no reason"),
        ("bug_ratio", float("nan"), "", "not a number to show"),
        ("bug_ratio", float("inf"), "", "not a number to show"),
        ("vibes", 1.0, "", "has no definition"),
    ],
)
def test_what_is_neither_a_number_nor_a_reason_is_refused(key, value, reason, said):
    with pytest.raises(ValueError, match=said):
        Measure(key, value, reason)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.184, "share", "18\u00a0%"),
        (0.0512, "share", "5.1\u00a0%"),
        (-0.25, "share", "\u221225\u00a0%"),
        (6.5, "days", "6.5\u00a0days"),
        (17.15, "days", "17\u00a0days"),
        (1, "items", "1 item"),
        (1200, "items", "1,200 items"),
        (0.984, "ratio", "0.98"),
        (0, "days", "0 days"),
        (3.25, "items a week", "3.3 items a week"),
        (7, "weeks", "7 weeks"),
    ],
)
def test_numbers_are_written_as_a_person_would_say_them(value, unit, text):
    assert measures.spoken(value, unit=unit) == text


@pytest.mark.parametrize("definition", definitions.ALL.values(), ids=lambda definition: definition.key)
def test_every_definition_can_be_opened(definition):
    said = (definition.title, definition.unit, definition.formula, definition.inputs, definition.source)
    assert all(part.strip() for part in said)
    assert definition.formula.endswith(".")
