"""What is known about a product changes one fact at a time, and two people who edit at once are told of each other."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from portolan.accounts.models import Membership
from portolan.portfolio.domain import catalogue, facts, lines
from portolan.portfolio.models import FactChange, Portfolio, Product
from tests.cast import NOW, Company, make_product


@pytest.fixture
def chart(acme: Company) -> Product:
    return make_product("Chart", owner=acme.pete, role="star", starts_on=date(2025, 3, 1), tags=["maps"])


def change(product: Product, by: Membership, seen: int | None = None, **to: object) -> list[FactChange]:
    return facts.change(product, to=to, by=by, at=NOW, seen=seen)


def records() -> list[tuple[int, str, str, str]]:
    return list(FactChange.objects.order_by("version").values_list("version", "fact", "before", "after"))


def test_a_change_is_a_record_that_can_be_posted_back(acme: Company, chart: Product) -> None:
    (record,) = change(chart, acme.pam, role="dog")
    assert (record.fact, record.before, record.after, record.by, record.at) == ("role", "star", "dog", acme.pam, NOW)
    assert (chart.role, chart.version) == ("dog", 2)
    change(chart, acme.pam, role=record.before)
    assert records() == [(2, "role", "star", "dog"), (3, "role", "dog", "star")]


@pytest.mark.parametrize(
    ("fact", "value", "before", "after", "words"),
    [
        ("name", "Chart 2", "Chart", "Chart 2", "Chart 2"),
        ("thesis", "Own it.\nAll.", "", "Own it.\nAll.", "Own it.\nAll."),
        ("horizon", 2, "", "2", "Horizon 2: emerging"),
        ("role", "", "star", "", ""),
        ("starts_on", date(2025, 4, 9), "2025-03-01", "2025-04-09", "9 Apr 2025"),
        ("starts_on", None, "2025-03-01", "", ""),
        ("tags", ["a", "b"], "maps", "a, b", "a, b"),
        ("tags", [], "maps", "", ""),
    ],
)
def test_every_kind_of_fact_is_written_as_a_form_posts_it_and_said_in_words(
    acme: Company, chart: Product, fact: str, value: object, before: str, after: str, words: str
) -> None:
    change(chart, acme.pam, **{fact: value})
    assert records() == [(2, fact, before, after)]
    assert facts.words(chart, fact) == words


def test_people_are_kept_by_key_and_said_by_name(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, owner=acme.eve, sponsor=acme.ada)
    assert records() == [
        (2, "owner", str(acme.pete.id), str(acme.eve.id)),
        (3, "sponsor", "", str(acme.ada.id)),
    ]
    assert (facts.words(chart, "owner"), facts.words(chart, "sponsor")) == ("Eve", "Ada")


def test_what_is_equal_already_changes_nothing(acme: Company, chart: Product) -> None:
    assert change(chart, acme.pam, role="star", tags=["maps"], owner=acme.pete) == []
    assert chart.version == 1


def test_the_second_of_two_hears_whom_and_what_they_would_overwrite(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="dog")
    with pytest.raises(facts.ChangedMeanwhile) as refused:
        change(chart, acme.eve, seen=1, role="cash_cow")
    assert refused.value.message_dict == {"role": ["Pam changed this to “Dog” meanwhile. Save again to replace it."]}
    assert refused.value.change.by == acme.pam
    assert (Product.objects.get().role, len(records())) == ("dog", 1)
    change(chart, acme.eve, seen=2, role="cash_cow")
    assert Product.objects.get().role == "cash_cow"


def test_an_emptied_fact_is_said_so(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="")
    with pytest.raises(facts.ChangedMeanwhile, match="Pam emptied this meanwhile"):
        change(chart, acme.eve, seen=1, role="dog")


def test_somebody_who_has_left_is_not_named(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="dog")
    acme.pam.delete()
    with pytest.raises(facts.ChangedMeanwhile, match="Somebody who has left changed this to “Dog” meanwhile"):
        change(chart, acme.eve, seen=1, role="cash_cow")


def test_another_fact_changed_meanwhile_is_no_conflict(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="dog")
    change(chart, acme.eve, seen=1, horizon=3)
    assert (chart.role, chart.horizon, chart.version) == ("dog", 3, 3)


def test_leaving_a_form_as_it_was_does_not_take_back_what_another_one_saved(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="dog")
    assert change(chart, acme.eve, seen=1, role="star") == []
    assert Product.objects.get().role == "dog"


def test_both_wanting_the_same_is_no_conflict(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, seen=1, role="dog")
    assert change(chart, acme.eve, seen=1, role="dog") == []


def test_a_constraint_speaks_at_its_field(acme: Company, chart: Product) -> None:
    with pytest.raises(ValidationError) as refused:
        change(chart, acme.pam, retires_on=date(2025, 3, 1))
    assert refused.value.message_dict == {
        "retires_on": ["A product retires after it starts: choose a later retirement date."]
    }
    assert (Product.objects.get().retires_on, records()) == (None, [])


def test_an_archived_product_does_not_change(acme: Company, chart: Product) -> None:
    catalogue.archive(chart, by=acme.pam, at=NOW)
    with pytest.raises(catalogue.PutAway, match=r"Chart is archived\. Restore it before you change it\."):
        change(chart, acme.pam, role="dog")
    assert Product.objects.get().role == "star"


def test_a_line_brings_its_portfolio_along(acme: Company, chart: Product) -> None:
    labs = lines.add_portfolio(name="Labs")
    probes = lines.add(name="Probes", portfolio=labs)
    change(chart, acme.pam, line=probes)
    assert (chart.portfolio, chart.line) == (labs, probes)
    assert [fact for _, fact, _, _ in records()] == ["portfolio", "line"]


def test_another_portfolio_leaves_the_line_behind(acme: Company, chart: Product) -> None:
    change(chart, acme.pam, line=lines.add(name="Instruments", portfolio=Portfolio.objects.get()))
    labs = lines.add_portfolio(name="Labs")
    change(chart, acme.pam, portfolio=labs)
    assert (chart.portfolio, chart.line) == (labs, None)


def test_a_line_is_said_with_its_path(acme: Company, chart: Product) -> None:
    above = lines.add(name="Instruments", portfolio=Portfolio.objects.get())
    change(chart, acme.pam, line=lines.add(name="Compasses", portfolio=above.portfolio, parent=above))
    assert facts.words(chart, "line") == "Instruments › Compasses"
