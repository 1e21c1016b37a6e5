"""What needs attention: each condition just when it holds, its sentence with the numbers, the most urgent first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portolan.insights.domain import attention
from portolan.insights.domain.attention import Connection, Item, Product, Severity, Target
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.health import Due, Facts, Milestone
from portolan.ui.formats import NO_BREAK

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ON = date(2026, 11, 22)
FINE = Product(slug="atlas", name="Atlas", has_owner=True, stage="Growth", open=12, facts=Facts(finished=(3,) * 20))
CYCLE = Histogram.of(range(1, 21))


def of_product(facts=None, **changes):
    product = replace(FINE, **changes)
    if facts is not None:
        product = replace(product, facts=replace(FINE.facts, **facts))
    return read(attention.items(products=[product], connections=[], at=AT, on=ON))


def of_connection(**known):
    connection = Connection(id="7", name="Jira of Acme", **known)
    return read(attention.items(products=[], connections=[connection], at=AT, on=ON))


def read(items):
    """This function will write the sentences with ordinary spaces, which is how a person reads them."""
    return [replace(item, sentence=item.sentence.replace(NO_BREAK, " ")) for item in items]


def test_a_product_that_is_fine_needs_no_attention():
    assert of_product() == []
    assert of_connection(succeeded_at=AT - timedelta(hours=47)) == []


@pytest.mark.parametrize(
    ("changes", "facts", "severity", "condition", "sentence"),
    [
        (
            {},
            {"milestones": [Milestone("Launch", ON - timedelta(3)), Milestone("Beta", ON - timedelta(40))]},
            Severity.NOW,
            "milestone",
            "Atlas: Beta was due 40 days ago (and 1 other milestone).",
        ),
        (
            {},
            {"dues": [Due("Search", ON, ON + timedelta(14)), Due("Export", ON, ON)]},
            Severity.SOON,
            "late",
            "Atlas: Search is 85 % sure only 14 days after its due date.",
        ),
        (
            {},
            {"finished": (3,) * 16 + (0,) * 4},
            Severity.SOON,
            "idle",
            "Atlas: nothing finished for 4 weeks, 12 items open.",
        ),
        (
            {},
            {"ages": Histogram.of([2, 3, 18, 40]), "cycle": CYCLE},
            Severity.SOON,
            "ageing",
            "Atlas: 2 of 4 items in progress are older than 17 days, longer than 85 % of finished items took.",
        ),
        ({"has_owner": False}, {}, Severity.SOON, "ownerless", "Atlas: no owner; 12 items open."),
        (
            {"stage_since": date(2025, 11, 22)},
            {"finished": (10, 9, 11) * 4 + (10, 5, 5, 5, 5, 5, 5)},
            Severity.SOMETIME,
            "shrinking",
            "Atlas: Growth for 12 months while throughput fell 50 %.",
        ),
        (
            {"unestimated": 9},
            {},
            Severity.SOMETIME,
            "unestimated",
            "Atlas: 75 % of 12 open items have no estimate.",
        ),
    ],
)
def test_a_condition_of_a_product_is_said_with_its_numbers(changes, facts, severity, condition, sentence):
    assert of_product(facts, **changes) == [Item(severity, condition, sentence, Target.PRODUCT, "atlas")]


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({}, {"milestones": [Milestone("Beta", ON)]}),
        ({}, {"dues": [Due("Search", ON, ON)]}),
        ({}, {"finished": (3,) * 17 + (0,) * 3}),
        ({"open": 0}, {"finished": (3,) * 16 + (0,) * 4}),
        ({}, {"ages": Histogram.of([2, 3, 17, 40]), "cycle": CYCLE}),
        ({}, {"ages": Histogram.of([40, 40]), "cycle": CYCLE}),
        ({"stage_since": date(2025, 11, 23)}, {"finished": (10, 9, 11) * 4 + (10, 5, 5, 5, 5, 5, 5)}),
        ({"stage_since": date(2025, 10, 22)}, {}),
        ({"unestimated": 5}, {}),
        ({"unestimated": 9, "open": 9}, {}),
    ],
)
def test_a_condition_that_just_fails_to_hold_is_not_said(changes, facts):
    assert of_product(facts, **changes) == []


@pytest.mark.parametrize(
    ("known", "severity", "condition", "sentence"),
    [
        ({"failures": 1}, Severity.SOON, "failing", "Jira of Acme: the last sync failed."),
        (
            {"failures": 3, "last_error": "The token was refused."},
            Severity.NOW,
            "failing",
            "Jira of Acme: the last 3 syncs failed (The token was refused).",
        ),
        ({"succeeded_at": AT - timedelta(days=2)}, Severity.SOON, "stale", "Jira of Acme: last synced 2 days ago."),
        ({"succeeded_at": AT - timedelta(days=7)}, Severity.NOW, "stale", "Jira of Acme: last synced 7 days ago."),
    ],
)
def test_a_condition_of_a_connection_is_said_with_its_numbers(known, severity, condition, sentence):
    assert of_connection(**known) == [Item(severity, condition, sentence, Target.CONNECTION, "7")]


def test_the_most_urgent_comes_first_whatever_the_order_of_the_products():
    untidy = replace(FINE, slug="untidy", name="Untidy", unestimated=12, has_owner=False)
    late = replace(FINE, slug="late", name="Late", facts=Facts(milestones=[Milestone("Beta", ON - timedelta(1))]))
    broken = Connection(id="7", name="Jira", failures=5)
    expected = [("failing", "7"), ("milestone", "late"), ("ownerless", "untidy"), ("unestimated", "untidy")]
    for products in ([untidy, late], [late, untidy]):
        items = attention.items(products=products, connections=[broken], at=AT, on=ON)
        assert [(item.condition, item.key) for item in items] == expected
