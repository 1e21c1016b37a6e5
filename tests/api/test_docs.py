"""The page on which the API is read and tried, in a real browser under the site's own content security policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from portolan.accounts.domain import api_tokens
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, Company

pytestmark = pytest.mark.browser


def test_the_api_is_tried_from_its_own_page(page: Page, company: Company) -> None:
    with organization_scope(company.organization.id):
        _, token = api_tokens.issue(member=company.ada, name="Test", at=NOW)
    page.goto("/api/v1/docs/")
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="get /api/v1/organization/", exact=False).first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".responses-table.live-responses-table")).to_contain_text(re.compile('"slug": "acme"'))
