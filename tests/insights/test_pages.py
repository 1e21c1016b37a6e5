"""Both pages in a real browser: charts are drawn, numbers open, the tree unfolds, nothing is wider than the screen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portolan.integrations.domain import rollups
from portolan.tenancy.scope import organization_scope
from tests.browser import WIDTHS, overflow
from tests.cast import Company, make_product
from tests.insights import rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def acme_at_work(company: Company) -> Company:
    now = timezone.now()
    with organization_scope(company.organization.id):
        for name in ("Chart", "Sextant"):
            product = make_product(name, owner=company.pete)
            link = rows.connect(product, at=now - timedelta(days=70), by=company.ada)
            rows.ran(link, at=now)
            rows.item(link, product, f"{name}-1", level="initiative", title="A" * 40 + " long title")
            rows.item(link, product, f"{name}-2", level="feature", parent_external_id=f"{name}-1")
            rows.item(link, product, f"{name}-3", parent_external_id=f"{name}-2", started_at=now, points=3)
            for week in range(1, 11):
                then = now - timedelta(weeks=week)
                rows.item(link, product, f"{name}-B{week}", status_category="done", started_at=then, finished_at=then)
            rollups.refresh(product_ids=[product.id])
    return company


@pytest.mark.parametrize("address", ["", "products/chart/delivery/"])
def test_every_chart_is_drawn_and_nothing_is_too_wide(acme_at_work: Company, visit_as, address: str):
    page = visit_as(acme_at_work.eve)
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(acme_at_work.path(address))
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator("#work-mix [data-chart]")).to_have_count(1 if address == "" else 0)
        for chart in page.locator("[data-chart]").all():
            chart.scroll_into_view_if_needed()
            expect(chart).to_have_attribute("data-drawn", "")
        assert overflow(page) == 0


def test_a_key_figure_opens_in_the_drawer(acme_at_work: Company, visit_as):
    page = visit_as(acme_at_work.eve)
    page.goto(acme_at_work.path())
    page.get_by_role("link", name="Throughput: 2").click()
    expect(page.locator("#drawer")).to_contain_text("Items finished / closed ISO weeks.")


def test_a_filter_narrows_the_table_and_stays_in_the_address(acme_at_work: Company, visit_as):
    page = visit_as(acme_at_work.eve)
    page.goto(acme_at_work.path())
    page.locator("[name=stage]").select_option("growth")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?stage=growth")
    page.locator("[name=health]").select_option("off-track")
    expect(page.locator("#products")).to_contain_text("No product matches")


def test_the_tree_unfolds_to_the_stories(acme_at_work: Company, visit_as):
    page = visit_as(acme_at_work.eve)
    page.goto(acme_at_work.path("products/chart/delivery/"))
    page.get_by_text("long title").click()
    page.get_by_text("Feature Chart-2").click()
    expect(page.get_by_role("link", name="Chart-3", exact=True)).to_have_attribute(
        "href", "https://acme.example/browse/Chart-3"
    )


def test_another_window_redraws_the_charts_in_place(acme_at_work: Company, visit_as):
    page = visit_as(acme_at_work.eve)
    page.goto(acme_at_work.path("products/chart/delivery/"))
    page.locator("[name=weeks]").select_option("13")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?weeks=13")
    chart = page.locator("#throughput-chart [data-chart]")
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "")
