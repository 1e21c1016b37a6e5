"""The look in a real browser: every component at three widths, in light and dark, and what moves when it is touched."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import browser

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.ui.gallery")]


@pytest.fixture
def gallery(page: Page) -> Page:
    page.goto("/gallery/")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_fits_every_width(page, theme):
    page.emulate_media(color_scheme=theme)
    page.goto("/gallery/")
    for name, width in browser.WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        for plot in page.locator("[data-chart]").all():
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("data-drawn", "")
        assert (name, browser.overflow(page)) == (name, 0)


def test_plotly_injects_no_style_and_offers_no_upload(gallery):
    plot = gallery.locator("[data-chart]").first
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-drawn", "")
    assert gallery.locator("style").count() == 0
    assert gallery.locator(".modebar-btn").count() == 0


def test_a_chart_takes_the_colours_of_the_theme(gallery):
    line = gallery.locator("#lines .js-line").first
    gallery.locator("#lines").scroll_into_view_if_needed()
    expect(line).to_have_css("stroke", "rgb(22, 82, 182)")
    gallery.locator(".menu-up > summary").click()
    gallery.get_by_role("button", name="Dark theme").click()
    expect(gallery.locator("#lines .js-line").first).to_have_css("stroke", "rgb(199, 215, 250)")


def test_the_chosen_theme_is_written_by_the_server_on_the_next_page(gallery):
    gallery.locator(".menu-up > summary").click()
    gallery.get_by_role("button", name="Dark theme").click()
    answer = gallery.request.get("/gallery/")
    assert '<html lang="en" data-bs-theme="dark">' in answer.text()
    gallery.get_by_role("button", name="Theme as the system").click()
    assert '<html lang="en">' in gallery.request.get("/gallery/").text()


def test_a_number_opens_its_explanation_and_escape_closes_it(gallery):
    gallery.get_by_role("link", name=re.compile("^Annual recurring revenue")).click()
    drawer = gallery.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer.get_by_role("heading")).to_have_text("Annual recurring revenue")
    gallery.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_value_is_saved_when_the_field_is_left_and_the_change_offers_undo(gallery):
    gallery.get_by_role("button", name="Edit Investment thesis").click()
    field = gallery.get_by_label("Investment thesis", exact=True).first
    expect(field).to_be_focused()
    field.fill("Sell the pilot data")
    field.press("Tab")
    expect(gallery.get_by_role("button", name="Edit Investment thesis: Sell the pilot data")).to_be_visible()
    expect(gallery.locator("#toasts [data-toast]")).to_contain_text("Thesis saved")
    expect(gallery.locator("#toasts [data-undo]")).to_be_visible()


def test_a_refused_value_stays_with_its_sentence_at_the_field(gallery):
    gallery.get_by_role("button", name="Edit Investment thesis").click()
    field = gallery.get_by_label("Investment thesis", exact=True).first
    field.fill(" ")
    field.press("Enter")
    refused = gallery.locator(".in-place-form input[aria-invalid=true]")
    expect(refused).to_have_value(" ")
    expect(refused).to_have_accessible_description("This field is required.")


def test_a_failure_of_the_server_is_said_and_changes_nothing(gallery, complaints):
    gallery.route("**/gallery/thesis/**", lambda route: route.abort())
    gallery.get_by_role("button", name="Edit Investment thesis").click()
    expect(gallery.locator("#toasts [data-toast]")).to_contain_text("cannot be reached")
    assert any("ERR_FAILED" in complaint for complaint in complaints)
    complaints.clear()


def test_a_question_is_asked_before_and_cancel_sends_nothing(gallery):
    sent = []
    gallery.on("request", lambda request: sent.append(request.method) if "thesis" in request.url else None)
    gallery.get_by_role("button", name="Forget the thesis").click()
    expect(gallery.locator("#confirm")).to_contain_text("Forget it?")
    gallery.get_by_role("button", name="Cancel", exact=True).last.click()
    expect(gallery.locator("#confirm")).to_be_hidden()
    assert sent == []
    gallery.get_by_role("button", name="Forget the thesis").click()
    with gallery.expect_request("**/gallery/thesis/"):
        gallery.get_by_role("button", name="Go ahead").click()


def test_the_rail_opens_as_a_drawer_on_a_phone_and_escape_closes_it(gallery):
    gallery.set_viewport_size({"width": 390, "height": 844})
    rail = gallery.locator("#rail")
    expect(rail).to_be_hidden()
    gallery.get_by_role("button", name="Open the menu").click()
    expect(rail).to_be_visible()
    gallery.keyboard.press("Escape")
    expect(rail).to_be_hidden()


def test_a_question_mark_shows_the_keys_that_exist(gallery):
    gallery.keyboard.press("?")
    keys = gallery.locator("#keys")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Go to All products")


def test_the_skip_link_is_the_first_stop_of_the_keyboard(gallery):
    gallery.keyboard.press("Tab")
    expect(gallery.get_by_role("link", name="Skip to the content")).to_be_focused()
