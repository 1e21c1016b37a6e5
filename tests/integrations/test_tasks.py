"""The doorways into the worker, walked as the worker walks them."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone

from portolan.accounts.domain import organizations
from portolan.accounts.models import Organization
from portolan.demo.sandbox_jira import answers
from portolan.insights.domain import periods
from portolan.integrations import tasks
from portolan.integrations.domain import connections, inquiries, mappings, rollups, runs, schedule
from portolan.integrations.models import Connection, Cursor, Inquiry, SyncRun, WeeklyFlow, WorkItem
from portolan.integrations.signals import work_synced
from portolan.tenancy.tasks import HEADER
from tests.cast import NOW
from tests.integrations import stage
from tests.stand_ins.jira import Fault


def perform(task, harbour, **kwargs):
    return task.apply(kwargs=kwargs, headers={HEADER: str(harbour.organization_id)}, throw=True)


def asked(harbour, topic, **question):
    with harbour.scope():
        inquiry = inquiries.ask(
            harbour.connection, topic=topic, question=question, by=harbour.company.ada, at=timezone.now()
        )
    perform(tasks.answer_inquiry, harbour, inquiry_id=str(inquiry.pk))
    with harbour.scope():
        inquiry.refresh_from_db()
    return inquiry


def test_the_task_carries_the_run_and_tells_the_rooms_above(harbour):
    heard = []

    def listen(sender, connection, product_ids, **kwargs):
        heard.append((connection.pk, product_ids))

    work_synced.connect(listen)
    try:
        run = harbour.request()
        perform(tasks.sync_run, harbour, run_id=str(run.pk))
        perform(tasks.sync_run, harbour, run_id=str(run.pk))
    finally:
        work_synced.disconnect(listen)
    with harbour.scope():
        run.refresh_from_db()
    assert run.state == "succeeded"
    assert heard == [(harbour.connection.pk, frozenset({harbour.proj.pk, harbour.ops.pk}))]


def test_an_error_of_our_own_ends_the_run_and_is_raised(harbour, monkeypatch):
    def broken(**kwargs):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(rollups, "refresh", broken)
    run = harbour.request()
    with pytest.raises(ZeroDivisionError):
        perform(tasks.sync_run, harbour, run_id=str(run.pk))
    with harbour.scope():
        run.refresh_from_db()
        assert run.state == "failed"
        assert "on our side" in run.message
        assert "ZeroDivision" not in run.message
        assert not WeeklyFlow.objects.exists()
    monkeypatch.undo()
    with harbour.scope():
        runs.resume(run)
    perform(tasks.sync_run, harbour, run_id=str(run.pk))
    with harbour.scope():
        run.refresh_from_db()
        assert (run.state, WeeklyFlow.objects.exists()) == ("succeeded", True)


def test_what_a_broken_run_did_not_add_up_the_next_one_does(harbour, monkeypatch):
    def broken(**kwargs):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(rollups, "refresh", broken)
    with pytest.raises(ZeroDivisionError):
        perform(tasks.sync_run, harbour, run_id=str(harbour.request().pk))
    monkeypatch.undo()
    assert harbour.tick().state == "succeeded"
    with harbour.scope():
        assert set(WeeklyFlow.objects.values_list("product_id", flat=True)) == {harbour.proj.pk, harbour.ops.pk}
        assert not SyncRun.objects.exclude(affected_products=[]).exists()


def test_an_error_in_one_worker_does_not_end_the_run_of_another(harbour, monkeypatch):
    run = harbour.request()
    with harbour.scope():
        others = runs.claim(run.pk, at=timezone.now())

    def broken(*arguments, **kwargs):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(runs, "claim", broken)
    with pytest.raises(ZeroDivisionError):
        perform(tasks.sync_run, harbour, run_id=str(run.pk))
    with harbour.scope():
        run.refresh_from_db()
    assert (run.state, run.runner) == ("running", others.runner)


def test_a_run_gives_its_worker_to_others_after_its_turn_and_goes_on_later(
    company, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(answers, "ROWS_OF_IDS", 40)
    monkeypatch.setattr(tasks, "TURN", timedelta(0))
    with stage.connected(company, issues=120) as harbour:
        run = harbour.request()
        told = []
        for _ in range(10):
            with django_capture_on_commit_callbacks() as enqueued:
                perform(tasks.sync_run, harbour, run_id=str(run.pk))
            with harbour.scope():
                run.refresh_from_db()
            told.append((run.state, run.fetched, len(enqueued)))
            if run.is_finished:
                break
        assert told == [("queued", 100, 1), ("succeeded", 120, 0)]
        assert harbour.store() == harbour.truth()
        with harbour.scope():
            assert sum(WeeklyFlow.objects.values_list("created", flat=True)) == WorkItem.objects.counted().count()


def test_a_run_that_kills_its_workers_is_ended(harbour):
    run = harbour.request()
    dead = runs.DEAD_AFTER + timedelta(seconds=1)
    now = harbour.clock()
    with harbour.scope():
        for death in range(runs.MOST_ATTEMPTS + 1):
            assert runs.claim(run.pk, at=now + death * dead).attempts == death
        assert runs.claim(run.pk, at=now + (runs.MOST_ATTEMPTS + 1) * dead) is None
        run.refresh_from_db()
        assert (run.state, run.message.partition(".")[0]) == ("failed", "It stopped 9 times without getting on")
        assert runs.resume(run).attempts == 0


def test_what_no_mapping_leads_to_a_product_any_more_leaves_it_without_asking_the_vendor(synced):
    with synced.scope():
        for mapping in list(synced.connection.mappings.all()):
            mappings.remove(mapping)
    synced.wait(minutes=6)
    with synced.scope():
        (run_id,) = schedule.due(at=synced.clock())
        run = SyncRun.objects.get(pk=run_id)
    assert synced.carry(run).state == "succeeded"
    with synced.scope():
        assert not WorkItem.objects.exclude(product=None).exists()
        assert WorkItem.objects.count() == 60
        assert not WeeklyFlow.objects.exists()
        assert schedule.due(at=synced.clock() + timedelta(minutes=20)) == []
    assert synced.jira.requests == []


def test_weeks_follow_the_organization_into_another_zone(synced, django_capture_on_commit_callbacks):
    organization = synced.company.organization
    with django_capture_on_commit_callbacks() as enqueued:
        organizations.edit(organization, name="Acme & Sons")
        assert enqueued == []
        organizations.edit(organization, time_zone="Pacific/Kiritimati")
    assert len(enqueued) == 1
    perform(tasks.recount, synced)
    with synced.scope():
        told = dict(WeeklyFlow.objects.values_list("week").annotate(n=Sum("created")).filter(n__gt=0).order_by())
        born = WorkItem.objects.counted().values_list("remote_created_at", flat=True)
        slow = Counter(periods.week_of(at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()) for at in born)
    assert told == slow


def test_a_check_says_who_we_are_and_what_we_see(harbour):
    told = asked(harbour, Inquiry.Topic.CHECK).answer
    assert (told["account"], told["zone"], told["item_count"]) == ("Sync Bot", "Asia/Kolkata", 60)
    assert [project["key"] for project in told["projects"]] == ["PROJ", "OPS"]
    assert stage.TOKEN not in str(told)
    connection = harbour.connection_now()
    assert (connection.account_name, connection.account_zone) == ("Sync Bot", "Asia/Kolkata")


def test_a_preview_counts_samples_and_proposes_before_anything_is_mapped(company):
    with stage.connected(company, issues=60, maps=False) as harbour:
        parts = [{"project": "10000", "components": [], "query": ""}, {"project": "10009", "query": "issuetype = Bug"}]
        told = asked(harbour, Inquiry.Topic.PREVIEW, parts=parts).answer
        assert told["counts"][0] == 40
        assert told["item_count"] == sum(told["counts"])
        assert told["points"]["field_id"] == "customfield_10016"
        assert {(row["part"], row["key"].partition("-")[0]) for row in told["sample"]} == {(0, "PROJ"), (1, "OPS")}
        assert told["skipped"] == []
        assert asked(harbour, Inquiry.Topic.PROJECT, project="10009").answer["components"] == ["Cranes", "Gate"]
        with harbour.scope():
            assert harbour.connection.level_choices.count() == 6
            assert harbour.connection.field_choices.get(logical="sprint").field_id == "customfield_10020"


def test_a_wrong_query_in_a_preview_is_a_sentence(harbour):
    inquiry = asked(harbour, Inquiry.Topic.PREVIEW, parts=[{"project": "10000", "query": "status = ("}])
    assert (inquiry.state, inquiry.message) == ("failed", "The JQL opens a parenthesis that is not closed.")


def test_a_refused_token_breaks_the_connection_and_a_new_one_mends_it(harbour):
    harbour.jira.fail("/myself", Fault(status=401))
    inquiry = asked(harbour, Inquiry.Topic.CHECK)
    assert inquiry.state == "failed"
    assert harbour.connection_now().status == "broken"
    with harbour.scope():
        connections.edit(
            harbour.connection, name="Harbour", account_email="ada@example.com", token="new", at=timezone.now()
        )
    assert harbour.connection_now().status == "active"
    assert asked(harbour, Inquiry.Topic.CHECK).state == "answered"


def test_a_page_asks_nothing_while_the_vendor_wants_quiet(harbour):
    harbour.jira.fail("/myself", Fault(status=429, headers={"Retry-After": "600"}))
    assert asked(harbour, Inquiry.Topic.CHECK).state == "failed"
    requests = len(harbour.jira.requests)
    inquiry = asked(harbour, Inquiry.Topic.CHECK)
    assert inquiry.state == "failed"
    assert inquiry.message.startswith("Harbour asks us to wait until ")
    assert len(harbour.jira.requests) == requests


def test_dispatch_finds_what_is_due_in_every_organization(synced, mallory, django_capture_on_commit_callbacks):
    theirs = stage.connect_stranger(mallory, synced.jira)
    theirs.tick()
    long_ago = timezone.now() - timedelta(minutes=6)
    for organization in (synced, theirs):
        with organization.scope():
            SyncRun.objects.update(requested_at=long_ago, finished_at=long_ago)
    with django_capture_on_commit_callbacks() as enqueued:
        tasks.dispatch.apply(throw=True)
        tasks.dispatch.apply(throw=True)
    for organization in (synced, theirs):
        with organization.scope():
            assert SyncRun.objects.unfinished().get().trigger == "schedule"
    assert len(enqueued) == 2


def test_an_organization_in_trouble_does_not_keep_others_waiting(synced, mallory, caplog):
    theirs = stage.connect_stranger(mallory, synced.jira)
    theirs.tick()
    first, second = sorted([synced, theirs], key=lambda one: one.organization_id)
    long_ago = timezone.now() - timedelta(minutes=6)
    for organization in (first, second):
        with organization.scope():
            SyncRun.objects.update(requested_at=long_ago, finished_at=long_ago)
    with first.scope():
        Cursor.objects.update_or_create(
            connection=first.connection, stream=Cursor.Stream.CENSUS, defaults={"watermark": long_ago}
        )
    Organization.objects.filter(pk=first.organization_id).update(time_zone="Nowhere/Land")
    tasks.dispatch.apply(throw=True)
    with first.scope():
        assert not SyncRun.objects.unfinished().exists()
    with second.scope():
        assert SyncRun.objects.unfinished().get().trigger == "schedule"
    assert str(first.organization_id) in caplog.text


def test_the_first_run_is_a_persons(harbour):
    tasks.dispatch.apply(throw=True)
    with harbour.scope():
        assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("base_url", "ftp://a.example", "The address begins with https:// and names a host."),
        (
            "base_url",
            "https://ada:pw@a.example",
            "The address holds a user name; e-mail and token have fields of their own.",
        ),
        ("account_email", "ada", "Enter the e-mail address of the account that the token belongs to."),
        ("token", " ", "Paste the API token; it has no spaces and no line breaks."),
        ("name", "", "This field cannot be blank."),
    ],
)
def test_a_connection_that_cannot_work_is_refused_at_the_field(acme, field, value, sentence):
    facts = {"name": "Jira", "base_url": "https://a.example", "account_email": "a@b.example", "token": "t"}
    with pytest.raises(ValidationError) as caught:
        connections.connect(**{**facts, field: value}, by=acme.ada, at=NOW)
    assert caught.value.message_dict == {field: [sentence]}
    assert not Connection.objects.exists()


def test_disconnecting_takes_the_work_and_its_numbers_along(synced):
    with synced.scope():
        assert WeeklyFlow.objects.exists()
        assert connections.disconnect(synced.connection) == {synced.proj.pk, synced.ops.pk}
        assert not WeeklyFlow.objects.exists()
        assert synced.proj.__class__.objects.count() == 2


def test_a_second_connection_of_the_same_name_is_refused(synced):
    with synced.scope(), pytest.raises(ValidationError, match="Another connection has this name"):
        connections.connect(
            name="Harbour", base_url="https://a.example", account_email="a@b.example", token="t", by=None,
            at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
