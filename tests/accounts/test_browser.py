"""Asking somebody in, changing a role and making a token, by hand in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from portolan.accounts.models import Membership, Role
from portolan.tenancy.scope import organization_scope
from tests import browser
from tests.cast import Company

pytestmark = pytest.mark.browser


@pytest.fixture
def people(company: Company, visit_as) -> Page:
    page = visit_as(company.ada)
    page.goto("/acme/people/")
    return page


def test_somebody_is_asked_in_and_the_link_is_shown(people: Page) -> None:
    people.get_by_label("E-mail").fill("rita@example.com")
    people.get_by_role("button", name="Invite").click()
    expect(people.get_by_label("Hand this link to rita@example.com")).to_have_value(
        re.compile(r"/acme/join/[\w-]{43}/$")
    )
    expect(people.locator("#toasts [data-toast]")).to_contain_text("rita@example.com is invited.")
    people.get_by_role("button", name="Withdraw the invitation of rita@example.com").click()
    expect(people.locator("#people")).not_to_contain_text("rita@example.com")


def test_a_role_is_changed_where_it_stands(people: Page, company: Company) -> None:
    people.get_by_label("Role of eve@example.com").select_option("Contributor")
    expect(people.locator("#toasts [data-toast]")).to_contain_text("Eve is now contributor.")
    with organization_scope(company.organization.id):
        assert Membership.objects.get(pk=company.eve.pk).role == Role.CONTRIBUTOR


def test_a_token_is_made_and_revoked(people: Page) -> None:
    people.goto("/acme/tokens/")
    people.get_by_label("What is it for?").fill("Nightly export")
    people.get_by_role("button", name="Make it").click()
    expect(people.get_by_label("Copy the token")).to_have_value(re.compile(r"^ptl_"))
    people.get_by_role("button", name="Revoke Nightly export").click()
    people.locator("#confirm").get_by_role("button", name="Go ahead").click()
    expect(people.locator("#tokens")).to_contain_text("No token yet")


@pytest.mark.parametrize("address", ["people/", "tokens/", "settings/", "welcome/"])
def test_no_page_is_wider_than_its_window(company: Company, visit_as, address: str) -> None:
    page = visit_as(company.ada)
    for width in browser.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(company.path(address))
        assert (width, browser.overflow(page)) == (width, 0)
