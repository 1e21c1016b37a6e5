"""What a run does and writes, and what becomes of it when it is stopped."""

import time
import tracemalloc
from datetime import timedelta

import orjson
import pytest
from django.db import connection as database

from portolan.accounts.models import Organization
from portolan.demo.sandbox_jira import answers
from portolan.integrations.domain import connections, desk, loading, mappings, runs, schedule, sync
from portolan.integrations.jira import mapping
from portolan.integrations.models import Cursor, RawObject, SyncRun, WeeklyFlow, WorkItem
from portolan.portfolio.models import Team
from tests.integrations import stage
from tests.stand_ins.jira import Fault

WRITTEN = (
    "workitem",
    "rawobject",
    "transition",
    "itemsprint",
    "workitemalias",
    "weeklyflow",
    "itemprogress",
    "productwork",
    "sprint",
    "sprintboard",
    "levelchoice",
    "fieldchoice",
    "remotestatusrow",
    "projectmapping",
)


def versions(harbour):
    """Every row's place and writer: any write, even of equal values, changes it."""
    with harbour.scope(), database.cursor() as cursor:
        found = {}
        for table in WRITTEN:
            cursor.execute(f"SELECT ctid::text, xmin::text, id FROM integrations_{table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


class Killed(BaseException):
    """As little as `kill -9` leaves behind: no handler of ours runs on it."""


def kill_after(pages):
    left = iter(range(pages - 1))

    def after_page():
        if next(left, None) is None:
            raise Killed

    return after_page


def test_the_first_run_makes_the_store_equal_to_the_truth(harbour):
    run = harbour.tick()
    assert run.state == "succeeded", run.message
    assert harbour.store() == harbour.truth()
    assert (run.created, run.fetched, run.expected, run.listed) == (60, 60, 60, 60)
    assert harbour.connection_now().last_ok_at is not None


@pytest.mark.parametrize("mode", ["incremental", "census", "full", "remap"])
def test_a_run_in_which_nothing_changed_writes_nothing(synced, mode):
    before = versions(synced)
    assert all(before[table] for table in ("workitem", "transition", "weeklyflow", "itemprogress", "productwork"))
    run = synced.tick(mode)
    assert (run.state, run.created, run.updated) == ("succeeded", 0, 0)
    assert versions(synced) == before


def test_a_page_loaded_twice_writes_nothing_the_second_time(synced):
    raw = wrapped(synced)
    before = versions(synced)
    with synced.scope():
        done = loading.load(synced.connection.pk, raw, at=synced.clock())
    assert (done.unchanged, done.created, done.updated) == (60, 0, 0)
    assert versions(synced) == before


def test_a_late_page_does_not_overwrite_newer_data(synced):
    old = wrapped(synced)
    synced.wait(minutes=30)
    synced.jira.touch("PROJ-5")
    synced.tick()
    with synced.scope():
        loading.load(synced.connection.pk, old, at=synced.clock())
    assert synced.store() == synced.truth()


def wrapped(harbour):
    """Everything we hold, as if it had been fetched again."""
    with harbour.scope():
        read = mapping.reader(
            fields=mappings.field_map(harbour.connection),
            levels=mappings.levels(harbour.connection),
            statuses=mappings.statuses(harbour.connection),
            site_url=harbour.jira.base_url,
        )
        held = RawObject.objects.values_list("payload", flat=True)
        return [loading.wrap(orjson.loads(bytes(text)), read=read) for text in held]


def test_a_killed_run_goes_on_where_it_stopped(company):
    with stage.connected(company, issues=250) as harbour:
        run = harbour.request()
        with pytest.raises(Killed):
            sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=kill_after(1))
        assert len(harbour.store()) == 100
        # Nobody takes it over while it may be alive.
        assert harbour.carry(run).state == "running"
        harbour.wait(seconds=runs.DEAD_AFTER.total_seconds() + 1)
        assert harbour.carry(run).state == "succeeded"
        assert harbour.store() == harbour.truth()
        assert (run.fetched, run.created) == (250, 250)


def test_a_runner_that_was_taken_for_dead_writes_nothing_when_it_wakes_up(company):
    with stage.connected(company, issues=250) as harbour:
        run = harbour.request()
        other = []

        def fall_asleep():
            if not other:
                harbour.wait(minutes=5)
                other.append(take_over(harbour, run))

        assert (
            sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=fall_asleep)
            is None
        )
        with harbour.scope():
            run.refresh_from_db()
        assert (run.state, run.created) == ("succeeded", 250)
        assert harbour.store() == harbour.truth()


def take_over(harbour, run):
    return sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock)


def test_of_two_runners_one_gets_the_run(harbour):
    run = harbour.request()
    with harbour.scope():
        assert runs.claim(run.pk, at=harbour.clock()) is not None
        assert runs.claim(run.pk, at=harbour.clock()) is None
    assert take_over(harbour, run) is None
    assert harbour.jira.requests == []


def test_a_second_request_returns_the_unfinished_run(harbour):
    assert harbour.request().pk == harbour.request("full").pk


def test_a_cancelled_run_ends_between_pages_and_resumes(company):
    with stage.connected(company, issues=250) as harbour:
        run = harbour.request()

        def cancel():
            with harbour.scope():
                runs.cancel(SyncRun.objects.get(pk=run.pk), at=harbour.clock())

        sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=cancel)
        with harbour.scope():
            run.refresh_from_db()
            assert (run.state, run.created) == ("cancelled", 100)
            # What it loaded is on the pages already.
            assert sum(WeeklyFlow.objects.values_list("created", flat=True)) == WorkItem.objects.counted().count() > 0
            assert Cursor.objects.get(stream="changes").watermark is None
            assert schedule.due(at=harbour.clock() + timedelta(hours=1)) == []
            runs.resume(run)
        assert harbour.carry(run).state == "succeeded"
        assert (run.fetched, harbour.store()) == (250, harbour.truth())


def test_a_queued_run_is_cancelled_at_once(harbour):
    run = harbour.request()
    with harbour.scope():
        assert runs.cancel(run, at=harbour.clock()).state == "cancelled"
        assert runs.cancel(run, at=harbour.clock()).state == "cancelled"
    assert harbour.carry(run).state == "cancelled"


def test_passing_trouble_is_tried_again_later_and_later_and_then_given_up(harbour):
    harbour.jira.fail("/search/jql", Fault(status=500, times=99))
    run = harbour.request()
    pauses = []
    for _ in range(20):
        if harbour.carry(run).state != "waiting":
            break
        pauses.append((run.resume_at - run.heartbeat_at).total_seconds())
        harbour.wait(seconds=pauses[-1] + 1)
    assert [round(pause) for pause in pauses] == [15, 30, 60, 120, 240, 480, 960, 1800]
    assert (run.state, run.message) == ("failed", "127.0.0.1 has a problem of its own (HTTP 500). We tried 9 times.")


def test_a_forgotten_page_token_starts_the_listing_again(company, monkeypatch):
    monkeypatch.setattr(answers, "ROWS_OF_IDS", 40)
    with stage.connected(company, issues=120) as harbour:
        run = harbour.request()
        with pytest.raises(Killed):
            sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=kill_after(2))
        with harbour.scope():
            Cursor.objects.filter(stream="changes").update(page_token="forgotten")
        harbour.wait(minutes=5)
        assert harbour.carry(run).state == "succeeded"
        assert harbour.store() == harbour.truth()


def test_a_new_mapping_is_read_from_its_beginning_and_a_removed_one_lets_its_items_go(company):
    with stage.connected(company, issues=60, maps=False) as harbour:
        with harbour.scope():
            mapping = mappings.add(
                harbour.connection, product=harbour.proj, project_external_id="10000", by=None, at=harbour.clock()
            )
        harbour.tick()
        assert {facts["project_id"] for facts in harbour.store().values()} == {"10000"}
        with harbour.scope():
            mappings.add(
                harbour.connection, product=harbour.ops, project_external_id="10009", by=None, at=harbour.clock()
            )
        harbour.tick()
        assert harbour.store() == harbour.truth()
        with harbour.scope():
            mappings.remove(mapping)
        harbour.tick()
        assert {facts["project_id"] for facts in harbour.store().values()} == {"10009"}
        with harbour.scope():
            assert not WeeklyFlow.objects.filter(product=harbour.proj).exists()


def test_the_most_specific_mapping_decides(synced):
    with synced.scope():
        berths, urgent = stage.make_product("Berths"), stage.make_product("Urgent")
        at = synced.clock()
        mappings.add(
            synced.connection, product=urgent, project_external_id="10000", query="issuetype = Bug", by=None, at=at
        )
        mappings.add(
            synced.connection, product=berths, project_external_id="10000", components=["Berths"], by=None, at=at
        )
    assert synced.tick().state == "succeeded"
    with synced.scope():
        for item in WorkItem.objects.filter(project_external_id="10000"):
            if "Berths" in item.components:
                wanted = berths
            elif item.kind_name == "Bug":
                wanted = urgent
            else:
                wanted = synced.proj
            assert item.product_id == wanted.pk, item
        assert WorkItem.objects.filter(product=urgent).exists()
        assert WorkItem.objects.filter(product=berths).exists()


def test_what_is_due_is_dispatched_once(synced):
    with synced.scope():
        assert schedule.due(at=synced.clock()) == []
        later = synced.clock() + timedelta(minutes=6)
        (run_id,) = schedule.due(at=later)
        assert SyncRun.objects.get(pk=run_id).mode == "incremental"
        assert schedule.due(at=later + timedelta(seconds=30)) == []
        assert schedule.due(at=later + timedelta(minutes=3)) == [run_id]  # nobody took it: lost on the way


def test_a_census_is_taken_every_night(synced):
    synced.tick("census")
    with synced.scope():
        (run_id,) = schedule.due(at=synced.clock() + timedelta(hours=31))
        assert SyncRun.objects.get(pk=run_id).mode == "census"


def test_a_paused_or_broken_connection_is_left_alone(synced):
    with synced.scope():
        later = synced.clock() + timedelta(hours=1)
        connections.pause(synced.connection)
        assert schedule.due(at=later) == []
        connections.unpause(synced.connection)
        connections.break_off(synced.connection, reason="No.")
        assert schedule.due(at=later) == []
        with pytest.raises(runs.CannotSync):
            runs.request(synced.connection, at=later)


def test_an_item_that_stops_matching_a_query_goes_back_to_its_project(synced):
    issue = next(one for one in synced.jira.world.issues.values() if one.assignee and one.project_id == "10000")
    name = issue.assignee.account_id
    with synced.scope():
        hers = stage.make_product("Hers")
        mappings.add(
            synced.connection, product=hers, project_external_id="10000", query=f'assignee = "{name}"', by=None,
            at=synced.clock(),
        )  # fmt: skip
    synced.tick()
    assert synced.item(issue.id).product_id == hers.pk
    synced.wait(minutes=30)
    synced.jira.world.assign(issue, None, at=synced.clock())
    synced.tick()
    assert synced.item(issue.id).product_id == synced.proj.pk
    with synced.scope():
        mine = WorkItem.objects.filter(assignee_external_id=name, project_external_id="10000")
        assert set(mine.values_list("product_id", flat=True)) == {hers.pk}


def test_a_new_time_zone_and_a_deleted_team_are_followed_by_the_rollups(synced):
    with synced.scope():
        team = Team.objects.create(name="Sails")
        mapping = synced.connection.mappings.get(project_external_id="10000")
        mappings.assign(mapping, product=synced.proj, team=team)
    synced.tick()
    with synced.scope():
        assert not WeeklyFlow.objects.filter(product=synced.proj, team=None).exists()
        team.delete()
    synced.tick()
    with synced.scope():
        created = WeeklyFlow.objects.filter(product=synced.proj, team=None).values_list("created", flat=True)
        assert sum(created) == WorkItem.objects.counted().filter(product=synced.proj).count()
    before = versions(synced)["weeklyflow"]
    Organization.objects.update(time_zone="Pacific/Kiritimati")
    synced.tick()
    assert versions(synced)["weeklyflow"] != before


def test_memory_does_not_grow_with_the_number_of_issues(company, monkeypatch):
    """Python's own peak while issues arrive in pages is that of a few batches, not of all bodies."""
    monkeypatch.setattr(desk, "BATCH", 20)
    with stage.connected(company, issues=600) as harbour:
        run = harbour.request()
        peaks = []

        def after_page():
            peaks.append(tracemalloc.get_traced_memory()[0])

        tracemalloc.start()
        try:
            sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=after_page)
        finally:
            tracemalloc.stop()
        half = len(peaks) // 2
        assert half >= 2
        assert max(peaks[half:]) < max(peaks[:half]) + 1_500_000


def test_postgresql_looks_at_its_tables_while_the_first_sync_fills_them(company, monkeypatch):
    monkeypatch.setattr(desk, "FIRST_LOOK", 20)
    with stage.connected(company, issues=60) as harbour:
        before = looks()
        harbour.tick()
        assert looks() == before + 1
        harbour.tick("full")  # what adds nothing is no reason to look
        assert looks() == before + 1


def looks():
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT pg_stat_get_analyze_count('integrations_workitem'::regclass)")
        return cursor.fetchone()[0]


def test_batches_that_have_arrived_are_loaded_as_one_behind_the_first(company, monkeypatch):
    monkeypatch.setattr(desk, "BATCH", 10)
    with stage.connected(company, issues=60) as harbour:
        run = harbour.request()
        held = []

        def after_page():
            held.append(len(harbour.store()))
            time.sleep(0.5)  # in which the stand-in answers everything that is asked ahead

        sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=after_page)
        assert held == [10, 60]
        assert harbour.store() == harbour.truth()
