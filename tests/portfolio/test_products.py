"""The product list: what its address asks for, what it costs, and the page on which a product is added."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from portolan.accounts.models import Membership
from portolan.portfolio.domain import catalogue, lines, milestones, teams
from portolan.portfolio.models import Portfolio, Product, Stage, StageChange
from tests.cast import NOW, Company, make_product
from tests.portfolio.conftest import EVERY_PAGE, HTMX, text_of

type Visit = Callable[[Membership], Client]

# The choices of line, owner, team and tag, the count, and the products.
LIST_QUERIES = EVERY_PAGE + 6


def names(client: Client, address: str) -> list[str]:
    """The products of the page, in its order."""
    response = client.get(address)
    assert response.status_code == 200
    return [product.name for product in response.context["page"]]


@pytest.fixture
def client(acme: Company, visit: Visit) -> Client:
    return visit(acme.pam)


@pytest.fixture
def fleet(acme: Company) -> dict[str, Product]:
    main = Portfolio.objects.get()
    instruments = lines.add(name="Instruments", portfolio=main)
    compasses = lines.add(name="Compasses", portfolio=main, parent=instruments)
    foredeck = teams.add(name="Foredeck")
    return {
        "Needle": make_product(
            "Needle", owner=acme.pete, stage=Stage.IDEA, role="star", horizon=3, line=compasses, tags=["brass"]
        ),
        "Rose": make_product("Rose", owner=acme.pam, stage=Stage.MATURE, role="dog", horizon=1, line=instruments, team=foredeck),
        "Buoy": make_product("Buoy", stage=Stage.GROWTH, thesis="Harbours pay for certainty.", starts_on=date(2025, 1, 1)),
    }  # fmt: skip


@pytest.mark.parametrize("view", ["table", "cards"])
def test_the_list_costs_the_same_with_one_product_and_with_three(
    acme: Company, client: Client, view: str, django_assert_num_queries: Callable[[int], object]
) -> None:
    def add(name: str) -> None:
        line = lines.add(name=f"Line {name}", portfolio=Portfolio.objects.get())
        team = teams.add(name=f"Team {name}")
        product = make_product(name, owner=acme.pete, sponsor=acme.eve, line=line, team=team, tags=[name])
        milestones.add(product, title="Launch", due_on=date(2026, 12, 1))

    address = acme.path(f"products/?view={view}")
    add("One")
    client.get(address)
    with django_assert_num_queries(LIST_QUERIES):
        assert names(client, address) == ["One"]
    add("Three")
    add("Two")
    with django_assert_num_queries(LIST_QUERIES):
        assert names(client, address) == ["One", "Three", "Two"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("stage=mature", ["Rose"]),
        ("role=star", ["Needle"]),
        ("horizon=1", ["Rose"]),
        ("tag=brass", ["Needle"]),
        ("text=certainty", ["Buoy"]),
        ("text=HARBOURS+buoy", ["Buoy"]),
        ("text=harbours+needle", []),
        ("text=brass", ["Needle"]),
        ("text=%25", []),
        ("owner=none", ["Buoy"]),
        ("team=none", ["Buoy", "Needle"]),
        ("stage=growth&role=star", []),
        ("", ["Buoy", "Needle", "Rose"]),
    ],
)
def test_the_address_filters(acme: Company, client: Client, fleet: object, asked: str, found: list[str]) -> None:
    assert names(client, acme.path(f"products/?{asked}")) == found


def test_a_line_is_asked_for_with_everything_below_it(acme: Company, client: Client, fleet: dict[str, Product]) -> None:
    assert names(client, acme.path(f"products/?line={fleet['Rose'].line_id}")) == ["Needle", "Rose"]
    assert names(client, acme.path(f"products/?line={fleet['Needle'].line_id}")) == ["Needle"]


def test_owner_and_team_are_asked_for_by_key(acme: Company, client: Client, fleet: dict[str, Product]) -> None:
    assert names(client, acme.path(f"products/?owner={acme.pete.id}")) == ["Needle"]
    assert names(client, acme.path(f"products/?team={fleet['Rose'].team_id}")) == ["Rose"]


def test_archived_products_are_asked_for(acme: Company, client: Client, fleet: dict[str, Product]) -> None:
    catalogue.archive(fleet["Rose"], by=acme.pam, at=NOW)
    assert names(client, acme.path("products/")) == ["Buoy", "Needle"]
    assert names(client, acme.path("products/?archived=only")) == ["Rose"]
    assert names(client, acme.path("products/?archived=also")) == ["Buoy", "Needle", "Rose"]


@pytest.mark.parametrize(
    "asked",
    ["stage=zenith", "owner=nobody", "line=7", "horizon=9", "tag=x", "archived=yes", "team=x", "page=-3", "page=x",
     "sort=password", "view=%3Cscript%3E"],
)  # fmt: skip
def test_a_wrong_address_is_answered_with_a_list_and_a_word_at_its_place(
    acme: Company, client: Client, fleet: object, asked: str
) -> None:
    response = client.get(acme.path(f"products/?{asked}"))
    assert response.status_code == 200
    assert len(response.context["page"]) == 3
    name = asked.split("=", maxsplit=1)[0]
    if name in response.context["filters"].form.fields:
        assert list(response.context["filters"].form.errors) == [name]
        assert "field-error" in response.content.decode()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Buoy", "Needle", "Rose"]),
        ("-name", ["Rose", "Needle", "Buoy"]),
        ("stage", ["Needle", "Buoy", "Rose"]),
        ("horizon", ["Rose", "Needle", "Buoy"]),
        ("-horizon", ["Needle", "Rose", "Buoy"]),
        ("line", ["Needle", "Rose", "Buoy"]),
        ("owner", ["Rose", "Needle", "Buoy"]),
        ("team", ["Rose", "Needle", "Buoy"]),
        ("dates", ["Buoy", "Needle", "Rose"]),
    ],
)
def test_a_heading_sorts_and_what_is_unknown_stands_last(
    acme: Company, client: Client, fleet: object, sort: str, order: list[str]
) -> None:
    assert names(client, acme.path(f"products/?sort={sort}")) == order


def test_the_next_milestone_sorts_by_its_day(acme: Company, client: Client, fleet: dict[str, Product]) -> None:
    for name, day in [("Rose", 1), ("Buoy", 9)]:
        milestones.add(fleet[name], title="Launch", due_on=date(2026, 12, day))
    assert names(client, acme.path("products/?sort=milestone")) == ["Rose", "Buoy", "Needle"]
    assert names(client, acme.path("products/?sort=-milestone")) == ["Buoy", "Rose", "Needle"]


def test_two_thousand_products_are_paged_without_a_gap_or_a_repeat(
    acme: Company, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    main = Portfolio.objects.get()
    Product.objects.bulk_create(
        Product(name=f"P {n % 40}", slug=f"p-{n}", portfolio=main, owner=acme.pete) for n in range(2000)
    )
    seen: list[object] = []
    client.get(acme.path("products/"))
    for page in (1, 2, 40):
        with django_assert_num_queries(LIST_QUERIES):
            response = client.get(acme.path(f"products/?page={page}"))
        seen += [product.id for product in response.context["page"]]
    assert len(set(seen)) == 150
    assert "1,951–2,000 of 2,000 products" in response.content.decode().replace("&ndash;", "–")


def test_the_count_says_how_many_of_how_many(acme: Company, client: Client, fleet: object) -> None:
    assert "3 products" in text_of(client, acme.path("products/"))
    assert "1 of 3 products" in text_of(client, acme.path("products/?stage=mature"))


def test_a_fragment_request_gets_the_products_alone(acme: Company, client: Client, fleet: object) -> None:
    response = client.get(acme.path("products/?stage=mature"), headers=HTMX)
    page = response.content.decode()
    assert "Rose" in page
    assert "Buoy" not in page
    assert "<html" not in page
    assert "HX-Request" in response["Vary"]


def test_an_empty_portfolio_teaches_and_offers_the_first_step(
    acme: Company, client: Client, vera: Membership, visit: Visit
) -> None:
    page = text_of(client, acme.path("products/"))
    assert "A product is one thing that your company sells, builds or retires." in page
    assert acme.path("products/new/") in page
    page = text_of(visit(vera), acme.path("products/"))
    assert "An admin or a portfolio manager of Acme adds products." in page
    assert acme.path("products/new/") not in page


def test_when_nothing_matches_the_way_back_is_offered(acme: Company, client: Client, fleet: object) -> None:
    page = text_of(client, acme.path("products/?text=zzz"))
    assert "No product matches" in page
    assert "0 of 3 products" in page


def test_what_people_write_is_text_and_never_markup(acme: Company, client: Client) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&{{ 7 }}"
    product = make_product(evil, owner=acme.pete, thesis=evil, tags=["<b>t</b>"])
    milestones.add(product, title=evil, due_on=date(2026, 12, 1))
    for address in ("products/", "products/?view=cards", f"products/{product.slug}/", f"products/?text={'<b>'}"):
        page = text_of(client, acme.path(address))
        assert "<img src=x" not in page
        assert "<b>t" not in page
        assert "{{ 7 }}" in page or "text=" in address


@pytest.mark.parametrize("name", ["x" * 120, "海図ナビ", "مخطط", "Ä é ß ñ — “quoted”", "🧭 Compass", "a\u202eb"])
def test_any_name_is_shown_as_it_was_written(acme: Company, client: Client, name: str) -> None:
    make_product(name)
    assert names(client, acme.path("products/")) == [name]
    assert name in text_of(client, acme.path("products/?view=cards"))


# The spreadsheet


def sheet(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_spreadsheet_holds_what_the_list_shows_in_its_order(acme: Company, client: Client, fleet: object) -> None:
    rows = sheet(client, acme.path("products.csv?line=&sort=-name&stage=&owner="))
    assert [row["Name"] for row in rows] == ["Rose", "Needle", "Buoy"]
    assert {key: rows[1][key] for key in ("Stage", "Role", "Horizon", "Portfolio", "Line", "Owner", "Tags")} == {
        "Stage": "Idea", "Role": "Star", "Horizon": "3", "Portfolio": "Acme portfolio", "Line": "Compasses",
        "Owner": "Pete", "Tags": "brass",
    }  # fmt: skip
    assert rows[2]["Starts on"] == "2025-01-01"
    assert [row["Name"] for row in sheet(client, acme.path("products.csv?stage=mature"))] == ["Rose"]


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_spreadsheet_never_runs_what_somebody_wrote(acme: Company, client: Client, word: str) -> None:
    make_product("Chart", thesis=word)
    assert sheet(client, acme.path("products.csv"))[0]["Investment thesis"] == f"'{word}"


def test_the_spreadsheet_costs_the_same_with_one_product_and_with_three(
    acme: Company, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    client.get(acme.path("products.csv"))
    for name in ("One", "Two", "Three"):
        make_product(name, owner=acme.pete, sponsor=acme.eve, team=teams.add(name=name))
        with django_assert_num_queries(EVERY_PAGE + 1):
            client.get(acme.path("products.csv"))


# Adding


def test_a_product_is_added_and_its_page_opens(acme: Company, client: Client) -> None:
    line = lines.add(name="Instruments", portfolio=Portfolio.objects.get())
    given = {"name": " Chart Room ", "stage": "build", "portfolio": line.portfolio_id, "line": line.id, "tags": "a, B, b",
             "owner": acme.pete.id, "thesis": "Own it."}  # fmt: skip
    response = client.post(acme.path("products/new/"), given)
    assert (response.status_code, response["Location"]) == (303, acme.path("products/chart-room/"))
    product = Product.objects.get()
    assert (product.name, product.stage, product.line, product.owner, product.tags, product.thesis) == (
        "Chart Room", "build", line, acme.pete, ["a", "B"], "Own it.",
    )  # fmt: skip
    change = StageChange.objects.get()
    assert (change.stage, change.by) == ("build", acme.pam)
    assert timedelta() <= product.created_at - change.at < timedelta(minutes=1) or change.at >= product.created_at


def test_htmx_is_sent_to_the_new_page(acme: Company, client: Client) -> None:
    given = {"name": "Chart", "stage": "idea", "portfolio": Portfolio.objects.get().id}
    response = client.post(acme.path("products/new/"), given, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (200, acme.path("products/chart/"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("stage", "zenith", "Select a valid choice. zenith is not one of the available choices."),
        ("thesis", "x" * 4001, "Ensure this value has at most 4000 characters (it has 4001)."),
        ("owner", "nobody", "Select a valid choice. That choice is not one of the available choices."),
        ("portfolio", "", "This field is required."),
        ("tags", "x" * 41, f"A tag has at most 40 characters: “{'x' * 40}…” is longer."),
        ("tags", ",".join(map(str, range(21))), "A product carries at most 20 tags; these are 21."),
    ],
)
def test_a_wrong_form_comes_back_with_a_sentence_at_the_field(
    acme: Company, client: Client, field: str, value: str, sentence: str
) -> None:
    given = {"name": "Chart", "stage": "idea", "portfolio": Portfolio.objects.get().id, field: value}
    for headers in ({}, HTMX):
        response = client.post(acme.path("products/new/"), given, headers=headers)
        assert response.status_code == 422
        assert response.context["form"].errors == {field: [sentence]}
    assert Product.objects.count() == 0


def test_people_and_teams_of_another_organization_are_no_choice(
    mallory: Membership, acme: Company, visit: Visit
) -> None:
    given = {"name": "Chart", "stage": "idea", "portfolio": Portfolio.objects.get().id, "owner": mallory.id}
    response = visit(acme.pam).post(acme.path("products/new/"), given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["owner"]


def test_a_character_that_no_text_has_is_refused_before_anything_is_read(acme: Company, client: Client) -> None:
    given = {"name": "a\x00b", "stage": "idea", "portfolio": Portfolio.objects.get().id}
    assert client.post(acme.path("products/new/"), given).status_code == 400
    assert client.get(acme.path("products/?text=%00")).status_code == 400
    assert Product.objects.count() == 0
