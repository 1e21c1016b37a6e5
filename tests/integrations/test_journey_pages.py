"""From "Connect Jira" to the outcome of the first sync, by the pages and the tasks that they enqueue, against a Jira on a
real socket."""

import pytest
from celery import current_app
from django.test import override_settings

from portolan.integrations.models import Connection, WorkItem
from portolan.tenancy.scope import organization_scope
from tests.cast import make_product
from tests.stand_ins import jira
from tests.stand_ins.jira import Fault

HTMX = {"HX-Request": "true"}
TOKEN = "s3cr3t-t0ken"


@pytest.fixture
def stand_in():
    with override_settings(PRIVATE_ADDRESSES_ALLOWED=True), jira.running(issues=60) as found:
        yield found


@pytest.fixture
def does(company, visit, django_capture_on_commit_callbacks):
    """Posts as ada and lets the worker do, with its own headers, what the page enqueued."""
    current_app.conf.task_always_eager = True
    client = visit(company.ada)

    def post(rest, **data):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(company.path(rest), data)

    post.page = lambda rest: client.get(company.path(rest)).content.decode()
    yield post
    current_app.conf.task_always_eager = False


def given(stand_in, **other):
    return {
        "base_url": stand_in.base_url, "account_email": "sync@example.com", "token": TOKEN, "name": "Harbour", **other
    }  # fmt: skip


def connect(company, does, stand_in):
    does("connections/new/", **given(stand_in))
    with organization_scope(company.organization.pk):
        return f"connections/{Connection.objects.get().pk}/"


def test_connect_test_map_preview_sync_and_read_the_outcome(company, does, stand_in):
    with organization_scope(company.organization.pk):
        chart = make_product("Chart")
    one = connect(company, does, stand_in)

    told = does.page(f"{one}access/")
    assert "It works." in told
    assert stand_in.world.site.title in told
    assert "about 60" in told

    assert "What shall we read?" in does.page(one)
    does(f"{one}mapping/projects/10000/", product=chart.pk)
    does(f"{one}mapping/preview/")
    told = does.page(f"{one}mapping/preview/")
    mine = [issue for issue in stand_in.world.issues.values() if issue.project_id == "10000"]
    assert f'<td data-label="Items" class="number">{len(mine)}</td>' in told
    assert f"about {60 - len(mine)} that we can see belong to no product" in told
    assert told.count(f"{stand_in.base_url}/browse/PROJ-") == 3
    with organization_scope(company.organization.pk):
        assert not WorkItem.objects.exists()
    assert "The boards estimate with this field." in does.page(f"{one}mapping/")

    does(f"{one}runs/", mode="incremental")
    told = does.page(one)
    assert f"{len(mine)} new" in told
    assert "Sync now" in told
    assert "every 1s" not in told
    with organization_scope(company.organization.pk):
        assert WorkItem.objects.filter(product=chart).count() == len(mine)


def test_a_refused_token_is_said_and_another_one_mends_it(company, does, stand_in):
    stand_in.fail("/myself", Fault(status=401, times=1))
    one = connect(company, does, stand_in)
    assert "The test failed" in does.page(f"{one}access/")
    with organization_scope(company.organization.pk):
        assert Connection.objects.get().status == "broken"
    does(f"{one}access/", name="Harbour", account_email="sync@example.com", token="another")
    assert "It works." in does.page(f"{one}access/")
    with organization_scope(company.organization.pk):
        assert Connection.objects.get().status == "active"


def test_a_pause_that_jira_asks_for_is_shown_with_its_reason(company, does, stand_in):
    with organization_scope(company.organization.pk):
        chart = make_product("Chart")
    one = connect(company, does, stand_in)
    does(f"{one}mapping/projects/10000/", product=chart.pk)
    stand_in.fail("/search/jql", Fault(status=429, headers={"Retry-After": "7200"}, times=99))
    does(f"{one}runs/", mode="incremental")
    told = does.page(one)
    assert "Waiting until" in told
    assert "Quiet until" in told


def test_components_are_asked_of_jira(company, does, stand_in):
    one = connect(company, does, stand_in)
    does(f"{one}mapping/components/", project="10000")
    told = does.page(f"{one}mapping/new/?project=10000")
    for name in stand_in.world.site.projects["10000"].components:
        assert f'value="{name}"' in told


def test_removing_the_data_leaves_the_products(company, does, stand_in):
    with organization_scope(company.organization.pk):
        chart = make_product("Chart")
    one = connect(company, does, stand_in)
    does(f"{one}mapping/projects/10000/", product=chart.pk)
    does(f"{one}runs/", mode="incremental")
    does(f"{one}disconnection/", data="remove")
    with organization_scope(company.organization.pk):
        assert (Connection.objects.count(), WorkItem.objects.count()) == (0, 0)
        chart.refresh_from_db()
