from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from portolan.demo.sandbox_jira import world
from portolan.integrations.jira import client as jira_client
from portolan.integrations.jira.client import ApiToken, JiraCloud
from portolan.integrations.jira.jql import TimeStyle
from portolan.integrations.provider import (
    Change,
    CredentialsRefused,
    Discovery,
    Identity,
    Level,
    PageTokenRefused,
    Provider,
    ProviderError,
    RemoteProject,
    Retry,
    Scope,
    Slice,
    SprintState,
    StatusCategory,
    Throttled,
)
from tests.integrations.jira.conftest import POLICY
from tests.stand_ins import jira, jira_contract
from tests.stand_ins.jira import Fault

PROJ, OPS = Slice(project="10000"), Slice(project="10009")
BOTH = Scope((PROJ, OPS))


def connected(stand_in, *, token="s3cr3t-t0ken", policy=POLICY, time_style=None):
    credentials = ApiToken("ada@example.com", token)
    return closing(JiraCloud(base_url=stand_in.base_url, credentials=credentials, policy=policy, time_style=time_style))


def rows(pages):
    return [row for page in pages for row in page.rows]


def everything(client):
    """Reads the whole of both projects as the engine would: ids first, bodies in hundreds."""
    ids = rows(client.census(scope=BOTH))
    reader = client.reader(
        fields=client.propose_fields(project_ids=["10000", "10009"]).field_map(), levels={}, statuses=client.statuses()
    )
    bodies = [client.bodies(ids=ids[at : at + 100]) for at in range(0, len(ids), 100)]
    assert [(body.missing, body.refused, body.cut) for body in bodies] == [([], {}, [])] * len(bodies)
    return {reading.item.external_id: reading for body in bodies for reading in map(reader, body.found)}


# What is read ---------------------------------------------------------------------------------------------------------


def test_the_plug_in_keeps_the_protocol(client):
    provider: Provider = client
    assert provider.identity() == Identity(account_id="712020:sync", name="Sync Bot", zone="Asia/Kolkata")


def test_testing_a_connection_says_who_we_are_and_what_we_see(client):
    found = client.discover()
    assert found == Discovery(
        identity=Identity("712020:sync", "Sync Bot", "Asia/Kolkata"),
        site_name="Sandbox Jira",
        version="1001.0.0-SNAPSHOT",
        server_time=found.server_time,
        projects=(RemoteProject("10000", "PROJ", "Harbour"), RemoteProject("10009", "OPS", "Quayside")),
        item_count=120,
    )
    assert abs(found.server_time - datetime.now(UTC)) < timedelta(seconds=10)


def test_a_whole_reading_equals_the_truth(client, stand_in):
    readings = everything(client)
    truth = stand_in.truth()
    assert readings.keys() == truth.keys()
    for external_id, facts in truth.items():
        found = readings[external_id].item
        assert {
            "key": found.key,
            "title": found.title,
            "project_id": found.project_id,
            "status_id": found.status_id,
            "status_category": found.status_category,
            "points": None if found.points is None else float(found.points),
            "parent_id": found.parent_external_id,
            "assignee_id": found.assignee.external_id if found.assignee else None,
            "sprint_ids": list(found.sprint_ids),
        } == {name: value for name, value in facts.items() if name not in ("updated_at", "histories")}
        # Jira tells milliseconds.
        assert timedelta(0) <= facts["updated_at"] - found.updated_at < timedelta(milliseconds=1)
    assert {reading.item.level for reading in readings.values()} == set(Level)


def test_every_history_ends_in_the_state_it_explains(client):
    for reading in everything(client).values():
        moves = [step for step in reading.transitions if step.change is Change.STATUS]
        assert all(a.to_id == b.from_id for a, b in pairwise(moves))
        if moves:
            assert (moves[-1].to_id, moves[-1].to_category) == (reading.item.status_id, reading.item.status_category)
            assert moves[0].from_category is StatusCategory.NEW
        else:
            assert reading.item.status_category is StatusCategory.NEW
        is_done = reading.item.status_category is StatusCategory.DONE
        assert is_done == (reading.item.resolved_at is not None)


def test_components_and_queries_narrow_a_scope(client, stand_in):
    billing = {issue.id for issue in stand_in.world.issues.values() if "Billing" in issue.components}
    assert len(billing) > 3
    for piece in (Slice(project="10000", components=("Billing",)), Slice(query='component = "Billing" ORDER BY key')):
        assert set(rows(client.census(scope=Scope((piece,))))) == billing
        assert client.approximate_count(scope=Scope((piece,))) == len(billing)


def test_vocabulary_is_read_with_the_projects_it_belongs_to(client):
    assert client.components(project_id="10009") == ["Cranes", "Gate"]
    assert {(status.external_id, status.category, status.project_id) for status in client.statuses()} == {
        ("10000", StatusCategory.NEW, None),
        ("3", StatusCategory.INDETERMINATE, None),
        ("10001", StatusCategory.INDETERMINATE, None),
        ("10002", StatusCategory.DONE, None),
        ("10072", StatusCategory.DONE, "10009"),
    }
    assert {kind.name: kind.proposed_level for kind in client.kinds()} == {
        "Initiative": Level.INITIATIVE,
        "Epic": Level.FEATURE,
        "Story": Level.STORY,
        "Bug": Level.BUG,
        "Task": Level.TASK,
        "Sub-task": Level.TASK,
    }


def test_of_three_fields_named_alike_the_one_the_board_estimates_with_is_proposed(client):
    choice = client.propose_fields(project_ids=["10000", "10009"]).points
    assert (choice.field_id, choice.reason) == (world.POINTS_FIELD, "The boards estimate with this field.")
    assert [candidate.field_id for candidate in choice.candidates] == [world.POINTS_FIELD, world.POINTS_TWIN]


# Time -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("style", TimeStyle)
def test_nothing_changed_at_or_after_the_moment_is_left_out_in_any_zone(zone, style):
    with jira.running(account_zone=zone) as stand_in, connected(stand_in, time_style=style) as client:
        updates = sorted(facts["updated_at"] for facts in stand_in.truth().values())
        for since in (updates[0], updates[60], updates[-1], jira.UNTIL + timedelta(minutes=5)):
            found = {row.external_id for row in rows(client.changed_ids(scope=BOTH, since=since))}
            wanted = {name for name, facts in stand_in.truth().items() if facts["updated_at"] >= since}
            assert wanted <= found
            if style is TimeStyle.EPOCH:
                # Jira's literal names milliseconds; what lies within the same one is asked for again.
                floor = since.replace(microsecond=since.microsecond // 1000 * 1000)
                assert found == {name for name, facts in stand_in.truth().items() if facts["updated_at"] >= floor}


def test_issues_that_share_a_millisecond_are_all_found_at_its_boundary(client, stand_in):
    client.time_style = TimeStyle.EPOCH
    moment = datetime(2026, 2, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    twins = [issue.id for issue in list(stand_in.world.issues.values())[:7]]
    for name in twins:
        stand_in.touch(name, at=moment)
    assert {(row.external_id, row.updated_at) for row in rows(client.changed_ids(scope=BOTH, since=moment))} == {
        (name, moment) for name in twins
    }
    assert rows(client.changed_ids(scope=BOTH, since=moment + timedelta(milliseconds=1))) == []


def test_epoch_milliseconds_are_tried_before_they_are_trusted(client, stand_in):
    assert client.probe_time_style(scope=BOTH) is TimeStyle.EPOCH
    stand_in.fail("approximate-count", Fault(status=400, words="Date value '4102444800000' is invalid"))
    assert client.probe_time_style(scope=BOTH) is TimeStyle.MINUTE
    # A Jira that overlooks the condition answers everything, and is not trusted either.
    stand_in.fail("approximate-count", Fault(mode="says", said={"count": 120}, times=2))
    assert client.probe_time_style(scope=BOTH) is TimeStyle.MINUTE
    stand_in.fail("approximate-count", Fault(mode="says", said={"count": 0}, times=2))
    assert client.probe_time_style(scope=BOTH) is TimeStyle.MINUTE


def test_an_empty_project_leaves_the_probe_its_answer(client, stand_in):
    for issue in list(stand_in.world.issues.values()):
        stand_in.world.delete(issue)
    assert client.probe_time_style(scope=BOTH) is TimeStyle.EPOCH


def test_a_probe_that_is_throttled_decides_nothing(client, stand_in):
    stand_in.fail("approximate-count", Fault(status=429, headers={"Retry-After": "9"}))
    with pytest.raises(Throttled):
        rows(client.changed_ids(scope=BOTH, since=jira.UNTIL))
    assert client.time_style is None
    with connected(stand_in) as later:
        assert rows(later.changed_ids(scope=BOTH, since=jira.UNTIL))
        assert later.time_style is TimeStyle.EPOCH


def test_bodies_are_current_while_the_search_is_late():
    with jira.running(lag=timedelta(hours=1)) as stand_in, connected(stand_in, time_style=TimeStyle.EPOCH) as client:
        issue = stand_in.touch("PROJ-7")
        assert rows(client.changed_ids(scope=BOTH, since=issue.updated_at)) == []
        assert client.bodies(ids=[issue.id]).found[0]["fields"]["summary"] == issue.title


# Bodies ---------------------------------------------------------------------------------------------------------------


def test_deleted_and_hidden_issues_are_missing_and_a_moved_one_is_the_same_under_a_new_key(client, stand_in):
    gone, hidden, moved = (stand_in.issue(key) for key in ("PROJ-1", "PROJ-2", "PROJ-3"))
    stand_in.world.delete(gone)
    stand_in.world.hide(hidden)
    stand_in.world.move(moved, "10009", at=stand_in.world.now())
    bodies = client.bodies(ids=[gone.id, hidden.id, moved.id])
    assert [(body["id"], body["key"]) for body in bodies.found] == [(moved.id, "OPS-41")]
    assert (bodies.missing, bodies.refused, bodies.cut) == ([gone.id, hidden.id], {}, [])
    assert {gone.id, hidden.id}.isdisjoint(rows(client.census(scope=BOTH)))


def test_an_issue_absent_from_the_answer_and_from_its_errors_is_missing_too(client, stand_in):
    stand_in.fail("issue/bulkfetch", Fault(mode="says", said={"issues": [], "issueErrors": []}))
    assert client.bodies(ids=["10001"]).missing == ["10001"]


def test_passing_trouble_with_one_issue_is_not_its_disappearance(client, stand_in):
    trouble = [{"id": "10001", "errorMessage": "Timed out while rendering"}]
    stand_in.fail("issue/bulkfetch", Fault(mode="says", said={"issues": [], "issueErrors": trouble}))
    bodies = client.bodies(ids=["10001"])
    assert (bodies.found, bodies.missing, bodies.refused) == ([], [], {"10001": "Timed out while rendering"})


def test_a_long_history_is_completed(client, stand_in):
    issue = stand_in.issue(jira.LONG_HISTORY)
    (body,) = client.bodies(ids=[issue.id]).found
    assert len(body["changelog"]["histories"]) == body["changelog"]["total"] == 230
    assert len({history["id"] for history in body["changelog"]["histories"]}) == 230
    assert [seen.path for seen in stand_in.requests].count("/rest/api/3/changelog/bulkfetch") == 1


def test_a_long_history_is_asked_for_one_by_one_where_the_bulk_answer_is_empty(client, stand_in):
    issue = stand_in.issue(jira.LONG_HISTORY)
    stand_in.fail("changelog/bulkfetch", Fault(mode="says", said={"issueChangeLogs": []}))
    bodies = client.bodies(ids=[issue.id])
    assert (len(bodies.found[0]["changelog"]["histories"]), bodies.cut) == (230, [])


def test_a_history_that_stays_short_is_said(client, stand_in):
    issue = stand_in.issue(jira.LONG_HISTORY)
    stand_in.fail("changelog/bulkfetch", Fault(mode="says", said={"issueChangeLogs": []}))
    stand_in.fail(f"issue/{issue.id}/changelog", Fault(mode="says", said={"values": [], "isLast": True}))
    bodies = client.bodies(ids=[issue.id])
    assert (len(bodies.found[0]["changelog"]["histories"]), bodies.cut) == (40, [issue.id])


def test_changelogs_in_bulk_are_complete_over_several_pages(client, stand_in, monkeypatch):
    monkeypatch.setattr(jira_client, "CHANGELOG_ROWS", 50)
    wanted = {issue.id: len(issue.history) for issue in stand_in.world.issues.values() if issue.project_id == "10000"}
    logs = client.changelogs(ids=list(wanted))
    assert {name: len({history["id"] for history in log}) for name, log in logs.items()} == wanted


def test_bodies_too_large_to_come_together_come_in_parts(stand_in):
    with connected(stand_in, policy=replace(POLICY, max_bytes=40_000)) as client:
        wanted = [name for name in stand_in.world.issues if name != stand_in.issue(jira.LONG_HISTORY).id]
        bodies = client.bodies(ids=wanted[:50])
    assert [body["id"] for body in bodies.found] == wanted[:50]
    assert bodies.refused == {}


def test_a_body_too_large_alone_is_reported_and_harms_no_other(stand_in):
    giant = stand_in.issue(jira.LONG_HISTORY)
    others = [name for name in stand_in.world.issues if name != giant.id][:3]
    with connected(stand_in, policy=replace(POLICY, max_bytes=18_000)) as client:
        bodies = client.bodies(ids=[others[0], giant.id, *others[1:]])
    assert [body["id"] for body in bodies.found] == others
    assert (list(bodies.refused), bodies.missing) == ([giant.id], [])
    assert "sent more than" in bodies.refused[giant.id]


def test_more_than_a_hundred_bodies_are_never_asked_for_at_once(client):
    with pytest.raises(ValueError, match="101"):
        client.bodies(ids=[str(number) for number in range(101)])


# Paging ---------------------------------------------------------------------------------------------------------------


def small_pages(monkeypatch, rows_each=25):
    monkeypatch.setattr(jira_client, "SEARCH_ROWS", rows_each)


def test_a_pass_is_resumed_where_it_stopped(client, monkeypatch):
    small_pages(monkeypatch)
    pages = list(client.census(scope=BOTH))
    assert [len(page.rows) for page in pages] == [25, 25, 25, 25, 20]
    resumed = list(client.census(scope=BOTH, page_token=pages[1].next_page_token))
    assert rows(resumed) == rows(pages[2:])
    assert len(set(rows(pages))) == 120


def test_a_page_token_that_has_expired_is_told_apart(client):
    with pytest.raises(PageTokenRefused):
        rows(client.census(scope=BOTH, page_token="b2xk"))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(mode="same token", times=9), "repeats a page"),
        (Fault(mode="no token", times=9), "more pages but not where"),
        (Fault(mode="empty page", times=9), "repeats a page"),
        (Fault(mode="says", said={"issues": None}), "form we do not know"),
        (Fault(mode="says", said={"issues": [{}]}), "without id"),
        (Fault(mode="says", said={"nextPageToken": 7, "isLast": False}), "repeats a page"),
    ],
)
def test_a_page_that_leads_in_a_circle_ends_the_pass_with_an_error(client, stand_in, fault, sentence):
    stand_in.fail("search/jql", fault)
    with pytest.raises(ProviderError, match=sentence) as caught:
        rows(client.census(scope=BOTH))
    assert caught.value.retry is Retry.LATER
    assert len([seen for seen in stand_in.requests if "search/jql" in seen.path]) <= 3


def test_an_empty_page_in_the_middle_is_not_the_end(client, stand_in, monkeypatch):
    small_pages(monkeypatch)
    stand_in.fail("search/jql", Fault(mode="empty page"))
    assert sorted(rows(client.census(scope=BOTH)), key=int) == sorted(stand_in.truth(), key=int)


def test_empty_pages_without_end_are_left(client, stand_in, monkeypatch):
    monkeypatch.setattr(jira_client, "EMPTY_PAGES", 4)
    for number in range(9):
        said = {"issues": [], "nextPageToken": f"page-{number}", "isLast": False}
        stand_in.fail("search/jql", Fault(mode="says", said=said))
    with pytest.raises(ProviderError, match="5 empty pages"):
        rows(client.census(scope=BOTH))


def test_a_pass_has_a_last_page_whatever_the_vendor_says(client, stand_in, monkeypatch):
    monkeypatch.setattr(jira_client, "LONGEST_PASS_PAGES", 3)
    small_pages(monkeypatch)
    with pytest.raises(ProviderError, match="did not end within 3 pages"):
        rows(client.census(scope=BOTH))


def test_the_search_that_was_removed_is_named(client, stand_in):
    stand_in.fail("search/jql", Fault(status=410, words="The requested API has been removed."))
    with pytest.raises(ProviderError, match="Jira has removed this part") as caught:
        rows(client.census(scope=BOTH))
    assert caught.value.retry is Retry.NEVER


# Sprints --------------------------------------------------------------------------------------------------------------


def test_a_sprint_on_several_boards_is_one_and_a_future_one_has_no_dates(client):
    sprints = {sprint.external_id: sprint for sprint in client.sprints(project_ids=["10000", "10009"])}
    assert {name: sprint.board_ids for name, sprint in sprints.items()} == {
        "36": ("5",),
        "37": ("5", "9"),
        "38": ("5",),
    }
    assert (sprints["38"].state, sprints["38"].starts_at, sprints["38"].ends_at) == (SprintState.FUTURE, None, None)
    assert sprints["36"].completed_at == sprints["36"].ends_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "words", "is_tolerated"),
    [
        (400, "The board does not support sprints", True),
        (400, "Something else is wrong", False),
        (403, "The board does not support sprints", False),
        (404, "Board not found", False),
    ],
)
def test_a_board_without_sprints_is_tolerated_for_that_answer_only(client, stand_in, status, words, is_tolerated):
    stand_in.fail("board/5/sprint", Fault(status=status, words=words))
    if is_tolerated:
        assert [sprint.external_id for sprint in client.sprints(project_ids=["10000"])] == ["37"]
    else:
        with pytest.raises(ProviderError):
            client.sprints(project_ids=["10000"])


# Trouble is never "no rows" -------------------------------------------------------------------------------------------

CALLS = {
    "search/jql": lambda client: rows(client.census(scope=BOTH)),
    "approximate-count": lambda client: client.approximate_count(scope=BOTH),
    "issue/bulkfetch": lambda client: client.bodies(ids=["10001"]),
    "changelog/bulkfetch": lambda client: client.changelogs(ids=["10001"]),
    "project/search": lambda client: client.projects(),
    "components": lambda client: client.components(project_id="10000"),
    "/field": lambda client: client.fields(),
    "/status": lambda client: client.statuses(),
    "/issuetype": lambda client: client.kinds(),
    "serverInfo": lambda client: client.server_time(),
    "/board": lambda client: client.sprints(project_ids=["10000"]),
    "configuration": lambda client: client.propose_fields(project_ids=["10000"]),
    "myself": lambda client: client.fields(),
}


@pytest.mark.parametrize("match", CALLS)
@pytest.mark.parametrize(
    ("fault", "kind", "retry"),
    [
        (Fault(status=400, words="No."), jira_client.Refused, Retry.NEVER),
        (Fault(status=401), CredentialsRefused, Retry.NEVER),
        (Fault(status=403), jira_client.Refused, Retry.NEVER),
        (Fault(status=404), jira_client.Refused, Retry.NEVER),
        (Fault(status=410), jira_client.Refused, Retry.NEVER),
        (Fault(status=408), ProviderError, Retry.LATER),
        (Fault(status=429), Throttled, Retry.LATER),
        (Fault(status=500), ProviderError, Retry.LATER),
        (Fault(status=503, mode="html"), ProviderError, Retry.LATER),
        (Fault(status=200, mode="html"), ProviderError, Retry.LATER),
        (Fault(mode="half"), ProviderError, Retry.LATER),
        (Fault(mode="cut"), ProviderError, Retry.LATER),
    ],
    ids=lambda value: f"{value.status} {value.mode}".strip() if isinstance(value, Fault) else None,
)
def test_no_trouble_is_taken_for_an_empty_answer_or_asked_again_at_once(troubled, match, fault, kind, retry):
    troubled.fail(match, fault)
    with connected(troubled) as client, pytest.raises(ProviderError) as caught:
        CALLS[match](client)
    assert (type(caught.value), caught.value.retry) == (kind, retry)
    assert [seen.path for seen in troubled.requests if match in seen.path] == [troubled.requests[-1].path]


@pytest.mark.parametrize(
    "match",
    [match for match in CALLS if match not in ("/board", "configuration", "myself")],
)
def test_an_answer_as_to_an_anonymous_visitor_is_refused(troubled, match):
    with connected(troubled) as client:
        client.identity()
        troubled.fail(match, Fault(mode="anonymous"))
        with pytest.raises(CredentialsRefused, match="anonymous visitor"):
            CALLS[match](client)


def test_an_answer_meant_for_somebody_else_is_refused(client, stand_in):
    stand_in.fail("board", Fault(mode="headers", headers={"X-AAccountId": "712020%3Aother"}))
    with pytest.raises(CredentialsRefused):
        client.sprints(project_ids=["10000"])


def test_nothing_is_asked_before_we_know_who_we_are(client, stand_in):
    client.fields()
    assert [seen.path for seen in stand_in.requests] == ["/rest/api/3/myself", "/rest/api/3/field"]
    client.fields()
    assert [seen.path for seen in stand_in.requests[2:]] == ["/rest/api/3/field"]


def test_a_revoked_token_needs_a_person(stand_in):
    with connected(stand_in, token="revoked") as client:
        stand_in.fail("myself", Fault(status=401))
        with pytest.raises(CredentialsRefused, match="expired or been revoked"):
            client.discover()


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault(status=429, headers={"Retry-After": "1847", "RateLimit-Reason": "jira-quota-global-based"}), 1847),
        (Fault(status=429), 30),
        (Fault(status=503, headers={"Retry-After": "12"}), 12),
    ],
)
def test_a_storm_is_answered_with_one_request_and_a_wait(client, stand_in, fault, after):
    stand_in.fail("search/jql", fault)
    with pytest.raises(Throttled) as caught:
        rows(client.census(scope=BOTH))
    assert caught.value.after == after
    assert [seen.status for seen in stand_in.requests if "search" in seen.path] == [fault.status]


def test_a_wait_until_a_date_is_understood(client, stand_in):
    stand_in.fail("search/jql", Fault(status=429, headers={"Retry-After": jira.in_seconds(90)}))
    with pytest.raises(Throttled) as caught:
        rows(client.census(scope=BOTH))
    assert 87 <= caught.value.after <= 91


def test_a_limit_that_comes_near_is_noticed(client, stand_in):
    stand_in.fail("/field", Fault(mode="headers", headers={"X-RateLimit-NearLimit": "true"}))
    client.fields()
    assert client.is_near_limit
    client.fields()
    assert not client.is_near_limit


def test_jiras_own_words_are_told_without_our_token(client, stand_in):
    stand_in.fail("/field", Fault(status=400, words="Bad s3cr3t-t0ken in header"))
    with pytest.raises(ProviderError) as caught:
        client.fields()
    assert caught.value.message == "Jira refuses the request. Bad [redacted] in header"
    assert "s3cr3t" not in repr(ApiToken("ada@example.com", "s3cr3t-t0ken"))


def test_a_query_that_jira_refuses_is_told_in_its_words(client):
    with pytest.raises(ProviderError, match="The value 'NOPE' does not exist for the field 'project'"):
        client.approximate_count(scope=Scope((Slice(project="NOPE"),)))


def test_a_jira_of_ones_own_server_is_told_apart(client, stand_in):
    stand_in.fail("serverInfo", Fault(mode="says", said={"deploymentType": "Server"}))
    with pytest.raises(ProviderError, match="not Cloud"):
        client.discover()


# The contract ---------------------------------------------------------------------------------------------------------


def test_every_request_keeps_atlassians_contract(client, stand_in):
    if not jira_contract.PLATFORM.exists():
        pytest.skip(f"{jira_contract.PLATFORM.name} does not lie beside this checkout")
    client.discover()
    client.time_style = TimeStyle.EPOCH
    rows(client.changed_ids(scope=BOTH, since=jira.UNTIL))
    for call in CALLS.values():
        call(client)
    client.sprints(project_ids=["10009"])
    client.bodies(ids=[stand_in.issue(jira.LONG_HISTORY).id])
    stand_in.fail("changelog/bulkfetch", Fault(mode="says", said={"issueChangeLogs": []}))
    client.bodies(ids=[stand_in.issue(jira.LONG_HISTORY).id])
    assert {seen.status for seen in stand_in.requests} == {200, 400}
    # The one 400 is the board that has no sprints; "CONTRACT" would have been raised above.
    assert {seen.path for seen in stand_in.requests if seen.status == 400} <= {"/rest/agile/1.0/board/6/sprint"}


def test_the_contract_refuses_a_leftover_of_the_old_search(client, stand_in):
    if not jira_contract.PLATFORM.exists():
        pytest.skip(f"{jira_contract.PLATFORM.name} does not lie beside this checkout")
    with pytest.raises(ProviderError, match="startAt"):
        client._post("/rest/api/3/search/jql", {"jql": "project = 10000", "startAt": 0})
