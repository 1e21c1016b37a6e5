"""What other engines' users reported, each as a test: by number of the case."""

from datetime import timedelta

import orjson
import pytest

from portolan.demo.sandbox_jira import answers
from portolan.integrations.domain import mappings, sync
from portolan.integrations.models import Connection, Cursor, RawObject, Sprint, WorkItem
from tests.integrations import stage
from tests.stand_ins import jira
from tests.stand_ins.jira import Fault


def watermark(harbour):
    with harbour.scope():
        return Cursor.objects.get(stream="changes").watermark


def move_past_overlap(harbour):
    harbour.wait(minutes=30)
    harbour.tick()


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"])
@pytest.mark.parametrize("style", ["epoch", "minute"])
def test_case_1_the_zone_of_the_account_hides_no_edit(company, zone, style):
    with stage.connected(company, issues=12, account_zone=zone) as harbour:
        with harbour.scope():
            Connection.objects.update(time_style=style)
        harbour.connection_now()
        harbour.tick()
        harbour.wait(hours=20)
        harbour.tick()
        harbour.wait(minutes=3)
        harbour.jira.touch("PROJ-5")
        harbour.wait(minutes=3)
        assert harbour.tick().updated == 1
        assert harbour.store() == harbour.truth()


def test_case_2_edits_that_share_a_timestamp_are_all_seen_and_none_twice(synced):
    move_past_overlap(synced)
    at = synced.clock()
    for key in ("PROJ-3", "PROJ-4", "OPS-2"):
        synced.jira.touch(key, at=at)
    first, second = synced.tick(), synced.tick()
    assert (first.updated, first.fetched) == (3, 3)
    assert (second.updated, second.fetched, second.unchanged) == (0, 0, 3)
    assert synced.store() == synced.truth()


def test_case_3_an_issue_edited_faster_than_the_index_appears_within_two_ticks(company):
    with stage.connected(company, issues=12, lag=timedelta(seconds=120)) as harbour:
        harbour.tick()
        titles = []
        for _ in range(6):
            for _ in range(3):
                harbour.wait(seconds=60)
                titles.append(harbour.jira.touch("PROJ-5").title)
            harbour.tick()
            # Bodies come from the vendor's database: the newest title, or at worst the one of the tick before.
            assert harbour.item("PROJ-5").title in titles[-6:]
        assert harbour.item("PROJ-5").title == titles[-1]


def test_case_4_edits_and_deletes_while_paging_lose_nothing(synced, monkeypatch):
    monkeypatch.setattr(answers, "ROWS_OF_IDS", 7)
    issues = sorted(synced.jira.world.issues.values(), key=lambda issue: issue.created_at)
    victims = iter([*issues[::3]])

    def disturb():
        issue = next(victims, None)
        if issue and issue.key.endswith("7"):
            synced.jira.world.delete(issue)
        elif issue:
            synced.jira.touch(issue.id)

    run = synced.request("full")
    sync.carry(run.pk, organization_id=synced.organization_id, clock=synced.clock, after_page=disturb)
    synced.wait(minutes=1)
    synced.tick()
    synced.wait(hours=2)
    synced.tick("census")
    assert synced.tick("census").state == "succeeded"
    assert synced.store() == synced.truth()


def test_case_5_a_delete_needs_two_censuses_and_never_one_404(synced):
    synced.jira.world.delete(synced.jira.issue("PROJ-7"))
    hidden = synced.jira.issue("PROJ-8")
    synced.jira.world.hide(hidden)
    first = synced.tick("census")
    assert first.deleted == 0
    assert len(synced.store()) == 60
    synced.jira.world.hide(hidden, False)
    second = synced.tick("census")
    assert (second.deleted, synced.store()) == (1, synced.truth())
    assert [words for _, _, words in synced.notes(second)] == ["PROJ-7 is no longer there."]
    assert synced.item("PROJ-8").missing_count == 0


def test_a_deleted_item_that_comes_back_is_restored(synced):
    hidden = synced.jira.issue("PROJ-8")
    before = synced.item("PROJ-8")
    synced.jira.world.hide(hidden)
    synced.tick("census")
    synced.tick("census")
    assert hidden.id not in synced.store()
    assert synced.item("PROJ-8").deleted_at is not None
    synced.jira.world.hide(hidden, False)
    run = synced.tick("census")
    assert (run.restored, run.created, synced.store()) == (1, 0, synced.truth())
    assert synced.item("PROJ-8").pk == before.pk


def test_a_project_that_was_archived_is_not_a_thousand_deletes(synced, monkeypatch):
    for issue in list(synced.jira.world.issues.values()):
        if issue.project_id == "10009":
            synced.jira.world.hide(issue)
    visible = answers._project
    monkeypatch.setattr(answers, "_project", lambda project: {**visible(project), "archived": project.key == "OPS"})
    held = len(synced.store())
    synced.tick("census")
    run = synced.tick("census")
    assert (run.deleted, len(synced.store())) == (0, held)
    assert any("archived" in words for _, _, words in synced.notes(run))


def test_case_6_a_moved_issue_keeps_its_row_its_history_and_its_old_key(synced):
    before, histories = synced.item("PROJ-9"), synced.histories(synced.jira.issue("PROJ-9").id)
    move_past_overlap(synced)
    issue = synced.jira.issue("PROJ-9")
    synced.jira.world.move(issue, "10009", at=synced.clock())
    run = synced.tick()
    after = synced.item(issue.key)
    assert (run.moved, run.created, after.pk, after.key) == (1, 0, before.pk, issue.key)
    assert (before.product_id, after.product_id) == (synced.proj.pk, synced.ops.pk)
    with synced.scope():
        assert list(after.aliases.values_list("key", flat=True)) == ["PROJ-9"]
    assert synced.histories(issue.id) == histories + 1


def test_case_7_a_history_of_230_changes_is_complete(company):
    with stage.connected(company, issues=60) as harbour:
        harbour.tick()
        issue = harbour.jira.issue(jira.LONG_HISTORY)
        kept = {
            event.id
            for event in issue.history
            if {item["field"] for item in event.items} - {"summary", "RemoteIssueLink"}
        }
        assert len(issue.history) == jira.LONG_HISTORY_EVENTS
        with harbour.scope():
            raw = orjson.loads(bytes(RawObject.objects.get(external_id=issue.id).payload))
        assert {entry["id"] for entry in raw["changelog"]["histories"]} == {event.id for event in issue.history}
        assert harbour.histories(issue.id) == len(kept)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault(status=410, words=answers.REMOVED, times=99), "failed"),
        (Fault(mode="same token", times=99), "waiting"),
        (Fault(mode="empty page", times=99), "waiting"),
        (Fault(mode="no token", times=99), "waiting"),
    ],
    ids=lambda value: getattr(value, "mode", "") or getattr(value, "status", ""),
)
def test_case_8_a_search_that_is_gone_or_walks_in_a_circle_ends_with_a_sentence(quay, fault, state):
    quay.jira.fail("/search/jql", fault)
    run = quay.tick()
    assert run.state == state
    assert run.message.startswith("Jira")
    assert watermark(quay) is None
    assert len([seen for seen in quay.jira.requests if seen.path.endswith("/search/jql")]) < 60


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        (Fault(status=429, headers={"Retry-After": "1847"}), 1847, 1860),
        (lambda: Fault(status=429, headers={"Retry-After": jira.in_seconds(900)}), 850, 910),
        (Fault(status=429), 30, 40),
        (Fault(status=503, headers={"Retry-After": "120"}), 120, 130),
        (Fault(status=503, mode="html"), 15, 60),
        (Fault(mode="half"), 15, 60),
    ],
    ids=["seconds", "date", "silent", "503", "html", "half a document"],
)
@pytest.mark.parametrize("path", ["/search/jql", "/issue/bulkfetch"])
def test_case_9_nothing_is_asked_before_its_time(quay, path, fault, least, most):
    # A date is written when the fault is planned, not when the tests are collected.
    quay.jira.fail(path, fault() if callable(fault) else fault)
    run = quay.tick()
    assert run.state == "waiting"
    assert run.resume_at is not None
    assert least <= (run.resume_at - run.heartbeat_at).total_seconds() <= most
    asked = len(quay.jira.requests)
    quay.wait(seconds=least - 10)
    assert quay.tick().pk == run.pk
    assert len(quay.jira.requests) == asked
    quay.wait(seconds=most + 10)
    assert quay.carry(run).state == "succeeded"
    assert quay.store() == quay.truth()


def test_case_9_while_one_organization_waits_the_others_go_on(quay, mallory):
    quay.jira.fail("/search/jql", Fault(status=429, headers={"Retry-After": "1847"}))
    assert quay.tick().state == "waiting"
    theirs = stage.connect_stranger(mallory, quay.jira)
    assert theirs.tick().state == "succeeded"
    assert theirs.store() == theirs.truth()
    assert quay.store() == {}


def test_case_12_points_come_from_the_chosen_field_and_none_is_not_zero(synced):
    with synced.scope():
        choice = synced.connection.field_choices.get(logical="points", project_external_id="")
        assert (choice.field_id, choice.reason) == ("customfield_10016", "The boards estimate with this field.")
        assert {"customfield_10016", "customfield_10031"} == {one["field_id"] for one in choice.candidates}
    issue = synced.jira.issue("PROJ-5")
    move_past_overlap(synced)
    synced.jira.world.estimate(issue, 0.0, at=synced.clock())
    synced.tick()
    assert synced.item("PROJ-5").points == 0
    synced.jira.world.estimate(issue, None, at=synced.clock())
    synced.tick()
    assert synced.item("PROJ-5").points is None


def test_another_choice_of_field_is_read_from_what_we_hold(synced):
    with synced.scope():
        mappings.choose_field(synced.connection, logical="points", field_id=None, by=synced.company.ada)
        assert WorkItem.objects.exclude(points=None).exists()
    run = synced.tick("remap")
    assert (run.state, synced.jira.requests) == ("succeeded", [])
    with synced.scope():
        assert not WorkItem.objects.exclude(points=None).exists()
        assert not WorkItem.objects.filter(transitions__change="points").exists()
        mappings.choose_field(synced.connection, logical="points", field_id="customfield_10016", by=synced.company.ada)
    # Any other run notices too.
    assert synced.tick().fetched == 0
    assert synced.store() == synced.truth()


def test_case_13_a_parent_outside_of_what_is_mapped_dangles_and_is_filled_later(company):
    with stage.connected(company, issues=60, maps=False) as harbour:
        with harbour.scope():
            mappings.add(
                harbour.connection, product=harbour.ops, project_external_id="10009", by=None, at=harbour.clock()
            )
        child = next(
            issue
            for issue in harbour.jira.world.issues.values()
            if issue.parent_id
            and issue.project_id == "10009"
            and harbour.jira.world.issues[issue.parent_id].project_id == "10000"
        )
        harbour.tick()
        assert harbour.item(child.id).parent_external_id == child.parent_id
        with harbour.scope():
            assert not WorkItem.objects.filter(external_id=child.parent_id).exists()
            mappings.add(
                harbour.connection, product=harbour.proj, project_external_id="10000", by=None, at=harbour.clock()
            )
        harbour.tick()
        assert harbour.store() == harbour.truth()
        with harbour.scope():
            parent = WorkItem.objects.get(external_id=child.parent_id)
            assert parent.progress.get().children >= 1


def test_case_13_reparenting_follows_the_vendor(synced):
    epics = [issue for issue in synced.jira.world.issues.values() if issue.kind_id == "10101"]
    move_past_overlap(synced)
    synced.jira.world.place(synced.jira.issue("PROJ-5"), epics[1].id, at=synced.clock())
    synced.tick()
    assert synced.item("PROJ-5").parent_external_id == epics[1].id
    assert synced.store() == synced.truth()


def test_case_14_a_sprint_of_two_boards_is_one_row_and_a_kanban_board_is_no_error(synced):
    with synced.scope():
        boards = {
            sprint.external_id: sorted(sprint.boards.values_list("board_external_id", flat=True))
            for sprint in Sprint.objects.all()
        }
        later = Sprint.objects.get(external_id="38")
    assert boards == {"36": ["5"], "37": ["5", "9"], "38": ["5"]}
    assert (later.state, later.starts_at, later.ends_at) == ("future", None, None)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
@pytest.mark.parametrize("path", ["/myself", "/search/jql", "/issue/bulkfetch", "/approximate-count"])
def test_case_15_a_refusal_fails_the_run_and_moves_nothing(quay, path, status):
    quay.jira.fail(path, Fault(status=status, words="No.", times=99))
    run = quay.tick()
    assert run.state == "failed"
    assert run.message
    assert watermark_or_none(quay) is None
    assert quay.connection_now().status == ("broken" if status == 401 else "active")


def watermark_or_none(harbour):
    with harbour.scope():
        return Cursor.objects.filter(stream="changes").values_list("watermark", flat=True).first()


def test_case_15_an_anonymous_success_without_rows_is_a_failure(synced):
    before = watermark(synced)
    synced.wait(hours=1)
    synced.jira.fail("/search", Fault(mode="anonymous", times=99))
    run = synced.tick("census")
    assert run.state == "failed"
    assert "anonymous" in run.message
    assert (watermark(synced), synced.connection_now().status) == (before, "broken")
    assert synced.store() == synced.truth()


def test_case_15_a_listing_shorter_than_the_count_is_no_census_and_no_watermark(harbour):
    harbour.distort("/approximate-count", lambda said: said.update(count=said["count"] * 3))
    run = harbour.tick()
    assert (run.state, watermark(harbour)) == ("partial", None)
    assert [words for _, _, words in harbour.notes(run)] == [
        "The vendor listed 60 items and counts 180: the next run reads all again.",
        "The vendor listed 60 items and counts 180: nothing is taken for deleted by this census.",
    ]
    assert harbour.store() == harbour.truth()


def test_case_15_an_unreadable_issue_is_named_and_its_neighbours_are_kept(harbour):
    broken = harbour.jira.issue("PROJ-5")

    def change(said):
        for issue in said["issues"]:
            if issue["id"] == broken.id:
                issue["fields"]["status"] = None

    harbour.distort("/issue/bulkfetch", change)
    run = harbour.tick()
    assert (run.state, run.skipped, run.created) == ("partial", 1, 59)
    assert harbour.notes(run) == [("skipped", broken.id, f"Item {broken.id}: status is missing.")]
    assert set(harbour.store()) == set(harbour.truth()) - {broken.id}


def test_an_issue_that_could_not_be_fetched_is_asked_for_again_although_it_did_not_change(harbour):
    shy = harbour.jira.issue("PROJ-5")
    trouble = [{"id": shy.id, "errorMessage": "The issue could not be loaded just now."}]
    healthy = harbour.jira.jira.answer

    def change(said):
        said["issues"] = [issue for issue in said["issues"] if issue["id"] != shy.id]
        said["issueErrors"] = trouble

    harbour.distort("/issue/bulkfetch", change)
    run = harbour.tick()
    assert (run.state, run.skipped) == ("partial", 1)
    harbour.jira.jira.answer = healthy
    harbour.wait(hours=2)
    assert harbour.tick().created == 1
    assert harbour.store() == harbour.truth()
