import pytest

from portolan.integrations.jira import fields
from portolan.integrations.provider import FieldMap, RemoteField


def number(name, words="Story Points", project=None):
    return RemoteField(name, words, "number", fields.NUMBER, project)


def typed(name, words="ストーリーポイント", project=None):
    return RemoteField(name, words, "number", fields.STORY_POINTS, project)


BY_BOARD = "The boards estimate with this field."
BY_TYPE = "It is the only field of Jira's own story-point type."
BY_NAME = "It is the only number field with the usual name."
SEVERAL = "Several fields could hold story points; choose one."


@pytest.mark.parametrize(
    ("known", "estimates", "chosen", "reason"),
    [
        ([number("a"), typed("b")], ["a"], "a", BY_BOARD),
        ([number("a"), typed("b")], ["a", "a"], "a", BY_BOARD),
        ([number("a"), typed("b")], ["a", "b"], None, "The boards estimate with different fields; choose one."),
        ([number("a"), typed("b")], ["gone"], "b", BY_TYPE),
        ([number("a"), typed("b")], [], "b", BY_TYPE),
        ([typed("a"), typed("b")], [], None, SEVERAL),
        ([number("a", "story point ESTIMATE ")], [], "a", BY_NAME),
        ([number("a"), number("b", "Story point estimate")], [], None, SEVERAL),
        ([number("a", "Storypunkte"), RemoteField("b", "Story Points", "string", "text", None)], [], None,
         "No field looks like story points; choose one, or go without."),
        ([], [], None, "No field looks like story points; choose one, or go without."),
    ],
)  # fmt: skip
def test_the_field_of_points_is_chosen_in_order_and_never_guessed(known, estimates, chosen, reason):
    choice = fields.points(known, estimates=estimates, project=None)
    assert (choice.field_id, choice.reason) == (chosen, reason)


def test_every_field_that_could_be_meant_is_offered_once_with_its_reason():
    choice = fields.points([number("a"), typed("b"), number("c", "Effort")], estimates=["a"], project=None)
    assert [(entry.field_id, entry.why) for entry in choice.candidates] == [
        ("a", "A board estimates with it."),
        ("b", "Jira's own type of story points."),
    ]


def test_a_project_with_its_own_field_of_the_same_name_gets_its_own_choice():
    proposal = fields.propose([number("shared"), number("own", project="10009")], board_estimates={})
    assert proposal.points.field_id == "shared"
    assert {project: choice.field_id for project, choice in proposal.points_by_project.items()} == {"10009": "own"}


def test_projects_whose_boards_disagree_are_each_taken_at_their_word():
    proposal = fields.propose([number("a"), typed("b")], board_estimates={"1": ["a"], "2": ["b"]})
    assert proposal.points.field_id is None
    assert proposal.field_map() == FieldMap(points=None, points_by_project={"1": "a", "2": "b"})


def test_sprint_epic_link_and_flag_are_known_in_any_language():
    known = [
        RemoteField("customfield_1", "スプリント", "array", fields.SPRINT, None),
        RemoteField("customfield_2", "Sprint", "string", "text", None),
        RemoteField("customfield_3", "エピックリンク", "any", fields.EPIC_LINK, None),
        RemoteField("customfield_4", "Flagged", "array", fields.CHECKBOXES, None),
        RemoteField("customfield_5", "Flagged", "string", "text", None),
    ]
    found = fields.propose(known, board_estimates={}).field_map()
    assert found == FieldMap(sprint="customfield_1", epic_link="customfield_3", flag="customfield_4")


@pytest.mark.parametrize(
    ("board", "field_id"),
    [
        ({"estimation": {"type": "field", "field": {"fieldId": "customfield_10016"}}}, "customfield_10016"),
        ({"estimation": {"type": "field", "field": {"fieldId": "timeoriginalestimate"}}}, None),
        ({"estimation": {"type": "issueCount"}}, None),
        ({"estimation": {"type": "field"}}, None),
        ({}, None),
    ],
)
def test_a_board_that_estimates_by_count_or_time_names_no_points(board, field_id):
    assert fields.estimation_field(board) == field_id
