"""The product pages in a real Chromium: adding, editing in place and by keyboard, with nothing in the console."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from portolan.accounts.models import Membership
from portolan.portfolio.domain import facts, lifecycle, lines, milestones, teams
from portolan.portfolio.models import Portfolio, Product
from portolan.tenancy.scope import organization_scope
from tests.browser import WIDTHS, overflow
from tests.cast import NOW, Company, make_product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

type VisitAs = Callable[[Membership], Page]


@pytest.fixture
def chart(company: Company) -> Product:
    with organization_scope(company.organization.id):
        product = make_product("Chart", owner=company.pete, role="star", tags=["maps"], thesis="Own the harbour data.")
        milestones.add(product, title="Launch", due_on=date(2026, 12, 1))
    return product


@pytest.fixture
def page_of_chart(company: Company, chart: Product, visit_as: VisitAs) -> Page:
    page = visit_as(company.pam)
    page.goto(company.path("products/chart/"))
    return page


def stored(company: Company) -> Product:
    with organization_scope(company.organization.id):
        return Product.objects.get()


def test_a_product_is_added(company: Company, visit_as: VisitAs) -> None:
    page = visit_as(company.pam)
    page.goto(company.path("products/"))
    page.get_by_role("link", name="Add the first product").click()
    page.get_by_label("Name").fill("Tide Tables")
    page.get_by_label("Investment thesis").fill("Sailors plan by them.")
    page.get_by_role("button", name="Add product").click()
    expect(page.get_by_role("heading", name="Tide Tables")).to_be_visible()
    expect(page.get_by_text("Tide Tables is in the portfolio.")).to_be_visible()
    assert stored(company).thesis == "Sailors plan by them."


def test_a_refused_product_keeps_what_was_written(company: Company, visit_as: VisitAs) -> None:
    page = visit_as(company.pam)
    page.goto(company.path("products/new/"))
    page.get_by_label("Name").fill("Chart")
    page.get_by_label("Tags").fill("x" * 41)
    page.get_by_role("button", name="Add product").click()
    expect(page.get_by_text("A tag has at most 40 characters")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Chart")


def test_a_fact_is_edited_by_keyboard_saved_and_undone(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    words = page.get_by_role("button", name="Edit Tags: maps")
    words.focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Tags")
    expect(field).to_be_focused()
    field.fill("maps, brass")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Edit Tags: maps, brass")).to_be_focused()
    assert stored(company).tags == ["maps", "brass"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Edit Tags: maps", exact=True)).to_be_visible()
    assert stored(company).tags == ["maps"]


def test_leaving_the_field_saves(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    page.get_by_role("button", name="Edit Role: Star").click()
    page.get_by_role("combobox", name="Role").select_option("Dog")
    page.get_by_role("heading", name="Milestones").click()
    expect(page.get_by_role("button", name="Edit Role: Dog")).to_be_visible()
    expect(page.get_by_text("Growth · Dog")).to_be_visible()
    assert stored(company).role == "dog"


def test_escape_leaves_everything_as_it_was(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    page.get_by_role("button", name="Edit Investment thesis").click()
    page.get_by_role("textbox", name="Investment thesis").fill("Something else")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Edit Investment thesis: Own the harbour data.")).to_be_visible()
    assert (stored(company).thesis, stored(company).version) == ("Own the harbour data.", 1)


def test_the_second_of_two_editors_is_told(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    page.get_by_role("button", name="Edit Name: Chart").click()
    with organization_scope(company.organization.id):
        facts.change(Product.objects.get(), to={"name": "Map"}, by=company.ada, at=NOW)
    field = page.get_by_label("Name", exact=True)
    field.fill("Sheet")
    field.press("Enter")
    expect(page.get_by_text("Ada changed this to “Map” meanwhile. Save again to replace it.")).to_be_visible()
    expect(field).to_have_value("Sheet")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Sheet")).to_be_visible()
    assert stored(company).name == "Sheet"


def test_a_product_is_retired_only_with_a_reason(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    page.get_by_role("button", name="Move to stage…").click()
    dialog = page.get_by_role("dialog", name="Move to another stage")
    dialog.get_by_label("Stage").select_option("Retired")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog.get_by_text("Say why Chart moves to Retired")).to_be_visible()
    dialog.get_by_label("Why").fill("Nobody renewed.")
    dialog.get_by_role("button", name="Move").click()
    expect(page.get_by_text("Chart is in the stage Retired now.")).to_be_visible()
    expect(page.get_by_text("Nobody renewed.")).to_be_visible()


def test_milestones_are_added_in_a_row_and_ticked(company: Company, page_of_chart: Page) -> None:
    page = page_of_chart
    for title in ("Freeze", "Announce"):
        page.get_by_label("Milestone", exact=True).fill(title)
        page.get_by_label("Due").fill("2026-11-30")
        page.get_by_role("button", name="Add milestone").click()
        expect(page.get_by_role("checkbox", name=f"{title} reached")).to_be_visible()
        expect(page.get_by_label("Milestone", exact=True)).to_be_focused()
    box = page.get_by_role("checkbox", name="Freeze reached")
    box.press("Space")
    expect(box).to_be_checked()
    expect(page.get_by_role("checkbox", name="Launch reached")).not_to_be_checked()


def test_filters_narrow_the_list_and_stand_in_the_address(company: Company, chart: Product, visit_as: VisitAs) -> None:
    with organization_scope(company.organization.id):
        make_product("Buoy")
    page = visit_as(company.pam)
    page.goto(company.path("products/"))
    page.get_by_label("Search").fill("harbour")
    expect(page.get_by_role("link", name="Buoy")).to_have_count(0)
    expect(page.get_by_text("1 of 2 products")).to_be_visible()
    assert page.url.endswith("/products/?text=harbour")
    page.get_by_role("link", name="Cards").click()
    page.wait_for_url("**/products/?text=harbour&view=cards")
    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_role("link", name="Buoy")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1 of 2 products")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["products/", "products/?view=cards", "products/new/", "products/long/", "lines/", "teams/"]
)
def test_no_page_scrolls_sideways(company: Company, visit_as: VisitAs, path: str) -> None:
    with organization_scope(company.organization.id):
        line = lines.add(name="l" * 120, portfolio=Portfolio.objects.get())
        facts_of = {"tags": ["t" * 40], "thesis": "w" * 300, "team": teams.add(name="c" * 120), "line": line}
        product = make_product("Long" + "ö" * 100, slug="long", owner=company.pete, **facts_of)
        milestones.add(product, title="m" * 160, due_on=date(2026, 12, 1))
        lifecycle.enter(product, stage="mature", by=company.pam, at=NOW, why="y" * 300)
    page = visit_as(company.pam)
    page.goto(company.path(path))
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, width
