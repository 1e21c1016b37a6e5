"""Who may open and change what: a stranger finds nothing, a colleague without the right is refused, a viewer reads."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lines, milestones, teams
from portolan.portfolio.models import FactChange, Milestone, Portfolio, Product, ProductLine, StageChange, Team
from tests.cast import Company

type Visit = Callable[[Membership], Client]


@pytest.fixture
def addresses(chart: Product) -> dict[str, str]:
    """Every address of the room, with something behind it."""
    milestone = milestones.add(chart, title="Launch", due_on=date(2026, 12, 1))
    portfolio = Portfolio.objects.get()
    line, team = lines.add(name="Instruments", portfolio=portfolio), teams.add(name="Foredeck")
    product = f"products/{chart.slug}/"
    return {
        "list": "products/",
        "csv": "products.csv",
        "new": "products/new/",
        "product": product,
        "stage": f"{product}stage/",
        "archival": f"{product}archival/",
        "fact": f"{product}fields/role/",
        "milestones": f"{product}milestones/",
        "milestone": f"{product}milestones/{milestone.id}/",
        "reached": f"{product}milestones/{milestone.id}/reached/",
        "lines": "lines/",
        "line": f"lines/{line.id}/",
        "portfolios": "portfolios/",
        "portfolio": f"portfolios/{portfolio.id}/",
        "teams": "teams/",
        "team": f"teams/{team.id}/",
    }


READ = ("list", "csv", "product", "fact", "lines", "teams")
WRITE = (
    ("post", "new"), ("post", "stage"), ("post", "archival"), ("delete", "archival"), ("post", "fact"),
    ("post", "milestones"), ("post", "milestone"), ("delete", "milestone"), ("post", "reached"), ("delete", "reached"),
    ("post", "lines"), ("post", "line"), ("delete", "line"), ("post", "portfolios"), ("post", "portfolio"),
    ("delete", "portfolio"), ("post", "teams"), ("post", "team"), ("delete", "team"),
)  # fmt: skip
FORMS = ("new", "milestone", "line", "portfolio", "team")
# What a product manager may do to a product of one's own.
OWN = {("post", "stage"), ("post", "fact"), ("post", "milestones"), ("post", "milestone"), ("delete", "milestone"),
       ("post", "reached"), ("delete", "reached")}  # fmt: skip


def rows() -> list[object]:
    models = (Product, ProductLine, Portfolio, Team, Milestone, StageChange, FactChange)
    return [list(model.objects.order_by("id").values()) for model in models]


def test_a_stranger_finds_nothing(mallory: Membership, acme: Company, addresses: dict[str, str], visit: Visit) -> None:
    before, client = rows(), visit(mallory)
    for address in addresses.values():
        for method in ("get", "post", "delete"):
            assert getattr(client, method)(acme.path(address)).status_code == 404, (method, address)
    assert rows() == before


def test_nobody_signed_in_is_asked_to_sign_in(acme: Company, addresses: dict[str, str], client: Client) -> None:
    for address in addresses.values():
        assert client.get(acme.path(address)).status_code == 302


def test_a_viewer_reads_everything_and_changes_nothing(
    acme: Company, vera: Membership, addresses: dict[str, str], visit: Visit
) -> None:
    before, client = rows(), visit(vera)
    for key in READ:
        assert client.get(acme.path(addresses[key])).status_code == 200, key
    for key in FORMS:
        assert client.get(acme.path(addresses[key])).status_code == 403, key
    assert client.get(acme.path(addresses["fact"]) + "?edit=1").status_code == 403
    for method, key in WRITE:
        assert getattr(client, method)(acme.path(addresses[key])).status_code == 403, (method, key)
    assert rows() == before


def test_a_viewer_is_offered_nothing_to_change(
    acme: Company, vera: Membership, addresses: dict[str, str], visit: Visit
) -> None:
    client = visit(vera)
    for key in ("list", "product", "lines", "teams"):
        page = client.get(acme.path(addresses[key])).content.decode()
        content = page[page.index('<main class="content"') : page.index("</main>")]
        for offer in ("hx-post", "hx-delete", 'method="post"', "edit=1", "in-place", "products/new"):
            assert offer not in content, (key, offer)


def test_a_product_manager_changes_the_own_product(acme: Company, addresses: dict[str, str], visit: Visit) -> None:
    client = visit(acme.pete)
    for method, key in WRITE:
        status = getattr(client, method)(acme.path(addresses[key])).status_code
        assert (status == 403) == ((method, key) not in OWN), (method, key, status)


def test_a_product_manager_does_not_change_a_colleagues_product(
    acme: Company, other_manager: Membership, addresses: dict[str, str], visit: Visit
) -> None:
    before, client = rows(), visit(other_manager)
    for method, key in WRITE:
        assert getattr(client, method)(acme.path(addresses[key])).status_code == 403, (method, key)
    assert rows() == before


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_method_that_means_nothing_is_refused(
    acme: Company, addresses: dict[str, str], visit: Visit, method: str
) -> None:
    client = visit(acme.ada)
    for address in addresses.values():
        assert getattr(client, method)(acme.path(address)).status_code == 405, address
