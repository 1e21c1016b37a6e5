"""The page of portfolios and lines, and the page of teams."""

from collections.abc import Callable

import pytest
from django.test import Client

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lines, teams
from portolan.portfolio.models import Portfolio, Product, ProductLine, Team
from tests.cast import Company, make_product
from tests.portfolio.conftest import EVERY_PAGE, HTMX, text_of

type Visit = Callable[[Membership], Client]


@pytest.fixture
def client(acme: Company, visit: Visit) -> Client:
    return visit(acme.pam)


@pytest.fixture
def main(acme: Company) -> Portfolio:
    return Portfolio.objects.get()


@pytest.fixture
def compasses(main: Portfolio) -> ProductLine:
    above = lines.add(name="Instruments", portfolio=main)
    return lines.add(name="Compasses", portfolio=main, parent=above)


def top(portfolio: Portfolio) -> str:
    return f"portfolio:{portfolio.id}"


def below(line: ProductLine) -> str:
    return f"line:{line.id}"


def test_the_tree_costs_the_same_with_one_line_and_with_three(
    acme: Company, client: Client, main: Portfolio, django_assert_num_queries: Callable[[int], object]
) -> None:
    client.get(acme.path("lines/"))
    parent = None
    for n in range(3):
        parent = lines.add(name=f"Line {n}", portfolio=main, parent=parent)
        make_product(f"P {n}", line=parent)
        # The forest, and once more the forest for the choice of a place.
        with django_assert_num_queries(EVERY_PAGE + 6):
            page = text_of(client, acme.path("lines/"))
        assert page.count('class="row-line"') == n + 1


def test_a_line_is_added_below_another_one(acme: Company, client: Client, compasses: ProductLine) -> None:
    response = client.post(acme.path("lines/"), {"name": "Pocket", "place": below(compasses)}, follow=True)
    assert "Pocket is a line now." in response.content.decode()
    assert list(lines.paths().values())[-1] == "Instruments › Compasses › Pocket"


def test_a_line_is_renamed_and_moved_at_once(
    acme: Company, client: Client, main: Portfolio, compasses: ProductLine
) -> None:
    response = client.post(acme.path(f"lines/{compasses.id}/"), {"name": "Needles", "place": top(main)}, headers=HTMX)
    assert response["HX-Redirect"] == acme.path("lines/")
    assert list(lines.paths().values()) == ["Instruments", "Needles"]


def test_a_circle_comes_back_with_its_path_at_the_place(acme: Company, client: Client, compasses: ProductLine) -> None:
    address = acme.path(f"lines/{compasses.parent_id}/")
    response = client.post(address, {"name": "Renamed", "place": below(compasses)}, headers=HTMX)
    assert response.status_code == 422
    assert response.context["edit_form"].errors == {
        "place": ["Instruments cannot move below itself: Instruments › Compasses."]
    }
    assert list(lines.paths().values()) == ["Instruments", "Instruments › Compasses"]


@pytest.mark.parametrize(
    ("given", "place"),
    [({"name": ""}, "name"), ({"name": "x" * 121}, "name"), ({"name": "Instruments"}, "name"),
     ({"place": ""}, "place"), ({"place": "line:7"}, "place"), ({"place": "portfolio:"}, "place")],
)  # fmt: skip
def test_a_wrong_line_comes_back_with_a_sentence(
    acme: Company, client: Client, main: Portfolio, compasses: ProductLine, given: dict[str, str], place: str
) -> None:
    given = {"name": "New", "place": top(main), **given}
    for address, form in (("lines/", "line_form"), (f"lines/{compasses.id}/", "edit_form")):
        for headers in ({}, HTMX):
            response = client.post(acme.path(address), given, headers=headers)
            assert (response.status_code, list(response.context[form].errors)) == (422, [place])
    assert list(lines.paths().values()) == ["Instruments", "Instruments › Compasses"]


def test_deleting_a_line_says_where_its_products_went(acme: Company, client: Client, compasses: ProductLine) -> None:
    make_product("Rose", line=compasses)
    response = client.delete(acme.path(f"lines/{compasses.id}/"), headers=HTMX)
    assert response["HX-Redirect"] == acme.path("lines/")
    assert Product.objects.get().line_id == compasses.parent_id
    assert "Compasses is deleted; what was in it moved up." in text_of(client, acme.path("lines/"))


def test_a_portfolio_is_added_renamed_and_deleted(acme: Company, client: Client, main: Portfolio) -> None:
    client.post(acme.path("portfolios/"), {"name": "Labs"})
    labs = Portfolio.objects.get(name="Labs")
    client.post(acme.path(f"portfolios/{labs.id}/"), {"name": "Laboratories"})
    assert Portfolio.objects.get(pk=labs.pk).name == "Laboratories"
    client.delete(acme.path(f"portfolios/{labs.id}/"), headers=HTMX)
    assert list(Portfolio.objects.all()) == [main]


def test_a_portfolio_that_must_stay_says_why(acme: Company, client: Client, main: Portfolio) -> None:
    address = acme.path(f"portfolios/{main.id}/")
    response = client.delete(address, headers=HTMX)
    assert response.status_code == 422
    assert "This is the only portfolio: products need one. Rename it instead." in response.content.decode()
    response = client.post(acme.path("portfolios/"), {"name": main.name}, headers=HTMX)
    assert response.context["portfolio_form"].errors == {"name": ["Another portfolio has this name."]}


def test_the_lists_link_to_the_products_behind_them(acme: Company, client: Client, compasses: ProductLine) -> None:
    foredeck = teams.add(name="Foredeck")
    assert acme.path(f"products/?line={compasses.id}") in text_of(client, acme.path("lines/"))
    assert acme.path(f"products/?team={foredeck.id}") in text_of(client, acme.path("teams/"))


# Teams


def test_teams_cost_the_same_with_one_and_with_three(
    acme: Company, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    client.get(acme.path("teams/"))
    for n in range(3):
        make_product(f"P {n}", team=teams.add(name=f"Team {n}"))
        with django_assert_num_queries(EVERY_PAGE + 1):
            assert text_of(client, acme.path("teams/")).count("1 product<") == n + 1


def test_a_team_is_added_renamed_and_deleted(acme: Company, client: Client) -> None:
    client.post(acme.path("teams/"), {"name": "Foredeck"})
    team = Team.objects.get()
    product = make_product("Chart", team=team)
    assert client.post(acme.path(f"teams/{team.id}/"), {"name": "Afterdeck"}, headers=HTMX)["HX-Redirect"]
    assert Team.objects.get().name == "Afterdeck"
    client.delete(acme.path(f"teams/{team.id}/"), headers=HTMX)
    product.refresh_from_db()
    assert (Team.objects.count(), product.team) == (0, None)


@pytest.mark.parametrize(("name", "sentence"), [
    ("", "This field is required."), ("Foredeck", "Another team has this name."),
    ("x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
])  # fmt: skip
def test_a_wrong_team_comes_back_with_a_sentence(acme: Company, client: Client, name: str, sentence: str) -> None:
    teams.add(name="Foredeck")
    other = teams.add(name="Bridge")
    for address, form in (("teams/", "team_form"), (f"teams/{other.id}/", "edit_form")):
        for headers in ({}, HTMX):
            response = client.post(acme.path(address), {"name": name}, headers=headers)
            assert (response.status_code, response.context[form].errors) == (422, {"name": [sentence]})


def test_no_team_yet_teaches(acme: Company, client: Client) -> None:
    assert "Name the teams that build your products" in text_of(client, acme.path("teams/"))
