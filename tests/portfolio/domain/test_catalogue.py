"""Products enter the portfolio, are put away and come back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portolan.portfolio.domain import catalogue, lines
from portolan.portfolio.models import HUES, Archival, Portfolio, Product
from tests.cast import NOW, Company, make_product

LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Chart Room", "chart-room"),
        ("Café  Crème!", "cafe-creme"),
        ("_under_score_", "under-score"),
        ("製品", "product"),
        ("New", "new-2"),
        ("x" * 120, "x" * 50),
    ],
)
def test_an_address_is_made_of_the_name(acme: Company, name: str, address: str) -> None:
    assert make_product(name).slug == address


def test_an_address_is_used_once(acme: Company) -> None:
    assert [make_product("Chart").slug for _ in range(3)] == ["chart", "chart-2", "chart-3"]


def test_each_product_gets_the_next_colour_and_the_wheel_begins_again(acme: Company) -> None:
    hues = [make_product(f"Chart {n}").hue for n in range(HUES + 1)]
    assert hues == [*range(1, HUES + 1), 1]


def test_a_product_without_a_name_is_refused_at_the_name(acme: Company) -> None:
    with pytest.raises(ValidationError) as refused:
        make_product("")
    assert list(refused.value.message_dict) == ["name"]
    assert Product.objects.count() == 0


def test_a_new_product_follows_its_line_into_its_portfolio(acme: Company) -> None:
    labs = lines.add_portfolio(name="Labs")
    product = Product(
        name="Probe", portfolio=Portfolio.objects.earliest("id"), line=lines.add(name="Deep", portfolio=labs)
    )
    assert catalogue.add(product, by=acme.pam, at=NOW).portfolio == labs


def test_archiving_twice_returns_the_first_record(acme: Company) -> None:
    chart = make_product("Chart")
    first = catalogue.archive(chart, by=acme.pam, at=NOW, why="Merged.")
    assert catalogue.archive(chart, by=acme.ada, at=LATER, why="Again.") == first
    assert (list(Product.objects.unarchived()), list(Product.objects.archived())) == ([], [chart])


def test_restoring_keeps_the_record_of_both_and_is_harmless_twice(acme: Company) -> None:
    chart = make_product("Chart")
    catalogue.archive(chart, by=acme.pam, at=NOW, why="Merged.")
    record = catalogue.restore(chart, by=acme.ada, at=LATER, why="Customers asked.")
    assert catalogue.restore(chart, by=acme.pam, at=LATER + timedelta(days=1), why="Me too.") == record
    kept = Archival.objects.get()
    assert (kept.by, kept.at, kept.why) == (acme.pam, NOW, "Merged.")
    assert (kept.restored_by, kept.restored_at, kept.restored_why) == (acme.ada, LATER, "Customers asked.")
    assert (list(Product.objects.unarchived()), list(Product.objects.archived())) == ([chart], [])


def test_a_product_may_be_archived_again_after_it_came_back(acme: Company) -> None:
    chart = make_product("Chart")
    for day in (0, 2):
        catalogue.archive(chart, by=acme.pam, at=NOW + timedelta(days=day))
        catalogue.restore(chart, by=acme.pam, at=NOW + timedelta(days=day + 1))
    catalogue.archive(chart, by=acme.pam, at=NOW + timedelta(days=9))
    assert Archival.objects.count() == 3
    assert list(Product.objects.archived()) == [chart]


def test_restoring_what_was_never_put_away_has_no_record(acme: Company) -> None:
    assert catalogue.restore(make_product("Chart"), by=acme.pam, at=NOW) is None
