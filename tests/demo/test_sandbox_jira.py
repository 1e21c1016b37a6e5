import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portolan.demo.sandbox_jira import query, world
from portolan.demo.sandbox_jira.query import BadQuery
from portolan.demo.sandbox_jira.world import World
from tests.stand_ins import jira_life

UNTIL = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
NOW = UNTIL + timedelta(days=1)
FIRST_STATE = {
    "status": world.TO_DO.id,
    "assignee": None,
    "resolution": None,
    "project": None,
    "IssueParentAssociation": None,
}


def populated(issues=150, **choices):
    town = World(clock=lambda: NOW, **choices)
    jira_life.populate(town, issues=issues, until=UNTIL)
    return town


def found(town, text):
    wanted = query.read(text, now=town.now(), zone=town.account_zone, projects=town.site.projects.values())
    return [issue.key for issue in wanted.sorted([issue for issue in town.indexed() if wanted.matches(issue)])]


def test_the_same_arguments_give_the_same_world():
    assert populated().issues == populated().issues
    assert populated().issues != populated(issues=151).issues


def test_every_kind_of_work_and_every_fate_occurs():
    issues = list(populated().issues.values())
    assert {issue.kind_id for issue in issues} == set(world.KINDS)
    assert {world.STATUSES[issue.status_id].category for issue in issues} == {"new", "indeterminate", "done"}
    assert {issue.project_id for issue in issues} == set(world.PROJECTS)
    assert {bool(issue.points) for issue in issues} == {True, False}
    assert {len(issue.sprint_ids) for issue in issues} == {0, 1, 2}
    levels = {issue.id: world.KINDS[issue.kind_id].level for issue in issues}
    assert all(levels[issue.parent_id] > levels[issue.id] for issue in issues if issue.parent_id)


@pytest.mark.parametrize("seed", range(5))
def test_histories_are_chains_in_order_that_end_in_the_present_state(seed):
    town, dice = populated(), random.Random(seed)
    for step in range(300):
        jira_life.go_on(town, dice, at=NOW + timedelta(seconds=step))
    for issue in town.issues.values():
        moments = [issue.created_at, *(event.at for event in issue.history)]
        assert moments == sorted(moments)
        assert issue.updated_at == moments[-1]
        state = dict(FIRST_STATE)
        for item in (item for event in issue.history for item in event.items if item["field"] in state):
            name = item["field"]
            assert item["from"] == state[name] or name in ("project", "IssueParentAssociation")
            state[name] = item["to"]
        assert state["status"] == issue.status_id
        assert state["assignee"] == (issue.assignee.account_id if issue.assignee else None)
        assert (state["resolution"] is not None) == (issue.resolved_at is not None)
        assert state["project"] in (None, issue.project_id)


def test_the_index_is_late_by_its_lag_in_every_respect():
    town = populated(lag=timedelta(minutes=2))
    kept, moved, gone = (town.find(key) for key in ("PROJ-5", "PROJ-6", "PROJ-7"))
    born = town.create(project_id="10000", kind=world.STORY, title="New", at=town.now())
    town.rename(kept, "Other words", at=town.now())
    town.move(moved, "10009", at=town.now())
    town.delete(gone)
    recent = f"updated >= {int(NOW.timestamp() * 1000)}"
    assert found(town, recent) == []
    assert found(town, "key in (PROJ-6, PROJ-7)") == ["PROJ-6", "PROJ-7"]
    town.offset = timedelta(minutes=2)
    assert found(town, recent + " ORDER BY key") == [moved.key, kept.key, born.key]
    assert found(town, "key in (PROJ-6, PROJ-7)") == []


def test_an_issue_to_reconcile_is_seen_as_it_is():
    town = populated(lag=timedelta(minutes=2))
    issue = town.find("PROJ-5")
    town.rename(issue, "Other words", at=town.now())
    titles = {known.key: known.title for known in town.indexed(frozenset({issue.id}))}
    assert titles["PROJ-5"] == "Other words"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("key = PROJ-3", ["PROJ-3"]),
        ("project = OPS and key in (OPS-1, PROJ-1)", ["OPS-1"]),
        ("(key = PROJ-3 or key = 'OPS-1') and not project = 10009", ["PROJ-3"]),
        ("key in (PROJ-3, PROJ-2) order by key desc", ["PROJ-3", "PROJ-2"]),
        ("key in (PROJ-3, PROJ-2) ORDER BY created ASC, key ASC", ["PROJ-2", "PROJ-3"]),
        ("key in (PROJ-1, PROJ-2) and parent is EMPTY", ["PROJ-1"]),
        ("key in (PROJ-1, PROJ-2) and parent is not EMPTY", ["PROJ-2"]),
        ("key not in (PROJ-1) and key = PROJ-1", []),
        ("key = PROJ-1 and created > -1w", []),
        ('key = PROJ-1 and created < "2026/01/05 10:00"', ["PROJ-1"]),
    ],
)
def test_queries_are_answered(text, keys):
    assert found(populated(), text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "",
        "order by key",
        "project = NOPE",
        "key = ",
        "key",
        "(key = PROJ-1",
        "key = PROJ-1)",
        "key ~ PROJ-1",
        "shoe = 42",
        "updated >= 2026-04-28T15:33:15.492+0200",
        "key = PROJ-1 order by shoe",
        "key is PROJ-1",
        "key in PROJ-1",
        '"key = PROJ-1',
    ],
)
def test_queries_that_jira_refuses_are_refused(text):
    with pytest.raises(BadQuery):
        found(populated(3), text)


def test_literals_of_minutes_are_read_in_the_accounts_zone():
    token = query.read('created >= "2026/01/05 03:30"', now=NOW, zone=ZoneInfo("Asia/Kolkata"), projects=[])
    town = populated(0)
    at = datetime(2026, 1, 4, 22, 0, tzinfo=UTC)
    early = town.create(project_id="10000", kind=world.STORY, title="x", at=at - timedelta(milliseconds=1))
    late = town.create(project_id="10000", kind=world.STORY, title="x", at=at)
    assert (token.matches(early), token.matches(late)) == (False, True)
