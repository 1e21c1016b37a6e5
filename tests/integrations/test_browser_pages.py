"""Connecting a Jira and watching its first sync, by hand in a real browser, with a real worker and a Jira on a socket."""

import uuid

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import override_settings
from playwright.sync_api import expect

from portolan.config.celery import celery
from portolan.integrations import tasks
from portolan.integrations.domain import connections
from portolan.tenancy.scope import organization_scope
from tests import browser
from tests.cast import NOW, make_product
from tests.stand_ins import jira
from tests.stand_ins.jira import Fault

pytestmark = [pytest.mark.browser]


@pytest.fixture
def worker(monkeypatch):
    """A worker in a thread of this process, on a queue of its own: others of the suite share the same Redis."""
    queue = f"tests-{uuid.uuid4().hex}"
    for task in (tasks.answer_inquiry, tasks.sync_run):
        monkeypatch.setattr(task, "_exec_options", {**task._get_exec_options(), "queue": queue})
    return lambda: start_worker(
        celery, pool="solo", queues=[queue], perform_ping_check=False, shutdown_timeout=20, loglevel="ERROR"
    )


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_a_jira_is_connected_mapped_previewed_and_synced(transactional_db, company, visit_as, worker, width):
    with organization_scope(company.organization.id):
        make_product("Chart")
    page = visit_as(company.ada)
    page.set_viewport_size({"width": browser.WIDTHS[width], "height": 900})
    with override_settings(PRIVATE_ADDRESSES_ALLOWED=True), jira.running(issues=60) as stand_in, worker():
        page.goto("/acme/connections/")
        page.get_by_role("link", name="Connect Jira").click()
        page.get_by_label("Address of your Jira").fill(stand_in.base_url)
        page.get_by_label("E-mail of the account").fill("sync@example.com")
        page.get_by_role("button", name="Save and test connection").click()
        page.get_by_label("API token").fill("s3cr3t")
        page.get_by_role("button", name="Save and test connection").click()
        expect(page.get_by_text("It works.")).to_be_visible()
        assert browser.overflow(page) == 0

        page.get_by_role("link", name="Map projects").click()
        row = page.locator("#project-10000")
        row.get_by_label("Product").focus()
        row.get_by_label("Product").select_option("Chart")
        expect(row.get_by_label("Product")).to_be_focused()
        expect(page.locator("#live")).to_have_text("PROJ belongs to Chart.")
        assert browser.overflow(page) == 0
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("link", name="PROJ-1", exact=True)).to_be_visible()
        assert browser.overflow(page) == 0

        # Slow enough to be watched.
        stand_in.fail("/issue/bulkfetch", Fault(mode="slow", seconds=2, times=1))
        page.get_by_role("button", name="Start first sync").click()
        expect(page.locator("#progress progress")).to_be_visible()
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        expect(page.get_by_role("button", name="Sync now")).to_be_visible()
        expect(page.locator("#activity tbody tr")).to_have_count(1)
        expect(page.locator("#progress")).to_have_count(0)
        assert browser.overflow(page) == 0
        page.locator("#activity tbody a").click()
        expect(page.get_by_text("Nothing was skipped, and nothing had to wait.")).to_be_visible()
        assert browser.overflow(page) == 0


def test_the_question_before_disconnecting_keeps_the_data_unless_told_otherwise(company, visit_as, live_server):
    with organization_scope(company.organization.id):
        made = connections.connect(
            name="Harbour", base_url="https://harbour.atlassian.net", account_email="a@example.com", token="t",
            by=company.ada, at=NOW,
        )  # fmt: skip
    page = visit_as(company.ada)
    page.goto(f"/acme/connections/{made.pk}/access/")
    page.get_by_role("button", name="Disconnect").first.click()
    dialog = page.locator("#disconnect")
    expect(dialog.get_by_label("Keep it")).to_be_checked()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(page.locator("#toasts")).to_contain_text("Harbour is disconnected. What it brought stays.")
    expect(page.get_by_role("row", name="Harbour")).to_contain_text("Disconnected")
