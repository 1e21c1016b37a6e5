"""Answers recorded from live sites, where they lie beside the checkout. They belong to others: nothing of them is
copied here, only what we understood."""

import json
from collections import Counter

import pytest

from portolan.integrations.jira import fields, mapping
from portolan.integrations.provider import Change, FieldMap, Level, RemoteStatus, StatusCategory, Unreadable
from tests.stand_ins.jira_contract import SHARED

RECORDED = SHARED / "payloads" / "jira"
FIELDS = FieldMap(
    points="customfield_10106",
    points_by_project={"10003": None},
    sprint="customfield_10020",
    epic_link="customfield_10014",
    flag="customfield_10021",
)

# What each recording holds, and how it is understood. Recordings of issues: (key, level, category, kept changes), or the
# field that a partial body lacks; a webhook carries such a stub, and the issue is then asked for by its id.
ISSUES = {
    "devlake_issue_EE-1.json": ("EE-1", Level.STORY, StatusCategory.NEW, 9),
    "devlake_issue_EE-17.json": ("EE-17", Level.TASK, StatusCategory.DONE, 16),
    "devlake_issue_K5-4.json": ("K5-4", Level.FEATURE, StatusCategory.NEW, 0),
    "devlake_external_epics.json": ("K5-2", Level.STORY, StatusCategory.NEW, 2),
    "gojira_issues_in_sprint.json": "summary",
    "jirametrics_SP-10.json": ("SP-10", Level.STORY, StatusCategory.DONE, 9),
    "jirametrics_SP-5.json": ("SP-5", Level.STORY, StatusCategory.DONE, 11),
    "jiraruby_issue_10002.json": ("SAMPLEPROJECT-1", Level.TASK, StatusCategory.NEW, 0),
    "jiraruby_sprint_1_issues.json": "status",
    "php_issue.json": ("TEST-1", Level.TASK, StatusCategory.NEW, 1),
    "mattermost_webhook-cloud-comment-created-mention-user.json": "created",
    "mattermost_webhook-cloud-comment-deleted.json": "created",
    "mattermost_webhook-cloud-issue-updated-custom-field.json": ("TES-14", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-assigned-empty-changelog.json": "created",
    "mattermost_webhook-issue-created-no-description-nor-relevant-fields.json": (
        "TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-deleted.json": ("IDT-19", Level.TASK, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-assigned-nobody.json": ("TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-assigned-on-server.json": ("PRJA-37", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-components.json": ("TES-10", Level.TASK, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-fix-version.json": ("TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-issue-type.json": ("TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-rank.json": ("TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-issue-updated-resolved-one-changelog.json": ("TES-41", Level.STORY, StatusCategory.DONE, 0),
    "mattermost_webhook-issue-updated-sprint.json": ("TES-41", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-server-issue-updated-commented-mention-user.json": (
        "PRJX-14", Level.STORY, StatusCategory.NEW, 0),
    "mattermost_webhook-server-issue-updated-many-fields.json": ("HEY-15", Level.TASK, StatusCategory.NEW, 0),
    "zulip_webhook_2026_team_managed_issue_created_custom_fields.json": ("KAN-3", Level.TASK, StatusCategory.NEW, 0),
}  # fmt: skip
LISTS = {
    "devlake_issue_types.json": (mapping.kind, 7),
    "devlake_projects.json": (mapping.project, 12),
    "devlake_statuses.json": (mapping.status, 53),
    "gojira_all_statuses.json": (mapping.status, 37),
    "jirametrics_sample_statuses.json": (mapping.status, 6),
    "devlake_sprints.json": (lambda raw: mapping.sprint(raw, board_id="8"), 30),
    "gojira_sprints.json": (lambda raw: mapping.sprint(raw, board_id="8"), 6),
    "devlake_users.json": (mapping.person, 30),
}
BOARDS = {"gojira_board_configuration.json": None, "jirametrics_sample_board_1_configuration.json": None}
OTHERS = {
    "devlake_changelogs_279.json",  # read in a test of its own
    "php_reporter-no-email-address.json",
    # Nothing of ours is in these: effort logged by hand, possible next statuses, comments without an issue.
    "devlake_worklogs.json",
    "gojira_transitions.json",
    "mattermost_webhook-server-comment-created.json",
    "zulip_webhook_comment_created_without_issue.json",
}


def recorded(name):
    path = RECORDED / name
    if not path.exists():
        pytest.skip(f"{name} does not lie beside this checkout")
    return json.loads(path.read_text(encoding="utf-8"))


def first_issue(raw):
    if isinstance(raw, list):
        return raw[0]
    return raw.get("issue") or (raw["issues"][0] if "issues" in raw else raw)


def read(raw):
    status = raw["fields"].get("status") or {}
    known = [RemoteStatus(str(status.get("id")), "", StatusCategory.NEW, None)]
    return mapping.reader(fields=FIELDS, levels={}, statuses=known, site_url="https://x.example")(raw)


def test_no_recording_is_left_unread():
    if not RECORDED.is_dir():
        pytest.skip("no recordings lie beside this checkout")
    assert {path.name for path in RECORDED.glob("*.json")} == {*ISSUES, *LISTS, *BOARDS, *OTHERS}


@pytest.mark.parametrize("name", ISSUES)
def test_recorded_issues_are_understood_or_say_what_they_lack(name):
    raw = first_issue(recorded(name))
    if isinstance(ISSUES[name], str):
        with pytest.raises(Unreadable) as caught:
            read(raw)
        assert (caught.value.field, caught.value.external_id) == (ISSUES[name], raw["id"])
        return
    reading = read(raw)
    found = reading.item
    assert (found.key, found.level, found.status_category, len(reading.transitions)) == ISSUES[name]
    assert found.created_at <= found.updated_at
    assert reading.notes == ()


@pytest.mark.parametrize("name", LISTS)
def test_recorded_vocabulary_is_understood(name):
    read_one, count = LISTS[name]
    raw = recorded(name)
    entries = [read_one(entry) for entry in (raw["values"] if isinstance(raw, dict) else raw)]
    assert len(entries) == count
    assert all(entries)


@pytest.mark.parametrize("name", BOARDS)
def test_recorded_boards_say_what_they_estimate_with(name):
    assert fields.estimation_field(recorded(name)) == BOARDS[name]


def test_statuses_are_told_apart_by_id_because_their_names_repeat():
    statuses = [mapping.status(raw) for raw in recorded("devlake_statuses.json")]
    assert len({status.external_id for status in statuses}) == 53
    assert len({status.name for status in statuses}) == 38
    assert {status.category for status in statuses} == set(StatusCategory)


def test_of_279_recorded_histories_only_what_says_something_is_kept():
    log = recorded("devlake_changelogs_279.json")
    issue = {**first_issue(recorded("devlake_issue_EE-1.json")), "changelog": {"total": 279, "histories": log}}
    assert not mapping.missing_histories(issue)
    found = read(issue).transitions
    kept = Counter(step.change for step in found)
    assert kept == {Change.SPRINT: 12, Change.STATUS: 10, Change.RESOLUTION: 2}
    assert [step.at for step in found] == sorted(step.at for step in found)
    assert all(step.from_id is None for step in found if step.change is Change.RESOLUTION)


def test_a_user_without_an_address_is_somebody():
    raw = recorded("php_reporter-no-email-address.json")["reporter"]
    assert mapping.person(raw).name == raw["displayName"]


def test_a_servers_sprint_in_javas_own_words_is_known_by_id():
    raw = first_issue(recorded("mattermost_webhook-server-issue-updated-commented-mention-user.json"))
    server = FieldMap(points="customfield_10106", sprint="customfield_10104")
    found = mapping.reader(fields=server, levels={}, statuses=[], site_url="https://x.example")(raw).item
    assert (found.sprint_ids, found.points) == (("1",), 3)
