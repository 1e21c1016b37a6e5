"""A real Chromium for tests marked `browser`: `page` is anonymous, `visit_as(member)` is signed in.

A test fails when the page logs an error, throws, or breaks the content security policy, whatever else it checks.
Where no Chromium is found these tests are skipped by name; with PORTOLAN_REQUIRE_BROWSER=1 they fail instead.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from portolan.accounts.models import Membership

WIDTHS = {"wide": 1440, "tablet": 768, "phone": 390}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# In milliseconds: two cores may be busy with the rest of the suite.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
# The browser reports every 4xx as an error; a refused form (422) is an answer like any other.
EXPECTED = ("status of 422",)


def executable(playwright: Playwright) -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).exists() else None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = executable(playwright)
        if path is None:
            reason = "No Chromium on this machine."
            pytest.fail(reason) if os.environ.get("PORTOLAN_REQUIRE_BROWSER") == "1" else pytest.skip(reason)
        # Playwright's loop runs in this thread; the ORM may be used beside it because nothing else runs meanwhile.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained about; a test that provokes a complaint takes it out of here."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def page(chromium: Browser, live_server, complaints: list[str]) -> Iterator[Page]:
    """An anonymous page, 1440 wide, in the light theme; addresses are relative to the live server."""
    viewport = {"width": WIDTHS["wide"], "height": 900}
    context = chromium.new_context(base_url=live_server.url, viewport=viewport, color_scheme="light")

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def visit_as(page: Page, visit, live_server) -> Callable[[Membership], Page]:
    """The page, signed in as a member of the cast."""

    def sign_in(member: Membership) -> Page:
        session = visit(member).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        return page

    return sign_in


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window: zero on every page at every width."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
