import copy
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.integrations.jira import mapping
from portolan.integrations.provider import (
    Change,
    FieldMap,
    Level,
    Person,
    ProviderError,
    RemoteItem,
    RemoteStatus,
    RemoteTransition,
    SprintState,
    StatusCategory,
    Unreadable,
)

FIELDS = FieldMap(
    points="customfield_10016",
    points_by_project={"10009": "customfield_10050", "10011": None},
    sprint="customfield_10020",
    epic_link="customfield_10014",
    flag="customfield_10021",
)
STATUSES = [
    RemoteStatus("10000", "To Do", StatusCategory.NEW, None),
    RemoteStatus("3", "进行中", StatusCategory.INDETERMINATE, None),
    RemoteStatus("10002", "Done", StatusCategory.DONE, None),
]
WORDS = [
    "id",
    "key",
    "name",
    "displayName",
    "accountId",
    "statusCategory",
    "field",
    "fieldId",
    "items",
    "created",
    "value",
]
PLACES = [
    "summary", "project", "issuetype", "status", "created", "updated", "parent", "assignee", "components", "labels",
    "resolutiondate", "duedate", "flagged", "customfield_10016", "customfield_10020", "customfield_10014",
    "customfield_10021",
]  # fmt: skip
ISSUE = {
    "id": "20707",
    "key": "PROJ-7",
    "fields": {
        "summary": "Price late arrivals — ✓ naïve\u200b",
        "project": {"id": "10000", "key": "PROJ"},
        "issuetype": {"id": "10102", "name": "故事", "hierarchyLevel": 0, "avatarId": 10315},
        "status": {"id": "3", "name": "进行中", "statusCategory": {"id": 4, "key": "indeterminate", "name": "进行中"}},
        "created": "2026-01-02T08:24:56.048+0800",
        "updated": "2026-01-05T01:30:00.500-07:00",
    },
}


def issue(**fields):
    raw = copy.deepcopy(ISSUE)
    raw["fields"] |= fields
    return raw


def read(raw, levels=None):
    return mapping.reader(fields=FIELDS, levels=levels or {}, statuses=STATUSES, site_url="https://x.example/")(raw)


def test_the_least_an_issue_may_say():
    reading = read(ISSUE)
    assert reading.item == RemoteItem(
        external_id="20707",
        key="PROJ-7",
        url="https://x.example/browse/PROJ-7",
        title="Price late arrivals — ✓ naïve\u200b",
        project_id="10000",
        project_key="PROJ",
        level=Level.STORY,
        kind_id="10102",
        kind_name="故事",
        hierarchy_level=0,
        status_id="3",
        status_name="进行中",
        status_category=StatusCategory.INDETERMINATE,
        parent_external_id=None,
        parent_key=None,
        points=None,
        assignee=None,
        components=(),
        labels=(),
        sprint_ids=(),
        is_flagged=False,
        created_at=datetime(2026, 1, 2, 0, 24, 56, 48_000, tzinfo=UTC),
        updated_at=datetime(2026, 1, 5, 8, 30, 0, 500_000, tzinfo=UTC),
        resolved_at=None,
        due_on=None,
    )
    assert (reading.transitions, reading.notes) == ((), ())


def test_everything_an_issue_may_say():
    found = read(
        issue(
            customfield_10016=3.0,
            customfield_10020=[{"id": 37, "name": "Sprint, 4"}, {"id": 36, "name": "S3"}, {"id": 37}],
            customfield_10021=[{"id": "10019", "value": "Impediment"}],
            parent={"id": "10001", "key": "PROJ-1"},
            assignee={"accountId": "557058:ab", "displayName": "Zoë Żurek 山田", "emailAddress": ""},
            components=[{"id": "1", "name": "Billing"}, {"id": "2", "name": "Berths, old"}],
            labels=["α β", "x"],
            resolutiondate="2026-01-05T09:00:00.000Z",
            duedate="2026-02-28",
        )
    ).item
    assert found.points == Decimal("3.0")
    assert found.sprint_ids == ("37", "36")
    assert found.is_flagged
    assert (found.parent_external_id, found.parent_key) == ("10001", "PROJ-1")
    assert found.assignee == Person("557058:ab", "Zoë Żurek 山田")
    assert found.components == ("Billing", "Berths, old")
    assert found.labels == ("α β", "x")
    assert found.resolved_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert found.due_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        (("id",), None, "id", "is missing"),
        (("id",), "", "id", "is missing"),
        (("key",), ["PROJ-7"], "key", "is not text"),
        (("fields",), None, "fields", "is missing"),
        (("fields", "summary"), None, "summary", "is missing"),
        (("fields", "summary"), 7, "summary", "is not text"),
        (("fields", "project"), None, "project", "is missing"),
        (("fields", "project", "id"), None, "project.id", "is missing"),
        (("fields", "issuetype"), "Story", "issuetype", "is not an object"),
        (("fields", "issuetype", "id"), None, "issuetype.id", "is missing"),
        (("fields", "status", "id"), None, "status.id", "is missing"),
        (("fields", "created"), None, "created", "is missing"),
        (("fields", "updated"), 1, "updated", None),
        (("fields", "updated"), "06/2월/18 2:47 오후", "updated", "is not a moment with a zone"),
        (("fields", "updated"), "2026-01-05T01:30:00", "updated", "is not a moment with a zone"),
        (("fields", "updated"), True, "updated", "is not a moment with a zone"),
    ],
)
def test_what_cannot_be_done_without_is_named(path, value, field, reason):
    raw = issue()
    place = raw
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    if reason is None:  # a number is a moment: some answers count seconds
        assert read(raw).item.updated_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
        return
    with pytest.raises(Unreadable) as caught:
        read(raw)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert caught.value.external_id == ("" if path == ("id",) else "20707")


@pytest.mark.parametrize(
    ("category", "known", "meaning"),
    [
        ({"key": "new", "name": "New"}, "x", StatusCategory.NEW),
        ({"key": "new", "name": "完成"}, "x", StatusCategory.NEW),
        ({"key": "undefined", "name": "No Category"}, "x", StatusCategory.NEW),
        ({"key": "done"}, "x", StatusCategory.DONE),
        (None, "10002", StatusCategory.DONE),
        ({"key": "in-flight"}, "3", StatusCategory.INDETERMINATE),
    ],
)
def test_a_status_means_what_its_category_key_says_in_any_language(category, known, meaning):
    assert read(issue(status={"id": known, "name": "Done", "statusCategory": category})).item.status_category is meaning


def test_a_status_without_any_known_category_is_not_guessed_from_its_name():
    with pytest.raises(Unreadable, match="statusCategory is missing or unknown"):
        read(issue(status={"id": "77", "name": "Done"}))


@pytest.mark.parametrize(
    ("value", "points", "notes"),
    [
        (None, None, ()),
        (0, Decimal(0), ()),
        (0.0, Decimal("0.0"), ()),
        (0.5, Decimal("0.5"), ()),
        (0.1, Decimal("0.1"), ()),
        ("8", Decimal(8), ()),
        ({"value": "13"}, Decimal(13), ()),
        ("", None, ()),
        ("large", None, ("points: 'large' is not a number of points.",)),
        (-1, None, ("points: -1 is not a number of points.",)),
        (True, None, ("points: True is not a number of points.",)),
        ("NaN", None, ("points: 'NaN' is not a number of points.",)),
        ([3], None, ("points: [3] is not a number of points.",)),
        (1e300, None, ("points: 1e+300 is not a number of points.",)),
    ],
)
def test_points_are_numbers_and_nothing_is_not_zero(value, points, notes):
    reading = read(issue(customfield_10016=value))
    assert (reading.item.points, reading.notes) == (points, notes)
    assert str(reading.item.points) == str(points)


def test_a_project_may_keep_its_points_elsewhere_or_nowhere():
    both = {"customfield_10016": 3, "customfield_10050": 8}
    project = {"id": "10009", "key": "OPS"}
    assert read(issue(**both)).item.points == 3
    assert read(issue(**both, project=project)).item.points == 8
    assert read(issue(**both, project=project | {"id": "10011"})).item.points is None


@pytest.mark.parametrize(
    ("fields", "parent"),
    [
        ({"parent": {"id": "1", "key": "PROJ-1"}, "customfield_10014": "PROJ-2"}, ("1", "PROJ-1")),
        ({"parent": {"id": "99999"}}, ("99999", None)),  # out of our scope or sight: dangling until it is filled
        ({"customfield_10014": "PROJ-2"}, (None, "PROJ-2")),
        ({"parent": None, "customfield_10014": "PROJ-2"}, (None, "PROJ-2")),
        ({"customfield_10014": {"id": "2", "key": "PROJ-2"}}, ("2", "PROJ-2")),
        ({"customfield_10014": {"hasEpicLinkFieldDependency": False, "showField": False}}, (None, None)),
        ({"parent": None, "customfield_10014": None}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_there_is_one_hierarchy_and_the_epic_link_is_its_fallback(fields, parent):
    found = read(issue(**fields)).item
    assert (found.parent_external_id, found.parent_key) == parent


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ({"hierarchyLevel": 3}, Level.INITIATIVE),
        ({"hierarchyLevel": 2}, Level.INITIATIVE),
        ({"hierarchyLevel": 1, "name": "Bug"}, Level.FEATURE),
        ({"hierarchyLevel": 0, "name": "Anything"}, Level.STORY),
        ({"hierarchyLevel": 0, "name": "缺陷", "untranslatedName": "Bug"}, Level.BUG),
        ({"hierarchyLevel": 0, "name": "缺陷", "avatarId": 10303}, Level.BUG),
        ({"hierarchyLevel": 0, "name": "任务", "avatarId": 10318}, Level.TASK),
        ({"hierarchyLevel": -1, "name": "Bug"}, Level.TASK),
        ({"subtask": True}, Level.TASK),
        ({"subtask": False}, Level.STORY),
    ],
)
def test_levels_are_proposed_by_hierarchy_and_a_choice_overrules(kind, level):
    raw = issue(issuetype={"id": "7", **kind})
    assert read(raw).item.level is level
    assert mapping.kind({"id": "7", **kind}).proposed_level is level
    assert read(raw, levels={"7": Level.INITIATIVE}).item.level is Level.INITIATIVE


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ([{"id": 37}, None, {"name": "x"}], ("37",)),
        (["com.x.Sprint@1f[id=36,rapidViewId=5,state=CLOSED,name=A, id=9,goal=<null>]"], ("36",)),
        (["com.x.Sprint@1f[rapidViewId=5,state=CLOSED,name=A,id=36]", "com.x.Sprint@2[id=37,name=B]"], ("36", "37")),
        (["nothing like a sprint"], ()),
    ],
)
def test_sprints_are_known_by_id_in_both_spellings(value, ids):
    assert read(issue(customfield_10020=value)).item.sprint_ids == ids


def test_optional_dates_that_cannot_be_read_are_left_out_and_said():
    reading = read(issue(duedate="soon", resolutiondate="06/2월/18"))
    assert (reading.item.due_on, reading.item.resolved_at) == (None, None)
    assert reading.notes == ("resolutiondate: '06/2월/18' is not a moment.", "duedate: 'soon' is not a date.")


@pytest.mark.parametrize(
    ("raw", "person"),
    [
        (None, None),
        ({"accountId": "a", "displayName": "A"}, Person("a", "A")),
        ({"accountId": "", "displayName": "Gone"}, Person("", "Gone")),
        ({"key": "JIRAUSER10100", "name": "ada", "displayName": "Ada"}, Person("JIRAUSER10100", "Ada")),
        ({"name": "정광섭"}, Person("정광섭", "정광섭")),
        ({}, None),
    ],
)
def test_people_are_known_by_account_and_never_by_address(raw, person):
    assert mapping.person(raw) == person


# History --------------------------------------------------------------------------------------------------------------


def history(number, created, *items, author=None):
    return {"id": number, "created": created, "author": author, "items": list(items)}


def entry(field, field_id, old, old_words, new, new_words):
    plain = {"field": field, "from": old, "fromString": old_words, "to": new, "toString": new_words}
    return plain | ({"fieldId": field_id} if field_id else {})


def transitions(*histories):
    return read({**ISSUE, "changelog": {"histories": list(histories), "total": len(histories)}}).transitions


def test_a_change_of_status_carries_both_categories():
    author = {"accountId": "a", "displayName": "A"}
    noise = entry("RemoteIssueLink", None, "1", "x", "1", "x")
    move = entry("status", "status", "10000", "To Do", "3", "进行中")
    assert transitions(history("901", "2026-01-02T00:00:00.000+0000", noise, move, author=author)) == (
        RemoteTransition(
            external_id="20707",
            history_id="901",
            ordinal=1,
            at=datetime(2026, 1, 2, tzinfo=UTC),
            change=Change.STATUS,
            from_id="10000",
            from_name="To Do",
            from_category=StatusCategory.NEW,
            to_id="3",
            to_name="进行中",
            to_category=StatusCategory.INDETERMINATE,
            author=Person("a", "A"),
        ),
    )


@pytest.mark.parametrize(
    ("item", "change", "ids"),
    [
        (entry("Status", None, "10000", "a", "3", "b"), Change.STATUS, ("10000", "3")),
        (entry("assignee", "assignee", "a", "A", None, None), Change.ASSIGNEE, ("a", None)),
        (entry("Sprint", "customfield_10020", "", "", "36, 37", "Sprint, 3, S4"), Change.SPRINT, (None, "36, 37")),
        (entry("Story Points", "customfield_10016", None, "3", None, ""), Change.POINTS, (None, None)),
        (entry("Story Points", "customfield_10050", None, "3", None, ""), Change.POINTS, (None, None)),
        (entry("IssueParentAssociation", None, None, None, "10001", "PROJ-1"), Change.PARENT, (None, "10001")),
        (entry("Parent", None, "10001", "PROJ-1", None, None), Change.PARENT, ("10001", None)),
        (entry("Epic Link", "customfield_10014", None, "", "10001", "PROJ-1"), Change.PARENT, (None, "10001")),
        (entry("Epic Link", None, None, "", "10001", "PROJ-1"), Change.PARENT, (None, "10001")),
        (entry("Flagged", "customfield_10021", "", "", "[10019]", "Impediment"), Change.FLAG, (None, "[10019]")),
        (entry("issuetype", "issuetype", "1", "Bug", "2", "Story"), Change.KIND, ("1", "2")),
        (entry("project", "project", "1", "A", "2", "B"), Change.PROJECT, ("1", "2")),
        (entry("resolution", "resolution", None, None, "10000", "Done"), Change.RESOLUTION, (None, "10000")),
    ],
)
def test_each_kept_change_is_known_by_its_field(item, change, ids):
    (found,) = transitions(history("1", "2026-01-02T00:00:00.000Z", item))
    assert (found.change, (found.from_id, found.to_id)) == (change, ids)


@pytest.mark.parametrize(
    "item",
    [
        entry("RemoteIssueLink", None, "1", "x", "1", "x"),
        entry("Workflow", None, "1", "x", "2", "y"),
        entry("Rank", "customfield_10019", "", "", "", "Ranked higher"),
        entry("status", "customfield_10099", "a", "a", "b", "b"),  # somebody's own field of that name
        entry("Key", None, None, "PROJ-1", None, "OPS-1"),
        {},
        None,
        "status",
    ],
)
def test_other_changes_are_noise(item):
    assert transitions(history("1", "not even a moment", item)) == ()


def test_history_is_told_oldest_first_however_it_comes():
    move = entry("status", "status", "10000", "a", "3", "b")
    found = transitions(
        history("1002", 1_767_312_000_000, move, move),
        history("999", 1_767_312_000_000, move),
        history("7", "2026-01-01T00:00:00.000+0000", move),
        history("8", 1_767_225_599, move),
    )
    assert [(step.history_id, step.ordinal) for step in found] == [
        ("8", 0),
        ("7", 0),
        ("999", 0),
        ("1002", 0),
        ("1002", 1),
    ]


def test_a_kept_change_without_a_moment_makes_the_item_unreadable():
    with pytest.raises(Unreadable, match=r"changelog\.created"):
        transitions(history("1", None, entry("status", "status", "1", "a", "3", "b")))


@pytest.mark.parametrize(
    ("log", "is_short"),
    [
        (None, True),
        ({"total": 0, "histories": []}, False),
        ({"total": 2, "histories": [{}, {}]}, False),
        ({"total": 3, "histories": [{}, {}]}, True),
        ({"histories": [{}]}, True),
        ({"total": 1}, True),
    ],
)
def test_a_history_is_complete_only_if_the_numbers_agree(log, is_short):
    assert mapping.missing_histories({"id": "1", "changelog": log} if log is not None else {"id": "1"}) is is_short


def test_fetched_histories_are_merged_by_id_and_change_nothing_twice():
    early, late = history("1", 1_767_225_600_000), history("2", "2026-01-02T00:00:00.000+0000")
    raw = {"id": "1", "changelog": {"total": 2, "histories": [late]}}
    mapping.add_histories(raw, [early, history("2", 1_767_312_000_000)])
    assert raw["changelog"] == {"total": 2, "histories": [late, early]}
    mapping.add_histories(raw, [early])
    assert raw["changelog"] == {"total": 2, "histories": [late, early]}


def test_a_fetched_history_without_a_moment_spoils_its_own_item_only_when_it_is_read():
    raw = {**issue(), "changelog": {"total": 2, "histories": []}}
    move = entry("status", "status", "1", "a", "3", "b")
    mapping.add_histories(raw, [history("1", None, move), history("2", "2026-01-02T00:00:00.000+0000", move)])
    assert [entry["id"] for entry in raw["changelog"]["histories"]] == ["2", "1"]
    with pytest.raises(Unreadable):
        read(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(PLACES), JSON, max_size=6), JSON, JSON)
def test_whatever_stands_in_an_issue_it_is_read_or_said_to_be_unreadable(fields, log, entry_of_log):
    move = {"id": "1", "created": "2026-01-02T00:00:00.000Z", "items": [entry_of_log, {"fieldId": "status", "to": log}]}
    for histories in (log, {"histories": log}, {"histories": [log, move]}, {"histories": [move], "total": log}):
        raw = {**issue(**fields), "changelog": histories}
        mapping.missing_histories(raw)
        try:
            assert read(raw).item.updated_at.tzinfo is UTC
        except Unreadable:
            continue


# Vocabulary -----------------------------------------------------------------------------------------------------------


def test_a_sprint_met_on_two_boards_is_one_sprint():
    raw = {"id": 37, "state": "active", "name": "Sprint, 4", "startDate": "2026-01-01T08:00:00.000+10:00"}
    once = mapping.on_boards(None, mapping.sprint(raw, board_id="5"))
    both = mapping.on_boards(once, mapping.sprint(raw, board_id="9"))
    assert mapping.on_boards(both, mapping.sprint(raw, board_id="5")) == both
    assert (both.external_id, both.board_ids, both.state) == ("37", ("5", "9"), SprintState.ACTIVE)
    assert (both.starts_at, both.ends_at) == (datetime(2025, 12, 31, 22, tzinfo=UTC), None)


@pytest.mark.parametrize("raw", [{}, {"id": 1, "state": "paused"}, {"state": "active"}])
def test_a_sprint_in_no_known_form_is_said(raw):
    with pytest.raises(ProviderError, match="sprint"):
        mapping.sprint(raw, board_id="5")


def test_a_reading_is_the_same_after_a_trip_through_storage():
    raw = issue(customfield_10016=0.1, customfield_10020=[{"id": 37}])
    assert read(orjson.loads(orjson.dumps(raw))) == read(raw)
