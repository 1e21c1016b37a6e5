"""Product lines form trees inside portfolios, and never a circle."""

import pytest
from django.core.exceptions import ValidationError

from portolan.portfolio.domain import catalogue, lines
from portolan.portfolio.models import Portfolio, Product, ProductLine
from tests.cast import NOW, Company, make_product


@pytest.fixture
def main(acme: Company) -> Portfolio:
    return Portfolio.objects.get()


@pytest.fixture
def tree(main: Portfolio) -> dict[str, ProductLine]:
    """Instruments › Compasses › Pocket, beside Software."""
    grown: dict[str, ProductLine] = {}
    for name, above in [
        ("Instruments", None),
        ("Compasses", "Instruments"),
        ("Pocket", "Compasses"),
        ("Software", None),
    ]:
        grown[name] = lines.add(name=name, portfolio=main, parent=grown[above] if above else None)
    return grown


def shape() -> list[str]:
    return list(lines.paths().values())


def test_the_forest_counts_products_in_a_line_and_below_it(
    acme: Company, main: Portfolio, tree: dict[str, ProductLine]
) -> None:
    make_product("Loose")
    for name, line in [("Rose", "Pocket"), ("Needle", "Compasses"), ("Old", "Compasses")]:
        make_product(name, line=tree[line])
    catalogue.archive(Product.objects.get(name="Old"), by=acme.pam, at=NOW)
    (grown,) = lines.forest()
    assert [(b.path, b.depth, b.products, b.products_below) for b in grown.walk()] == [
        ("Instruments", 0, 0, 2),
        ("Instruments › Compasses", 1, 1, 2),
        ("Instruments › Compasses › Pocket", 2, 1, 1),
        ("Software", 0, 0, 0),
    ]
    assert (grown.products, grown.products_without_line) == (3, 1)


def test_reading_the_forest_costs_three_queries(
    tree: dict[str, ProductLine], django_assert_num_queries: object
) -> None:
    lines.add_portfolio(name="Labs")
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert [t.portfolio.name for t in lines.forest()] == ["Acme portfolio", "Labs"]


def test_the_family_of_a_line_is_everything_below_it(tree: dict[str, ProductLine]) -> None:
    assert lines.family(tree["Compasses"]) == {tree["Compasses"].id, tree["Pocket"].id}


def test_moving_takes_everything_below_along(main: Portfolio, tree: dict[str, ProductLine]) -> None:
    lines.move(tree["Compasses"], portfolio=main, parent=tree["Software"])
    assert shape() == ["Instruments", "Software", "Software › Compasses", "Software › Compasses › Pocket"]


@pytest.mark.parametrize(
    ("below", "path"),
    [
        ("Instruments", "Instruments"),
        ("Compasses", "Instruments › Compasses"),
        ("Pocket", "Instruments › Compasses › Pocket"),
    ],
)
def test_a_circle_is_refused_with_its_path(
    main: Portfolio, tree: dict[str, ProductLine], below: str, path: str
) -> None:
    before = shape()
    with pytest.raises(lines.Circle) as refused:
        lines.move(tree["Instruments"], portfolio=main, parent=tree[below])
    assert refused.value.message_dict == {"parent": [f"Instruments cannot move below itself: {path}."]}
    assert shape() == before


def test_moving_to_another_portfolio_takes_lines_and_products_along(tree: dict[str, ProductLine]) -> None:
    make_product("Rose", line=tree["Pocket"])
    labs = lines.add_portfolio(name="Labs")
    lines.move(tree["Compasses"], portfolio=labs)
    assert {(line.name, line.portfolio.name) for line in ProductLine.objects.all()} == {
        ("Instruments", "Acme portfolio"), ("Software", "Acme portfolio"), ("Compasses", "Labs"), ("Pocket", "Labs"),
    }  # fmt: skip
    assert Product.objects.get().portfolio == labs


def test_siblings_have_different_names_and_cousins_need_not(main: Portfolio, tree: dict[str, ProductLine]) -> None:
    lines.add(name="Pocket", portfolio=main, parent=tree["Software"])
    for attempt in (
        lambda: lines.add(name="Pocket", portfolio=main, parent=tree["Compasses"]),
        lambda: lines.rename(tree["Software"], to="Instruments"),
    ):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert refused.value.message_dict == {"name": ["Another line in this place has this name."]}


def test_deleting_a_line_moves_what_was_in_it_one_level_up(tree: dict[str, ProductLine]) -> None:
    make_product("Needle", line=tree["Compasses"])
    lines.remove(tree["Compasses"])
    assert shape() == ["Instruments", "Instruments › Pocket", "Software"]
    assert Product.objects.get().line == tree["Instruments"]
    lines.remove(tree["Instruments"])
    assert shape() == ["Pocket", "Software"]
    assert Product.objects.get().line is None


def test_an_empty_portfolio_is_deleted(main: Portfolio) -> None:
    lines.remove_portfolio(lines.add_portfolio(name="Labs"))
    assert list(Portfolio.objects.all()) == [main]


def test_a_portfolio_with_something_in_it_stays(acme: Company, tree: dict[str, ProductLine], main: Portfolio) -> None:
    lines.add_portfolio(name="Labs")
    catalogue.archive(make_product("Chart"), by=acme.pam, at=NOW)
    with pytest.raises(ValidationError, match=r"Acme portfolio still has 1 product and 4 lines\. Move them first\."):
        lines.remove_portfolio(main)
    assert Product.objects.count() == 1


def test_the_only_portfolio_stays(main: Portfolio) -> None:
    with pytest.raises(ValidationError, match="This is the only portfolio: products need one"):
        lines.remove_portfolio(main)


def test_a_portfolio_has_a_name_of_its_own_and_an_address_made_of_it(main: Portfolio) -> None:
    assert lines.add_portfolio(name="Labs & more").slug == "labs-more"
    assert lines.add_portfolio(name="製品").slug == "portfolio-2"
    with pytest.raises(ValidationError) as refused:
        lines.rename_portfolio(main, to="Labs & more")
    assert refused.value.message_dict == {"name": ["Another portfolio has this name."]}
