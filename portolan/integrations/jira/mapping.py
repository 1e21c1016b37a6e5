"""What Jira's JSON means. Pure: the same body and the same choices give the same reading, today and in a replay.

Strict about what we cannot do without (Unreadable names the field), tolerant about the rest (a note says what was
left out). Nothing is understood by a name that a person or a language can change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from portolan.integrations.provider import (
    Change,
    Changed,
    FieldMap,
    Level,
    Person,
    ProviderError,
    RawBody,
    Reader,
    Reading,
    RemoteField,
    RemoteItem,
    RemoteKind,
    RemoteProject,
    RemoteSprint,
    RemoteStatus,
    RemoteTransition,
    Retry,
    SprintState,
    StatusCategory,
    Unreadable,
)

CATEGORIES = {
    "new": StatusCategory.NEW,
    "undefined": StatusCategory.NEW,  # Jira's "No Category": nobody said that work has begun
    "indeterminate": StatusCategory.INDETERMINATE,
    "done": StatusCategory.DONE,
}
# The pictures Jira ships for its own types: the only mark of a bug or a task that no language changes.
BUG_AVATAR, TASK_AVATAR = 10303, 10318
BUG_NAMES, TASK_NAMES = ("bug", "defect", "incident"), ("task", "chore", "spike")
PARENT_FIELDS = ("issueparentassociation", "parent", "epic link")
"""In histories these may come without fieldId, so they are known by name; Jira does not translate them."""
LEGACY_SPRINT = re.compile(r"[\[,]id=(\d+)[,\]]")
EPOCH_MILLISECONDS_FROM = 1e11


def reader(*, fields: FieldMap, levels: Mapping[str, Level], statuses: Iterable[RemoteStatus], site_url: str) -> Reader:
    """This function will make the pure reader of issues for one connection's choices."""
    categories = {entry.external_id: entry.category for entry in statuses}
    changes = _change_fields(fields)
    browse = f"{site_url.rstrip('/')}/browse/"

    def read(raw: RawBody) -> Reading:
        notes: list[str] = []
        found = item(raw, fields=fields, levels=levels, categories=categories, browse=browse, notes=notes)
        moved = transitions(raw, external_id=found.external_id, changes=changes, categories=categories)
        return Reading(found, tuple(moved), tuple(notes))

    return read


# An issue -------------------------------------------------------------------------------------------------------------


def item(
    raw: RawBody,
    *,
    fields: FieldMap,
    levels: Mapping[str, Level],
    categories: Mapping[str, StatusCategory],
    browse: str,
    notes: list[str],
) -> RemoteItem:
    """This function will understand one issue; it raises Unreadable where something we need is absent or malformed, and
    appends a sentence to `notes` where something optional is."""
    need = _Need(str(raw.get("id") or ""))
    external_id, key = need.text(raw, "id"), need.text(raw, "key")
    values = need.object(raw, "fields")
    project, status, kind = (need.object(values, name) for name in ("project", "status", "issuetype"))
    project_id = need.text(project, "id", "project.id")
    kind_id = need.text(kind, "id", "issuetype.id")
    hierarchy = _hierarchy(kind)
    parent = values.get("parent")
    parent_id, parent_key = _reference(parent)
    if parent_id is None and parent_key is None and fields.epic_link:
        parent_id, parent_key = _reference(values.get(fields.epic_link))
    points_field = fields.points_by_project.get(project_id, fields.points)
    return RemoteItem(
        external_id=external_id,
        key=key,
        url=browse + key,
        title=need.title(values),
        project_id=project_id,
        project_key=need.text(project, "key", "project.key"),
        level=levels.get(kind_id) or proposed_level(kind, hierarchy),
        kind_id=kind_id,
        kind_name=str(kind.get("name") or ""),
        hierarchy_level=hierarchy,
        status_id=need.text(status, "id", "status.id"),
        status_name=str(status.get("name") or ""),
        status_category=need.category(status, categories),
        parent_external_id=parent_id,
        parent_key=parent_key,
        points=_points(values.get(points_field), notes) if points_field else None,
        assignee=person(values.get("assignee")),
        components=_names(values.get("components")),
        labels=_labels(values.get("labels")),
        sprint_ids=_sprint_ids(values.get(fields.sprint)) if fields.sprint else (),
        is_flagged=bool(values.get("flagged") or (fields.flag and values.get(fields.flag))),
        created_at=need.moment(values, "created"),
        updated_at=need.moment(values, "updated"),
        resolved_at=_optional_moment(values.get("resolutiondate"), "resolutiondate", notes),
        due_on=_due(values.get("duedate"), notes),
    )


def proposed_level(kind: RawBody, hierarchy: int) -> Level:
    """This function will propose a level: by Jira's hierarchy above and below stories; among them by the untranslated
    name or Jira's own picture, because Jira has no other mark for a bug."""
    if hierarchy >= 2:
        return Level.INITIATIVE
    if hierarchy == 1:
        return Level.FEATURE
    if hierarchy < 0:
        return Level.TASK
    name = str(kind.get("untranslatedName") or kind.get("name") or "").strip().casefold()
    if name in BUG_NAMES or kind.get("avatarId") == BUG_AVATAR:
        return Level.BUG
    if name in TASK_NAMES or kind.get("avatarId") == TASK_AVATAR:
        return Level.TASK
    return Level.STORY


def person(raw: Any) -> Person | None:
    """This function will read a user: account id on Cloud, key on Server; e-mail addresses are mostly hidden and never
    used. Somebody without any id is kept by name."""
    if not isinstance(raw, dict):
        return None
    external_id = str(raw.get("accountId") or raw.get("key") or raw.get("name") or "")
    name = str(raw.get("displayName") or raw.get("name") or external_id)
    return Person(external_id, name) if external_id or name else None


# Its history ----------------------------------------------------------------------------------------------------------


def transitions(
    raw: RawBody, *, external_id: str, changes: Mapping[str, Change], categories: Mapping[str, StatusCategory]
) -> list[RemoteTransition]:
    """This function will list the kept changes of an issue's embedded history, oldest first. Histories that only say
    Rank or RemoteIssueLink, nine of ten on some sites, cost one look each."""
    need = _Need(external_id)
    found: list[tuple[datetime, int, int, RemoteTransition]] = []
    for history in _histories(raw):
        entries = history.get("items")
        for ordinal, entry in enumerate(entries if isinstance(entries, list) else ()):
            change = _change(entry, changes)
            if change is None:
                continue
            at, history_id = (
                need.moment(history, "created", "changelog.created"),
                need.text(history, "id", "changelog.id"),
            )
            from_id, to_id = _said(entry.get("from")), _said(entry.get("to"))
            is_status = change is Change.STATUS
            transition = RemoteTransition(
                external_id=external_id,
                history_id=history_id,
                ordinal=ordinal,
                at=at,
                change=change,
                from_id=from_id,
                from_name=_said(entry.get("fromString")),
                from_category=categories.get(from_id) if is_status and from_id else None,
                to_id=to_id,
                to_name=_said(entry.get("toString")),
                to_category=categories.get(to_id) if is_status and to_id else None,
                author=person(history.get("author")),
            )
            found.append((at, _number(history_id), ordinal, transition))
    found.sort(key=itemgetter(0, 1, 2))
    return [entry[3] for entry in found]


def missing_histories(raw: RawBody) -> bool:
    """This function will say whether the embedded history is absent or shorter than Jira says it is."""
    log = raw.get("changelog")
    if not isinstance(log, dict) or not isinstance(log.get("histories"), list):
        return True
    total = log.get("total")
    return not isinstance(total, int) or total > len(log["histories"])


def add_histories(raw: RawBody, histories: Iterable[RawBody]) -> None:
    """This function will merge fetched histories into a body, by id and newest first as Jira embeds them. A total that
    was not said becomes what we then hold."""
    log = raw.setdefault("changelog", {})
    held = {str(entry.get("id")): entry for entry in _histories(raw)}
    for entry in histories:
        held.setdefault(str(entry.get("id")), entry)
    log["histories"] = _newest_first(held.values())
    total = log.get("total")
    log["total"] = max(total, len(held)) if isinstance(total, int) else len(held)


def _histories(raw: RawBody) -> list[RawBody]:
    log = raw.get("changelog")
    found = log.get("histories") if isinstance(log, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _newest_first(histories: Iterable[RawBody]) -> list[RawBody]:
    """A history without a readable moment goes last here and is reported when the item is read."""

    def age(history: RawBody) -> tuple[datetime, int]:
        try:
            return _moment(history.get("created")), _number(str(history.get("id")))
        except ValueError:
            return datetime.min.replace(tzinfo=UTC), 0

    return sorted(histories, key=age, reverse=True)


def _number(history_id: str) -> int:
    """Ids of histories grow with time and break the tie of two in one millisecond."""
    return int(history_id) if history_id.isascii() and history_id.isdigit() else 0


def _change_fields(fields: FieldMap) -> dict[str, Change]:
    known = {
        "status": Change.STATUS,
        "assignee": Change.ASSIGNEE,
        "resolution": Change.RESOLUTION,
        "issuetype": Change.KIND,
        "project": Change.PROJECT,
        **dict.fromkeys(PARENT_FIELDS, Change.PARENT),
    }
    chosen = [(fields.points, Change.POINTS), (fields.sprint, Change.SPRINT), (fields.flag, Change.FLAG)]
    chosen.append((fields.epic_link, Change.PARENT))
    chosen += [(name, Change.POINTS) for name in fields.points_by_project.values()]
    return known | {name: change for name, change in chosen if name}


def _change(entry: Any, changes: Mapping[str, Change]) -> Change | None:
    """By fieldId where there is one; else by the name, whose case differs between answers and webhooks."""
    if not isinstance(entry, dict):
        return None
    name = entry.get("fieldId") or str(entry.get("field") or "").lower()
    return changes.get(name) if isinstance(name, str) else None


def _said(value: Any) -> str | None:
    """An emptied sprint is "" where an emptied assignee is null; both mean nothing."""
    return str(value) if value not in (None, "") else None


# Vocabulary -----------------------------------------------------------------------------------------------------------


def changed(raw: RawBody) -> Changed:
    """This function will read a row of the incremental pass."""
    values = raw.get("fields")
    updated = values.get("updated") if isinstance(values, dict) else None
    return Changed(_word(raw, "id", "an issue"), moment(updated, what="an issue's date") if updated else None)


def project(raw: RawBody) -> RemoteProject:
    """This function will read a project."""
    return RemoteProject(
        external_id=_word(raw, "id", "a project"),
        key=_word(raw, "key", "a project"),
        name=str(raw.get("name") or raw["key"]),
        is_archived=bool(raw.get("archived")),
    )


def kind(raw: RawBody) -> RemoteKind:
    """This function will read a type of issue and propose its level."""
    hierarchy = _hierarchy(raw)
    return RemoteKind(
        external_id=_word(raw, "id", "an issue type"),
        name=str(raw.get("name") or ""),
        hierarchy_level=hierarchy,
        project_id=_project_of(raw),
        proposed_level=proposed_level(raw, hierarchy),
    )


def field(raw: RawBody) -> RemoteField:
    """This function will read a field's description."""
    schema = raw.get("schema")
    schema = schema if isinstance(schema, dict) else {}
    return RemoteField(
        external_id=_word(raw, "id", "a field"),
        name=str(raw.get("name") or raw["id"]),
        schema_type=str(schema.get("type") or ""),
        schema_custom=str(schema.get("custom") or ""),
        project_id=_project_of(raw),
    )


def status(raw: RawBody) -> RemoteStatus:
    """This function will read a status; its category is known by key, never by name."""
    category = _category(raw)
    if category is None:
        raise ProviderError("Jira answered a status without a category we know.", retry=Retry.LATER)
    return RemoteStatus(
        external_id=_word(raw, "id", "a status"),
        name=str(raw.get("name") or ""),
        category=category,
        project_id=_project_of(raw),
    )


def sprint(raw: RawBody, *, board_id: str) -> RemoteSprint:
    """This function will read a sprint as one board shows it; future ones have no dates."""
    number, state = raw.get("id"), raw.get("state")
    if not isinstance(number, (int, str)) or state not in tuple(SprintState):
        raise ProviderError("Jira answered a sprint in a form we do not know.", retry=Retry.LATER)
    dates = {name: raw.get(name) for name in ("startDate", "endDate", "completeDate")}
    at = {name: moment(value, what="a sprint's date") if value else None for name, value in dates.items()}
    return RemoteSprint(
        external_id=str(number),
        name=str(raw.get("name") or number),
        state=SprintState(state),
        starts_at=at["startDate"],
        ends_at=at["endDate"],
        completed_at=at["completeDate"],
        goal=str(raw.get("goal") or ""),
        board_ids=(board_id,),
    )


def on_boards(known: RemoteSprint | None, again: RemoteSprint) -> RemoteSprint:
    """This function will put one more board to a sprint that was met before."""
    if known is None:
        return again
    boards = tuple(dict.fromkeys((*known.board_ids, *again.board_ids)))
    return RemoteSprint(
        external_id=again.external_id,
        name=again.name,
        state=again.state,
        starts_at=again.starts_at,
        ends_at=again.ends_at,
        completed_at=again.completed_at,
        goal=again.goal,
        board_ids=boards,
    )


def moment(value: Any, *, what: str) -> datetime:
    """This function will read a moment in any of Jira's spellings (+0800, -07:00, Z, epoch seconds or milliseconds) as
    UTC; it raises ProviderError where there is none or it has no zone."""
    try:
        return _moment(value)
    except ValueError as error:
        raise ProviderError(f"Jira answered {what} in a form we do not know.", retry=Retry.LATER) from error


# Values ---------------------------------------------------------------------------------------------------------------


class _Need:
    """Reads what an item cannot do without, and names what is wrong with it."""

    __slots__ = ("external_id",)

    def __init__(self, external_id: str) -> None:
        self.external_id = external_id

    def text(self, raw: RawBody, name: str, called: str = "") -> str:
        value = raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str) or not value:
            raise self._unreadable(called or name, "is missing" if not value else "is not text")
        return value

    def object(self, raw: RawBody, name: str) -> RawBody:
        value = raw.get(name)
        if not isinstance(value, dict):
            raise self._unreadable(name, "is missing" if value is None else "is not an object")
        return value

    def title(self, values: RawBody) -> str:
        value = values.get("summary")
        if not isinstance(value, str):
            raise self._unreadable("summary", "is missing" if value is None else "is not text")
        return value

    def category(self, status: RawBody, known: Mapping[str, StatusCategory]) -> StatusCategory:
        """Old servers leave the category out of the issue; the list of statuses has it."""
        found = _category(status) or known.get(str(status.get("id")))
        if found is None:
            raise self._unreadable("status.statusCategory", "is missing or unknown")
        return found

    def moment(self, raw: RawBody, name: str, called: str = "") -> datetime:
        value = raw.get(name)
        try:
            return _moment(value)
        except ValueError as error:
            reason = "is missing" if value is None else "is not a moment with a zone"
            raise self._unreadable(called or name, reason) from error

    def _unreadable(self, name: str, reason: str) -> Unreadable:
        return Unreadable(external_id=self.external_id, field=name, reason=reason)


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("no zone")
        return at.astimezone(UTC)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value >= EPOCH_MILLISECONDS_FROM else value, UTC)
        except (OverflowError, OSError) as error:
            raise ValueError("out of range") from error
    raise ValueError("not a moment")


def _optional_moment(value: Any, name: str, notes: list[str]) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        return _moment(value)
    except ValueError:
        notes.append(f"{name}: {value!r:.60} is not a moment.")
        return None


def _due(value: Any, notes: list[str]) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        notes.append(f"duedate: {value!r:.60} is not a date.")
        return None


def _points(value: Any, notes: list[str]) -> Decimal | None:
    """A number, or a list of choices whose words are numbers. Null is "not estimated" and never zero."""
    if isinstance(value, dict):
        value = value.get("value")
    if value is None or value == "":
        return None
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            points = Decimal(str(value).strip())
        except ArithmeticError:
            points = Decimal("NaN")
        if points.is_finite() and 0 <= points < 1_000_000:
            return points
    notes.append(f"points: {value!r:.60} is not a number of points.")
    return None


def _reference(raw: Any) -> tuple[str | None, str | None]:
    """A parent is an object with id and key; an epic link is a bare key, or an object on newer sites."""
    if isinstance(raw, dict):
        return _said(raw.get("id")), _said(raw.get("key"))
    return None, raw if isinstance(raw, str) and raw else None


def _sprint_ids(value: Any) -> tuple[str, ...]:
    """Objects on Cloud; Java's toString() of them on Server: "…Sprint@1f[id=36,rapidViewId=5,state=CLOSED,name=…]"."""
    ids: list[str] = []
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict) and entry.get("id") is not None:
            ids.append(str(entry["id"]))
        elif isinstance(entry, str) and (found := LEGACY_SPRINT.search(entry)):
            ids.append(found[1])
    return tuple(dict.fromkeys(ids))


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(entry["name"]) for entry in value if isinstance(entry, dict) and entry.get("name"))


def _labels(value: Any) -> tuple[str, ...]:
    return tuple(label for label in value if isinstance(label, str) and label) if isinstance(value, list) else ()


def _hierarchy(kind: RawBody) -> int:
    """Old servers know no levels, only whether a type is a sub-task."""
    level = kind.get("hierarchyLevel")
    if isinstance(level, int):
        return level
    return -1 if kind.get("subtask") else 0


def _category(status: RawBody) -> StatusCategory | None:
    category = status.get("statusCategory")
    return CATEGORIES.get(str(category.get("key"))) if isinstance(category, dict) else None


def _project_of(raw: RawBody) -> str | None:
    scope = raw.get("scope")
    owner = scope.get("project") if isinstance(scope, dict) else None
    return _said(owner.get("id")) if isinstance(owner, dict) else None


def _word(raw: RawBody, name: str, what: str) -> str:
    value = raw.get(name)
    if not isinstance(value, (str, int)) or value == "":
        raise ProviderError(f"Jira answered {what} without {name}.", retry=Retry.LATER)
    return str(value)
