"""The same numbers over the API."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portolan.accounts.domain import api_tokens
from portolan.accounts.models import Membership
from portolan.integrations.domain import rollups
from portolan.tenancy.scope import organization_scope
from tests.cast import Company, make_product
from tests.insights import rows


def caller(member: Membership) -> Client:
    with organization_scope(member.organization_id):
        _, key = api_tokens.issue(member=member, name="Report", at=timezone.now())
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def chart(company: Company):
    now = timezone.now()
    with organization_scope(company.organization.id):
        product = make_product("Chart", owner=company.pete)
        link = rows.connect(product, at=now - timedelta(days=70), by=company.ada)
        rows.ran(link, at=now)
        rows.item(link, product, "AC-1", level="initiative")
        rows.item(link, product, "AC-2", parent_external_id="AC-1")
        for week in range(1, 11):
            then = now - timedelta(weeks=week)
            rows.item(link, product, f"B-{week}", status_category="done", started_at=then, finished_at=then)
        rollups.refresh(product_ids=[product.id])
    return product


def test_the_overview_says_how_every_product_stands(company: Company, chart):
    facts = caller(company.eve).get("/api/v1/overview/").json()
    product = facts["products"][0]
    assert (product["slug"], product["health"], product["finished"][-10:]) == ("chart", "on track", [1] * 10)
    assert product["progress"]["value"] == pytest.approx(10 / 11)
    assert {one["key"] for one in facts["headlines"]} >= {"throughput", "cycle_time", "work_in_progress"}


def test_a_product_tells_its_weeks_measures_and_finishes(company: Company, chart):
    facts = caller(company.eve).get(f"/api/v1/products/{chart.id}/delivery/?weeks=13").json()
    measures = {one["key"]: one for one in facts["measures"]}
    assert measures["throughput"]["value"] == 1
    assert measures["flow_efficiency"]["value"] is None
    assert measures["flow_efficiency"]["reason"] == "no status history of finished items in this window"
    assert [week["finished"] for week in facts["weeks"]] == [1] * 10 + [0]
    assert [(one["key"], one["seed"], one["runs"], one["reason"]) for one in facts["finishes"]] == [
        ("AC-1", 1, 2000, "")
    ]
    assert facts["finishes"][0]["p85"] == (timezone.now().date() + timedelta(weeks=1)).isoformat()


def test_another_window_is_refused_with_the_ones_there_are(company: Company, chart):
    answer = caller(company.eve).get(f"/api/v1/products/{chart.id}/delivery/?weeks=7")
    assert answer.status_code == 400
    assert "weeks" in answer.content.decode()


def test_a_stranger_and_a_nobody_read_nothing(company: Company, mallory: Membership, chart):
    address = f"/api/v1/products/{chart.id}/delivery/"
    assert caller(mallory).get(address).status_code == 404
    assert Client().get(address).status_code == 401
    assert Client().get("/api/v1/overview/").status_code == 401
    assert "chart" not in caller(mallory).get("/api/v1/overview/").content.decode()
