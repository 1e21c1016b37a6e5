"""Products over the API: the same rules as on the pages, said as problem documents."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from portolan.accounts.models import Membership, Organization
from portolan.portfolio.domain import catalogue, facts, lines, milestones, teams
from portolan.portfolio.models import Milestone, Portfolio, Product, ProductLine, StageChange, Team
from portolan.tenancy.scope import organization_scope
from tests.api.test_problems import assert_problem
from tests.cast import NOW, Company, make_product

type Caller = Callable[[Membership], Client]
JSON = "application/json"


@pytest.fixture
def chart(acme: Company) -> Product:
    return make_product("Chart", owner=acme.pete, role="star", tags=["maps"])


def post(client: Client, address: str, **body: object) -> object:
    return client.post(f"/api/v1/{address}/", body, content_type=JSON)


def patch(client: Client, address: str, **body: object) -> object:
    return client.patch(f"/api/v1/{address}/", body, content_type=JSON)


def errors(response: object, status: int) -> dict[str, str]:
    return {error["pointer"]: error["detail"] for error in assert_problem(response, status)["errors"]}


def rows(client: Client, address: str) -> list[dict[str, object]]:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_product_is_made_read_and_changed(acme: Company, call: Caller) -> None:
    client = call(acme.pam)
    portfolio = Portfolio.objects.get()
    made = post(
        client, "products", name="Chart", portfolio=str(portfolio.id), stage="build", why="Approved.", tags=["a"]
    )
    assert made.status_code == 201
    body = made.json()
    assert {key: body[key] for key in ("slug", "stage", "tags", "version", "is_archived", "owner")} == {
        "slug": "chart", "stage": "build", "tags": ["a"], "version": 1, "is_archived": False, "owner": None,
    }  # fmt: skip
    assert StageChange.objects.get().why == "Approved."
    changed = patch(client, f"products/{body['id']}", role="dog", owner=str(acme.pete.id))
    assert changed.status_code == 200
    assert (changed.json()["role"], changed.json()["version"]) == ("dog", 3)
    assert client.get(f"/api/v1/products/{body['id']}/").json() == changed.json()


def test_a_line_brings_its_portfolio_along(acme: Company, call: Caller) -> None:
    labs = lines.add_portfolio(name="Labs")
    line = lines.add(name="Probes", portfolio=labs)
    first = Portfolio.objects.earliest("id")
    made = post(call(acme.pam), "products", name="Probe", portfolio=str(first.id), line=str(line.id))
    assert made.json()["portfolio"] == str(labs.id)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"name": ""}, {"/name"}),
        ({"portfolio": None}, {"/portfolio"}),
        ({"stage": "zenith"}, {"/stage"}),
        ({"tags": ["x" * 41]}, {"/tags/0"}),
        ({"tags": "x"}, {"/tags"}),
        ({"owner": "01a1fe04-6c4c-7b1f-9c5b-95a5b2b2a1ce"}, {"/owner"}),
        ({"owner": 7, "horizon": 9}, {"/owner", "/horizon"}),
        ({"starts_on": "2026-01-02", "retires_on": "2026-01-01"}, {"/retires_on"}),
        ({"name": "x" * 121, "thesis": "x" * 4001}, {"/name", "/thesis"}),
    ],
)
def test_a_wrong_body_gets_a_sentence_at_its_place(
    acme: Company, call: Caller, body: dict[str, object], pointers: set[str]
) -> None:
    given = {"name": "Chart", "portfolio": str(Portfolio.objects.get().id), **body}
    assert set(errors(post(call(acme.pam), "products", **given), 400)) == pointers
    assert Product.objects.count() == 0


def test_a_version_that_is_old_is_a_conflict(acme: Company, chart: Product, call: Caller) -> None:
    facts.change(chart, to={"role": "dog"}, by=acme.ada, at=NOW)
    client = call(acme.pam)
    refused = patch(client, f"products/{chart.id}", role="cash_cow", version=1)
    assert errors(refused, 409) == {"/role": "Ada changed this to “Dog” meanwhile. Save again to replace it."}
    assert patch(client, f"products/{chart.id}", horizon=2, version=1).status_code == 200
    assert patch(client, f"products/{chart.id}", role="cash_cow", version=3).status_code == 200


def test_what_a_patch_may_not_touch_stays(acme: Company, chart: Product, call: Caller) -> None:
    body = {"slug": "x", "stage": "retired", "is_archived": True, "created_at": "2020-01-01T00:00:00Z", "hue": 7}
    assert patch(call(acme.pam), f"products/{chart.id}", **body).status_code == 200
    assert Product.objects.values("slug", "stage", "hue").get() == {"slug": "chart", "stage": "growth", "hue": 1}


def test_products_are_not_deleted(acme: Company, chart: Product, call: Caller) -> None:
    assert_problem(call(acme.ada).delete(f"/api/v1/products/{chart.id}/"), 405)


def test_the_filters_of_the_page_are_those_of_the_api(acme: Company, chart: Product, call: Caller) -> None:
    catalogue.archive(make_product("Old"), by=acme.pam, at=NOW)
    make_product("Buoy", stage="idea")
    client = call(acme.eve)
    assert [row["name"] for row in rows(client, "products/")] == ["Buoy", "Chart"]
    assert [row["name"] for row in rows(client, "products/?stage=growth&tag=maps")] == ["Chart"]
    assert [(row["name"], row["is_archived"]) for row in rows(client, "products/?archived=only")] == [("Old", True)]
    assert errors(client.get("/api/v1/products/?stage=zenith"), 400).keys() == {"/stage"}
    old = Product.objects.get(name="Old")
    assert client.get(f"/api/v1/products/{old.id}/").json()["is_archived"] is True


@pytest.mark.parametrize(
    "address", ["products", "lines", "portfolios", "teams", "milestones", "stage-changes", "archivals"]
)
def test_a_list_costs_the_same_with_one_row_and_with_three(
    acme: Company, call: Caller, address: str, django_assert_num_queries: Callable[[int], object]
) -> None:
    def add(name: str) -> None:
        line = lines.add(name=name, portfolio=lines.add_portfolio(name=name))
        product = make_product(name, owner=acme.pete, line=line, team=teams.add(name=name))
        milestones.add(product, title="Launch", due_on=date(2026, 12, 1))
        catalogue.archive(product, by=acme.pam, at=NOW)
        catalogue.restore(product, by=acme.pam, at=NOW)

    client = call(acme.eve)
    rows(client, f"{address}/")
    counts = []
    for name in ("One", "Two", "Three"):
        add(name)
        # A savepoint and its release, the token with its member, and the rows.
        with django_assert_num_queries(4):
            counts.append(len(rows(client, f"{address}/")))
    assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


def test_moving_a_product_is_a_stage_change(acme: Company, chart: Product, call: Caller) -> None:
    client = call(acme.pete)
    assert errors(post(client, "stage-changes", product=str(chart.id), stage="retired"), 400) == {
        "/why": "Say why Chart moves to Retired: whoever looks back will ask."
    }
    made = post(client, "stage-changes", product=str(chart.id), stage="retired", why="Nobody renewed.")
    assert (made.status_code, made.json()["by"], made.json()["why"]) == (201, str(acme.pete.id), "Nobody renewed.")
    assert [row["stage"] for row in rows(client, f"stage-changes/?product={chart.id}")] == ["retired", "growth"]


def test_the_archive_is_a_resource(acme: Company, chart: Product, call: Caller) -> None:
    client = call(acme.pam)
    made = post(client, "archivals", product=str(chart.id), why="Merged.")
    assert made.status_code == 201
    refused = patch(client, f"products/{chart.id}", role="dog")
    assert errors(refused, 400) == {"": "Chart is archived. Restore it before you change it."}
    assert client.delete(f"/api/v1/archivals/{made.json()['id']}/?why=Asked+for.").status_code == 204
    kept = client.get(f"/api/v1/archivals/{made.json()['id']}/").json()
    assert (kept["why"], kept["restored_why"], kept["restored_by"]) == ("Merged.", "Asked for.", str(acme.pam.id))
    assert patch(client, f"products/{chart.id}", role="dog").status_code == 200


def test_milestones_are_made_reached_and_removed(acme: Company, chart: Product, call: Caller) -> None:
    client = call(acme.pete)
    other = make_product("Other", owner=acme.pete)
    made = post(client, "milestones", product=str(chart.id), title="Launch", due_on="2026-12-01").json()
    address = f"milestones/{made['id']}"
    reached = patch(client, address, reached_on="2026-01-05", title="Launched", product=str(other.id)).json()
    assert (reached["reached_on"], reached["title"], reached["product"]) == ("2026-01-05", "Launched", str(chart.id))
    assert patch(client, address, title="Still launched").json()["reached_on"] == "2026-01-05"
    assert patch(client, address, reached_on=None).json()["reached_on"] is None
    assert errors(patch(client, address, reached_on="2999-01-01"), 400).keys() == {"/reached_on"}
    # One of both is another day than UTC's, whatever the hour.
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        Organization.objects.filter(pk=acme.organization.pk).update(time_zone=zone)
        today = timezone.localdate(timezone=ZoneInfo(zone))
        assert errors(patch(client, address, reached_on=str(today + timedelta(days=1))), 400).keys() == {"/reached_on"}
        assert patch(client, address, reached_on=str(today)).json()["reached_on"] == str(today)
        assert patch(client, address, reached_on=None).status_code == 200
    assert client.delete(f"/api/v1/{address}/").status_code == 204
    assert Milestone.objects.count() == 0


def test_lines_portfolios_and_teams(acme: Company, call: Caller) -> None:
    client, main = call(acme.pam), Portfolio.objects.get()
    labs = post(client, "portfolios", name="Labs").json()
    above = post(client, "lines", name="Instruments", portfolio=str(main.id)).json()
    below = post(client, "lines", name="Compasses", portfolio=labs["id"], parent=above["id"]).json()
    assert below["portfolio"] == str(main.id)
    assert errors(patch(client, f"lines/{above['id']}", parent=below["id"]), 400) == {
        "/parent": "Instruments cannot move below itself: Instruments › Compasses."
    }
    moved = patch(client, f"lines/{below['id']}", portfolio=labs["id"], name="Needles").json()
    assert (moved["portfolio"], moved["parent"], moved["name"]) == (labs["id"], None, "Needles")
    assert_problem(client.delete(f"/api/v1/portfolios/{labs['id']}/"), 400)
    for address in (f"lines/{below['id']}", f"portfolios/{labs['id']}", f"lines/{above['id']}"):
        assert client.delete(f"/api/v1/{address}/").status_code == 204
    team = post(client, "teams", name="Foredeck").json()
    assert patch(client, f"teams/{team['id']}", name="Bridge").json()["name"] == "Bridge"
    assert errors(post(client, "teams", name="Bridge"), 400) == {"/name": "Another team has this name."}
    assert client.delete(f"/api/v1/teams/{team['id']}/").status_code == 204
    assert (ProductLine.objects.count(), Team.objects.count(), Portfolio.objects.count()) == (0, 0, 1)


def test_a_reader_reads_and_an_owner_changes_the_own(acme: Company, chart: Product, call: Caller) -> None:
    theirs, team = make_product("Theirs", owner=acme.pam), teams.add(name="Foredeck")
    reader, manager = call(acme.eve), call(acme.pete)
    assert len(rows(reader, "products/")) == 2
    for client, product in ((reader, chart), (manager, theirs)):
        identity = str(product.id)
        for response in (
            patch(client, f"products/{identity}", role="dog"),
            post(client, "stage-changes", product=identity, stage="mature"),
            post(client, "milestones", product=identity, title="X", due_on="2026-12-01"),
            post(client, "archivals", product=identity, why="X"),
            post(client, "products", name="X", portfolio=str(product.portfolio_id)),
            post(client, "lines", name="X", portfolio=str(product.portfolio_id)),
            post(client, "teams", name="X"),
            client.delete(f"/api/v1/teams/{team.id}/"),
        ):
            assert_problem(response, 403)
    assert patch(manager, f"products/{chart.id}", role="dog").status_code == 200
    assert set(Product.objects.values_list("name", "role")) == {("Chart", "dog"), ("Theirs", "")}


def test_rows_of_another_organization_do_not_exist(mallory: Membership, company: Company, call: Caller) -> None:
    with organization_scope(mallory.organization_id):
        spyglass = Product.objects.get()
    client = call(company.ada)
    assert_problem(client.get(f"/api/v1/products/{spyglass.id}/"), 404)
    assert_problem(patch(client, f"products/{spyglass.id}", role="dog"), 404)
    assert errors(post(client, "stage-changes", product=str(spyglass.id), stage="idea"), 400).keys() == {"/product"}
