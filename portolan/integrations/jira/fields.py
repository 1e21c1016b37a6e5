"""Which custom fields mean what: proposals for a person, with reasons. Never silently by name alone.

Custom fields are told apart by `schema.custom`, which no language changes; names are only tried where Jira offers
nothing better, and only if exactly one field bears them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portolan.integrations.provider import Candidate, FieldChoice, FieldProposal, RawBody, RemoteField

STORY_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"
CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
POINT_NAMES = ("story points", "story point estimate")
FLAG_NAMES = ("flagged",)


def estimation_field(board: RawBody) -> str | None:
    """This function will read the field a board estimates with from its configuration; None where it estimates by
    count or time."""
    estimation = board.get("estimation")
    if not isinstance(estimation, dict) or estimation.get("type") != "field":
        return None
    chosen = estimation.get("field")
    name = chosen.get("fieldId") if isinstance(chosen, dict) else None
    return name if isinstance(name, str) and name.startswith("customfield_") else None


def propose(known: Sequence[RemoteField], *, board_estimates: Mapping[str, Sequence[str]]) -> FieldProposal:
    """This function will propose a field for each meaning. `board_estimates` is project id -> the fields its boards
    estimate with; a project gets a choice of its own where it differs from the common one."""
    shared = points(known, estimates=[name for names in board_estimates.values() for name in names], project=None)
    scopes = {entry.project_id for entry in known if entry.project_id and _may_hold_points(entry)}
    by_project: dict[str, FieldChoice] = {}
    for project in sorted(scopes | set(board_estimates)):
        choice = points(known, estimates=board_estimates.get(project, ()), project=project)
        if choice.field_id != shared.field_id:
            by_project[project] = choice
    return FieldProposal(
        points=shared,
        points_by_project=by_project,
        sprint=_by_schema(known, SPRINT, "sprint"),
        epic_link=_by_schema(known, EPIC_LINK, "epic link"),
        flag=_unique_name(known, CHECKBOXES, FLAG_NAMES, "flag"),
    )


def points(known: Sequence[RemoteField], *, estimates: Iterable[str], project: str | None) -> FieldChoice:
    """This function will choose the field of story points for a project (None: for all of them): what the boards
    estimate with, then Jira's own type of field, then a number field alone in bearing the usual name, then nobody."""
    visible = [entry for entry in known if entry.project_id in (None, project)]
    by_id = {entry.external_id: entry for entry in visible}
    used = [name for name in dict.fromkeys(estimates) if name in by_id]
    typed = [entry for entry in visible if entry.schema_custom == STORY_POINTS]
    named = [entry for entry in visible if _is_named(entry, NUMBER, POINT_NAMES)]
    whys = (
        [(by_id[name], "A board estimates with it.") for name in used]
        + [(entry, "Jira's own type of story points.") for entry in typed]
        + [(entry, "A number field of that name.") for entry in named]
    )
    candidates = _candidates(whys)
    if len(used) == 1:
        return FieldChoice(used[0], "The boards estimate with this field.", candidates)
    if len(used) > 1:
        return FieldChoice(None, "The boards estimate with different fields; choose one.", candidates)
    if len(typed) == 1:
        return FieldChoice(typed[0].external_id, "It is the only field of Jira's own story-point type.", candidates)
    own = [entry for entry in named if entry.project_id] or named
    if not typed and len(own) == 1:
        return FieldChoice(own[0].external_id, "It is the only number field with the usual name.", candidates)
    if candidates:
        return FieldChoice(None, "Several fields could hold story points; choose one.", candidates)
    return FieldChoice(None, "No field looks like story points; choose one, or go without.", ())


def _by_schema(known: Sequence[RemoteField], schema: str, meaning: str) -> FieldChoice:
    found = [entry for entry in known if entry.schema_custom == schema]
    candidates = _candidates((entry, f"Jira's own type of {meaning}.") for entry in found)
    if len(found) == 1:
        return FieldChoice(found[0].external_id, f"It is the only field of Jira's own {meaning} type.", candidates)
    if found:
        return FieldChoice(None, f"Several fields are of Jira's own {meaning} type; choose one.", candidates)
    return FieldChoice(None, f"This Jira has no {meaning} field.", ())


def _unique_name(known: Sequence[RemoteField], schema: str, names: Sequence[str], meaning: str) -> FieldChoice:
    found = [entry for entry in known if _is_named(entry, schema, names)]
    candidates = _candidates((entry, "It bears the usual name.") for entry in found)
    if len(found) == 1:
        return FieldChoice(found[0].external_id, "It is the only field of that type with the usual name.", candidates)
    return FieldChoice(None, f"No single field looks like the {meaning}.", candidates)


def _is_named(entry: RemoteField, schema: str, names: Sequence[str]) -> bool:
    return entry.schema_custom == schema and entry.name.strip().casefold() in names


def _may_hold_points(entry: RemoteField) -> bool:
    return entry.schema_custom == STORY_POINTS or _is_named(entry, NUMBER, POINT_NAMES)


def _candidates(whys: Iterable[tuple[RemoteField, str]]) -> tuple[Candidate, ...]:
    first: dict[str, Candidate] = {}
    for entry, why in whys:
        first.setdefault(entry.external_id, Candidate(entry.external_id, entry.name, why))
    return tuple(first.values())
