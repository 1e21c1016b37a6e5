"""The home of an organization, from rollup rows to the page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portolan.accounts.models import Membership
from portolan.portfolio.models import Milestone, Product
from portolan.tenancy.scope import organization_scope
from tests.cast import Company, make_product
from tests.insights import rows


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def chart(acme: Company, now) -> Product:
    """A product with ten weeks of five finished items, read a moment ago."""
    product = make_product("Chart", owner=acme.pete)
    rows.worked(product, until=now.date(), finished=[5] * 10)
    rows.connect(product, at=now, by=acme.ada)
    return product


def page(visit, member: Membership, address: str) -> str:
    response = visit(member).get(address)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def row(html: str, name: str) -> str:
    return next(part for part in html.split("<tr>") if f">{name}</a>" in part)


def test_an_organization_without_products_learns_what_to_do_first(acme: Company, visit):
    html = page(visit, acme.pam, acme.path())
    assert "No product yet" in html
    assert acme.path("products/new/") in html
    assert acme.path("products/new/") not in page(visit, acme.eve, acme.path())


def test_the_home_leads_to_the_overview(acme: Company, visit):
    assert visit(acme.eve).get("/").headers["Location"] == "/acme/"


def test_a_product_shows_its_health_progress_throughput_and_age(acme: Company, visit, chart: Product):
    shown = row(page(visit, acme.eve, acme.path()), "Chart")
    assert "On track" in shown
    assert "50\u00a0%" in shown
    assert re.search(r"</svg> 5.0</a>", shown)
    assert "just now" in shown


def test_a_product_without_work_says_so_instead_of_showing_zeros(acme: Company, visit):
    make_product("Bare", owner=acme.pete)
    shown = row(page(visit, acme.eve, acme.path()), "Bare")
    assert "No data" in shown
    assert "no work is connected" in shown
    assert "no closed week yet" in shown
    assert "not connected" in shown


def test_stale_data_looks_stale(acme: Company, visit, now):
    product = make_product("Old", owner=acme.pete)
    rows.worked(product, until=now.date(), finished=[5] * 10)
    rows.connect(product, at=now - timedelta(days=3), by=acme.ada)
    html = page(visit, acme.eve, acme.path())
    assert "age-stale" in row(html, "Old")
    assert "Acme Jira: last synced 3\u00a0days ago." in html


def test_weeks_before_the_window_are_zeros_and_not_unknown(acme: Company, visit, now):
    product = make_product("Sleeper", owner=acme.pete)
    rows.worked(product, until=now.date(), finished=[5, 5] + [0] * 30)
    html = page(visit, acme.eve, acme.path())
    assert "Sleeper: nothing finished for 26 weeks, 10 items open." in html


def test_archived_and_retired_products_are_not_active(acme: Company, visit, chart: Product):
    make_product("Gone", owner=acme.pete, stage="retired")
    html = page(visit, acme.eve, acme.path())
    assert "Gone" not in html
    assert ">1 product</p>" in html


def test_what_needs_attention_leads_to_the_product(acme: Company, visit, chart: Product, now):
    Milestone.objects.create(product=chart, title="Beta", due_on=now.date() - timedelta(days=9))
    html = page(visit, acme.eve, acme.path())
    assert '<a class="opens" href="/acme/products/chart/">Chart: Beta was due 9 days ago.</a>' in html


def test_a_failing_connection_is_named_with_what_went_wrong(acme: Company, visit, chart: Product, now):
    link = rows.connect(make_product("Second", owner=acme.pete), at=now - timedelta(hours=2), by=acme.ada, name="Other")
    for hours in (1, 0):
        rows.ran(link, at=now - timedelta(hours=hours), state="failed", message="The key was refused.")
    assert "Other: the last 2 syncs failed (The key was refused)." in page(visit, acme.eve, acme.path())


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("", {"Chart", "Bare"}),
        ("?stage=growth", {"Chart"}),
        ("?health=no-data", {"Bare"}),
        ("?line=none", {"Chart", "Bare"}),
        ("?health=off-track", set()),
        ("?stage=nonsense", {"Chart", "Bare"}),
    ],
)
def test_the_address_narrows_the_table(acme: Company, visit, chart: Product, asked: str, listed: set[str]):
    make_product("Bare", owner=acme.pete, stage="idea")
    html = page(visit, acme.eve, acme.path(asked))
    assert {name for name in ("Chart", "Bare") if f">{name}</a>" in html} == listed


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Able", "Chart", "Zeta"]),
        ("-name", ["Zeta", "Chart", "Able"]),
        ("throughput", ["Zeta", "Chart", "Able"]),
        ("-throughput", ["Chart", "Zeta", "Able"]),
        ("stage", ["Able", "Zeta", "Chart"]),
        ("owner", ["Able", "Chart", "Zeta"]),
        ("progress", ["Chart", "Zeta", "Able"]),
        ("milestone", ["Zeta", "Able", "Chart"]),
        ("data", ["Chart", "Able", "Zeta"]),
    ],
)
def test_the_table_sorts_and_puts_what_is_unknown_last(acme: Company, visit, chart: Product, now, sort, order):
    make_product("Able", owner=acme.pete, stage="idea")
    zeta = make_product("Zeta", owner=None, stage="build")
    rows.worked(zeta, until=now.date(), finished=[1] * 10)
    Milestone.objects.create(product=zeta, title="Beta", due_on=now.date() + timedelta(days=9))
    html = page(visit, acme.eve, acme.path(f"?sort={sort}"))
    assert re.findall(r'class="row-link" href="[^"]*">(\w+)</a>', html) == order


def test_a_fragment_request_answers_with_the_table_alone(acme: Company, visit, chart: Product):
    response = visit(acme.eve).get(acme.path(), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "Chart" in response.content.decode()


def test_the_page_carries_its_charts_only_where_they_are_asked_for(acme: Company, visit, chart: Product):
    bare, whole = page(visit, acme.eve, acme.path()), page(visit, acme.eve, acme.path("?charts=shown&sort=name"))
    assert ("data-chart=" in bare, 'href="?charts=shown#charts"' in bare) == (False, True)
    assert (whole.count("data-chart="), "Show the charts" in whole, "<html" in whole) == (3, False, True)


def test_a_fragment_request_for_the_charts_answers_with_them_alone(acme: Company, visit, chart: Product):
    address = acme.path("?charts=shown")
    charts = visit(acme.eve).get(address, headers={"HX-Request": "true", "HX-Target": "charts"}).content.decode()
    assert (charts.count("data-chart="), "How the products stand" in charts, "<html" in charts) == (3, False, False)
    table = visit(acme.eve).get(address, headers={"HX-Request": "true", "HX-Target": "products"}).content.decode()
    assert (table.count("data-chart="), "How the products stand" in table) == (0, True)


def queries(visit, member: Membership, address: str) -> list[str]:
    client = visit(member)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


def furnish(acme: Company, now, *, products: int) -> None:
    for n in range(products):
        product = make_product(f"Product {n}", owner=acme.pete)
        rows.worked(product, until=now.date(), finished=[5] * 10)
        rows.connect(product, at=now, by=acme.ada, name=f"Jira {n}")
        Milestone.objects.create(product=product, title="Beta", due_on=now.date() + timedelta(days=9))


# Twelve here is ten in the house: a test's own transaction makes a savepoint of the request's, and takes its setting back.
@pytest.mark.parametrize("products", [1, 3])
def test_the_page_needs_the_same_few_queries_however_many_products(company: Company, visit, now, products: int):
    with organization_scope(company.organization.id):
        furnish(company, now, products=products)
    asked = queries(visit, company.eve, company.path())
    assert len(asked) == 12, "\n".join(asked)


def test_the_page_reads_rollups_and_never_items(company: Company, visit, now):
    with organization_scope(company.organization.id):
        furnish(company, now, products=2)
    tables = set(re.findall(r'"?(integrations_\w+)', " ".join(queries(visit, company.eve, company.path()))))
    assert {name for name in tables if not name.startswith("integrations_weeklyflow")} >= {"integrations_productwork"}
    assert tables & {"integrations_workitem", "integrations_transition", "integrations_rawobject"} == set()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("active_products", "Products that are neither archived nor retired."),
        ("throughput", "Weeks in which nothing was finished count as 0"),
        ("cycle_time", "Hyndman and Fan"),
        ("work_in_progress", "Items started and not finished."),
        ("products_at_risk", "at risk or off track"),
        ("data_age", "longest ago"),
    ],
)
def test_every_key_figure_opens(acme: Company, visit, chart: Product, key: str, words: str):
    assert f'href="/acme/numbers/{key}/"' in page(visit, acme.eve, acme.path())
    assert words in page(visit, acme.eve, acme.path(f"numbers/{key}/"))


@pytest.mark.parametrize("key", ["health", "progress", "throughput", "throughput_trend"])
def test_every_figure_of_a_product_opens(acme: Company, visit, chart: Product, key: str):
    assert "Source:" in page(visit, acme.eve, acme.path(f"products/chart/numbers/{key}/"))


@pytest.mark.parametrize(
    "address", ["numbers/nothing/", "products/chart/numbers/nothing/", "products/x/numbers/health/"]
)
def test_a_number_that_does_not_exist_is_not_found(acme: Company, visit, chart: Product, address: str):
    assert visit(acme.eve).get(acme.path(address)).status_code == 404


@pytest.mark.parametrize("address", ["", "numbers/throughput/", "products/spyglass/numbers/health/"])
def test_a_stranger_finds_nothing(mallory: Membership, acme: Company, visit, address: str):
    assert visit(acme.ada).get(f"/mallory/{address}").status_code == 404
    assert visit(mallory).get(acme.path(address)).status_code == 404
