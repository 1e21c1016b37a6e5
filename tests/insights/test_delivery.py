"""The Delivery tab, from rollup rows to the page; the tree below it from work items, a page at a time."""

import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portolan.accounts.models import Membership
from portolan.integrations.domain import rollups
from portolan.integrations.models import WeeklyFlow
from portolan.portfolio.models import Team
from portolan.tenancy.scope import organization_scope
from tests.cast import Company, make_product
from tests.insights import rows

TAB = "products/chart/delivery/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def chart(acme: Company, now):
    """A product of ten steady weeks with one initiative: a feature of three stories, one of them done."""
    product = make_product("Chart", owner=acme.pete)
    link = rows.connect(product, at=now - timedelta(days=70), by=acme.ada)
    rows.ran(link, at=now)
    rows.item(link, product, "AC-1", level="initiative", due_on=now.date() + timedelta(days=3))
    rows.item(link, product, "AC-2", level="feature", parent_external_id="AC-1")
    done = {"status_category": "done", "status_name": "Done", "points": 3}
    rows.item(link, product, "AC-3", parent_external_id="AC-2", started_at=now, finished_at=now, **done)
    rows.item(link, product, "AC-4", parent_external_id="AC-2", points=5)
    rows.item(link, product, "AC-5", parent_external_id="AC-2")
    for week in range(1, 11):
        then = now - timedelta(weeks=week)
        for n in range(2):
            rows.item(link, product, f"B-{week}-{n}", started_at=then, finished_at=then, **done)
    rollups.refresh(product_ids=[product.id])
    return product


def page(visit, member: Membership, address: str) -> str:
    response = visit(member).get(address)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_a_product_without_work_teaches_the_next_step(acme: Company, visit):
    make_product("Chart", owner=acme.pete)
    html = page(visit, acme.eve, acme.path(TAB))
    assert "No work leads here yet" in html
    assert "kpi-value" not in html


def test_an_initiative_shows_items_points_what_is_unestimated_and_stale(acme: Company, visit, chart):
    html = page(visit, acme.eve, acme.path(TAB))
    line = html[html.index("Initiative AC-1") :]
    assert "1/3 items" in line
    assert "3/8 points" in line
    assert "1 unestimated" in line
    assert "2 stale" in line


def test_what_stands_inside_an_initiative_is_not_listed_at_the_top(acme: Company, visit, chart):
    html = page(visit, acme.eve, acme.path(TAB))
    assert "Initiative AC-1" in html
    assert "Feature AC-2" not in html


def test_an_initiative_has_its_finish_against_its_due_date(acme: Company, visit, chart, now):
    html = page(visit, acme.eve, acme.path(TAB))
    found = re.search(r"P50 (\d+ \w+ \d{4}) · P85 (\d+ \w+ \d{4})", html)
    sure = timezone.localdate() + timedelta(weeks=1)
    assert found is not None
    assert found[2] == f"{sure.day} {sure:%b %Y}"
    assert "branch-finish late" in html


def test_the_tree_unfolds_down_to_the_issue_in_jira(acme: Company, visit, chart):
    top = page(visit, acme.eve, acme.path(TAB))
    below = re.search(r'hx-get="([^"]*/items/[^"]*/)"', top)[1]
    inside = visit(acme.eve).get(below, headers={"HX-Request": "true"}).content.decode()
    assert "Feature AC-2" in inside
    deeper = re.search(r'hx-get="([^"]*/items/[^"]*/)"', inside)[1]
    stories = page(visit, acme.eve, deeper)
    assert (
        '<a class="figures" href="https://acme.example/browse/AC-4" rel="noopener noreferrer" target="_blank"'
        in stories
    )
    assert "5 points" in stories
    assert "not estimated" in stories


def test_a_long_list_of_stories_comes_a_page_at_a_time(acme: Company, visit, chart):
    feature = chart.work_items.get(key="AC-2")
    for n in range(30):
        rows.item(feature.connection, chart, f"C-{n}", parent_external_id="AC-2")
    address = acme.path(f"{TAB}items/{feature.id}/")
    first = page(visit, acme.eve, address)
    assert first.count('class="row-line"') == 25
    assert "25 of 33 so far" in first
    assert page(visit, acme.eve, address + "?page=2").count('class="row-line"') == 8


def test_what_is_finished_is_listed_apart(acme: Company, visit, chart):
    chart.work_items.filter(key="AC-1").update(status_category="done")
    assert "1 finished" in page(visit, acme.eve, acme.path(TAB))
    assert "Initiative AC-1" not in page(visit, acme.eve, acme.path(TAB))
    assert "Initiative AC-1" in page(visit, acme.eve, acme.path(TAB + "finished/"))


def test_the_forecast_opens_with_runs_seed_and_error(acme: Company, visit, chart):
    initiative = chart.work_items.get(key="AC-1")
    html = page(visit, acme.eve, acme.path(f"{TAB}items/{initiative.id}/forecast/"))
    for words in ("Runs", "2,000", "Seed", "P85 by simulation error alone", "When the runs finish"):
        assert words in html


def test_a_forecast_that_cannot_be_made_says_why(acme: Company, visit, now):
    product = make_product("Chart", owner=acme.pete)
    link = rows.connect(product, at=now - timedelta(days=70), by=acme.ada)
    rows.item(link, product, "AC-1", level="initiative")
    rows.item(link, product, "AC-2", parent_external_id="AC-1")
    rollups.refresh(product_ids=[product.id])
    html = page(visit, acme.eve, acme.path(TAB))
    assert "nothing was finished in the last 10 weeks" in html
    assert "no forecast" in html


@pytest.mark.parametrize(
    ("asked", "weeks"), [("", 10), ("?weeks=13", 10), ("?weeks=157", 10), ("?weeks=7", 10), ("?weeks=x", 10)]
)
def test_the_window_is_one_of_four(acme: Company, visit, chart, asked: str, weeks: int):
    assert f"over {weeks} closed weeks" in page(visit, acme.eve, acme.path(TAB + asked))


def test_a_team_narrows_the_flow_and_not_the_forecast(acme: Company, visit, chart, now):
    team = Team.objects.create(name="Crew")
    chart.work_items.filter(key__startswith="B-1-").update(team=team)
    rollups.refresh(product_ids=[chart.id])
    every, crew = (page(visit, acme.eve, acme.path(TAB + asked)) for asked in ("", f"?team={team.id}"))
    assert ">2 items a week on average" in every
    assert ">0.2 items a week on average" in crew
    assert re.search(r"P50 [^<]*", every)[0] == re.search(r"P50 [^<]*", crew)[0]


def test_flow_efficiency_without_history_gives_its_reason(acme: Company, visit, chart):
    assert "no status history of finished items in this window" in page(visit, acme.eve, acme.path(TAB))


@pytest.mark.parametrize(
    "key",
    ["throughput", "cycle_time", "lead_time", "work_in_progress", "ageing_share", "flow_efficiency", "scope_change",
     "bug_ratio", "unestimated_share", "littles_law", "progress", "work_item_age"],
)  # fmt: skip
def test_every_number_opens(acme: Company, visit, chart, key: str):
    assert "Source:" in page(visit, acme.eve, acme.path(f"products/chart/numbers/{key}/?weeks=26"))


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_needs_the_same_queries_however_much_there_is(company: Company, visit, now, size: int):
    with organization_scope(company.organization.id):
        product = make_product("Chart", owner=company.pete)
        link = rows.connect(product, at=now - timedelta(days=70), by=company.ada)
        for n in range(size):
            rows.item(link, product, f"I-{n}", level="initiative")
            rows.item(link, product, f"S-{n}", parent_external_id=f"I-{n}")
            done = {"status_category": "done", "started_at": now, "finished_at": now - timedelta(weeks=n + 1)}
            rows.item(link, product, f"D-{n}", **done)
        rollups.refresh(product_ids=[product.id])
    client = visit(company.eve)
    client.get(company.path(TAB))
    with CaptureQueriesContext(database) as captured:
        client.get(company.path(TAB))
    assert len(captured) == 15, "\n".join(query["sql"] for query in captured)


def test_the_flow_is_read_from_rollups(acme: Company, visit, chart):
    with CaptureQueriesContext(database) as captured:
        page(visit, acme.eve, acme.path("products/chart/numbers/cycle_time/"))
    said = " ".join(query["sql"] for query in captured)
    assert WeeklyFlow._meta.db_table in said
    assert "integrations_workitem" not in said


@pytest.mark.parametrize("address", [TAB, TAB + "finished/"])
def test_a_stranger_finds_nothing(mallory: Membership, acme: Company, visit, chart, address: str):
    assert visit(mallory).get(acme.path(address)).status_code == 404
