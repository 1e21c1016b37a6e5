"""The frame of the real pages: signing in, where the rail says we are, and the way out."""

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser


def test_ada_signs_in_looks_around_and_signs_out(page, company):
    page.goto(company.path("products/"))
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    rail = page.get_by_role("navigation", name="Main")
    expect(rail.get_by_role("link", name="All products")).to_have_attribute("aria-current", "page")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(rail.get_by_role("link", name="People")).to_have_attribute("aria-current", "page")
    page.set_viewport_size({"width": browser.WIDTHS["phone"], "height": 844})
    assert browser.overflow(page) == 0
    page.get_by_role("button", name="Open the menu").click()
    rail.locator(".menu-up > summary").click()
    rail.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
