"""The issues of the sandbox, changed only through events, so that every history ends in the state it explains."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

type Item = dict[str, str | None]

POINTS_FIELD, POINTS_TWIN, POINTS_SCOPED = "customfield_10016", "customfield_10031", "customfield_10050"
SPRINT_FIELD, FLAG_FIELD, EPIC_LINK_FIELD = "customfield_10020", "customfield_10021", "customfield_10014"


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    category: str
    project_id: str | None = None


@dataclass(frozen=True)
class Kind:
    id: str
    name: str
    level: int
    avatar_id: int


@dataclass(frozen=True)
class Project:
    id: str
    key: str
    name: str
    components: tuple[str, ...]


@dataclass(frozen=True)
class User:
    account_id: str
    name: str
    is_active: bool = True


@dataclass(frozen=True)
class Sprint:
    id: int
    name: str
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    completed_at: datetime | None
    board_ids: tuple[int, ...]


@dataclass(frozen=True)
class Board:
    id: int
    name: str
    kind: str
    project_id: str


@dataclass(frozen=True)
class Site:
    """What a Jira consists of before anybody works in it: projects and boards by id, fields called otherwise here."""

    title: str
    projects: Mapping[str, Project]
    boards: Mapping[int, Board]
    field_names: Mapping[str, str] = field(default_factory=dict)
    build: str = "sandbox"
    """What it says of its own build: two sandboxes on one machine are told apart by it."""


TO_DO = Status("10000", "To Do", "new")
IN_PROGRESS = Status("3", "In Progress", "indeterminate")
IN_REVIEW = Status("10001", "In Review", "indeterminate")
DONE = Status("10002", "Done", "done")
DONE_OF_OPS = Status("10072", "Done", "done", project_id="10009")
STATUSES = {status.id: status for status in (TO_DO, IN_PROGRESS, IN_REVIEW, DONE, DONE_OF_OPS)}

INITIATIVE, EPIC = Kind("10100", "Initiative", 2, 10307), Kind("10101", "Epic", 1, 10307)
STORY, BUG, TASK = Kind("10102", "Story", 0, 10315), Kind("10103", "Bug", 0, 10303), Kind("10104", "Task", 0, 10318)
SUB_TASK = Kind("10105", "Sub-task", -1, 10316)
KINDS = {kind.id: kind for kind in (INITIATIVE, EPIC, STORY, BUG, TASK, SUB_TASK)}

PROJECTS = {
    project.id: project
    for project in (
        Project("10000", "PROJ", "Harbour", ("Berths", "Billing", "Pilot app")),
        Project("10009", "OPS", "Quayside", ("Cranes", "Gate")),
    )
}
USERS = (
    User("712020:1f0c-iris", "Iris Okafor"),
    User("557058:2b7e-tomas", "Tomás Żurek 山田", is_active=False),
    User("712020:3c9d-lena", "Lena Marsh"),
    User("unknown", "Former user", is_active=False),
)
SYNC_ACCOUNT = User("712020:sync", "Sync Bot")
BOARDS = {
    board.id: board
    for board in (
        Board(5, "Harbour board", "scrum", "10000"),
        Board(6, "Quayside kanban", "kanban", "10009"),
        Board(9, "All ships", "scrum", "10000"),
    )
}
# A site whose admins speak other languages: nothing may be known by its name.
HARBOUR = Site("Sandbox Jira", PROJECTS, BOARDS, {"summary": "Zusammenfassung", SPRINT_FIELD: "スプリント"})


@dataclass
class Issue:
    id: str
    number: int
    project_id: str
    key: str
    kind_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    status_id: str = TO_DO.id
    parent_id: str | None = None
    points: float | None = None
    assignee: User | None = None
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    sprint_ids: tuple[int, ...] = ()
    is_flagged: bool = False
    resolved_at: datetime | None = None
    due_on: str | None = None
    is_hidden: bool = False
    history: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    id: str
    at: datetime
    author: User
    items: tuple[Item, ...]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class World:
    """All issues, and the search index that runs `lag` behind them. Take `lock` to look at several things at once."""

    def __init__(
        self,
        *,
        site: Site = HARBOUR,
        clock: Callable[[], datetime] = _utc_now,
        account_zone: str = "Asia/Kolkata",
        site_zone: str = "America/Los_Angeles",
        lag: timedelta = timedelta(0),
        status_names: dict[str, str] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.site = site
        self.account_zone, self.site_zone = ZoneInfo(account_zone), ZoneInfo(site_zone)
        self.lag = lag
        self.offset = timedelta(0)
        self.status_names = status_names or {}
        self.issues: dict[str, Issue] = {}
        self.old_keys: dict[str, str] = {}
        self.sprints: dict[int, Sprint] = {}
        self._clock = clock
        self._index: dict[str, Issue] = {}
        self._pending: list[tuple[datetime, str, Issue | None]] = []
        self._numbers = dict.fromkeys(site.projects, 0)
        self._next_id = 10_000
        self._next_event = 500_000

    def now(self) -> datetime:
        """This function will tell the sandbox's time."""
        return self._clock() + self.offset

    # Events -----------------------------------------------------------------------------------------------------------

    def create(self, *, project_id: str, kind: Kind, title: str, at: datetime, **facts: Any) -> Issue:
        """This function will open an issue; what it is born with (parent, components, due date) leaves no history."""
        with self.lock:
            self._next_id += 1
            self._numbers[project_id] += 1
            number = self._numbers[project_id]
            key = f"{self.site.projects[project_id].key}-{number}"
            issue = Issue(str(self._next_id), number, project_id, key, kind.id, title, at, at, **facts)
            self.issues[issue.id] = issue
            self._to_index(issue.id)
            return issue

    def move_to(self, issue: Issue, status: Status, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will put the issue into a status, with its resolution."""
        before = STATUSES[issue.status_id]
        items = [_item("status", before.id, self.status_name(before), status.id, self.status_name(status))]
        if status.category == "done" and issue.resolved_at is None:
            items.append(_item("resolution", None, None, "10000", "Done"))
            issue.resolved_at = at
        elif status.category != "done" and issue.resolved_at is not None:
            items.append(_item("resolution", "10000", "Done", None, None))
            issue.resolved_at = None
        issue.status_id = status.id
        self._happened(issue, at=at, by=by, items=items)

    def estimate(self, issue: Issue, points: float | None, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will set or clear the points."""
        item = _item("Story point estimate", None, _number(issue.points), None, _number(points), POINTS_FIELD, "custom")
        issue.points = points
        self._happened(issue, at=at, by=by, items=[item])

    def plan(self, issue: Issue, sprint_ids: tuple[int, ...], *, at: datetime, by: User = USERS[0]) -> None:
        """This function will put the issue into sprints; Jira writes their ids and names joined by commas."""
        names = [", ".join(self.sprints[number].name for number in ids) for ids in (issue.sprint_ids, sprint_ids)]
        numbers = [", ".join(map(str, ids)) for ids in (issue.sprint_ids, sprint_ids)]
        issue.sprint_ids = sprint_ids
        item = _item("Sprint", numbers[0], names[0], numbers[1], names[1], SPRINT_FIELD, "custom")
        self._happened(issue, at=at, by=by, items=[item])

    def place(self, issue: Issue, parent_id: str | None, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will put the issue below another; the history of this has no fieldId."""
        keys = [self.issues[name].key if name in self.issues else None for name in (issue.parent_id, parent_id)]
        item = _item("IssueParentAssociation", issue.parent_id, keys[0], parent_id, keys[1], None)
        issue.parent_id = parent_id
        self._happened(issue, at=at, by=by, items=[item])

    def assign(self, issue: Issue, user: User | None, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will assign the issue or free it."""
        old = issue.assignee
        issue.assignee = user
        names = [(person.account_id, person.name) if person else (None, None) for person in (old, user)]
        self._happened(issue, at=at, by=by, items=[_item("assignee", *names[0], *names[1])])

    def flag(self, issue: Issue, is_flagged: bool, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will raise or lower the flag."""
        words = ["Impediment" if state else "" for state in (issue.is_flagged, is_flagged)]
        issue.is_flagged = is_flagged
        item = _item("Flagged", "", words[0], "[10019]" if is_flagged else "", words[1], FLAG_FIELD, "custom")
        self._happened(issue, at=at, by=by, items=[item])

    def rename(self, issue: Issue, title: str, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will change the summary."""
        item = _item("summary", None, issue.title, None, title)
        issue.title = title
        self._happened(issue, at=at, by=by, items=[item])

    def link(self, issue: Issue, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will add the kind of history that is noise."""
        self._happened(
            issue, at=at, by=by, items=[_item("RemoteIssueLink", None, None, "20001", "links to a page", None)]
        )

    def move(self, issue: Issue, project_id: str, *, at: datetime, by: User = USERS[0]) -> None:
        """This function will move the issue to another project; its old key goes on answering."""
        with self.lock:
            old_key, old_project = issue.key, self.site.projects[issue.project_id]
            self._numbers[project_id] += 1
            issue.project_id, issue.number = project_id, self._numbers[project_id]
            issue.key = f"{self.site.projects[project_id].key}-{issue.number}"
            issue.components = ()
            self.old_keys[old_key.upper()] = issue.id
            target = self.site.projects[project_id]
            self._happened(
                issue,
                at=at,
                by=by,
                items=[
                    _item("Key", None, old_key, None, issue.key, None),
                    _item("project", old_project.id, old_project.name, target.id, target.name),
                ],
            )

    def delete(self, issue: Issue) -> None:
        """This function will delete the issue; nothing is left but a row in the lagging index."""
        with self.lock:
            del self.issues[issue.id]
            self.old_keys = {key: name for key, name in self.old_keys.items() if name != issue.id}
            self._to_index(issue.id)

    def hide(self, issue: Issue, is_hidden: bool = True) -> None:
        """This function will take the permission to see the issue from the sync account, or give it back."""
        with self.lock:
            issue.is_hidden = is_hidden

    # Looking ----------------------------------------------------------------------------------------------------------

    def find(self, id_or_key: str | int) -> Issue | None:
        """This function will find what the sync account may see, by id, key or former key."""
        name = str(id_or_key)
        issue = self.issues.get(name) or self.issues.get(self.old_keys.get(name.upper(), ""))
        issue = issue or next((entry for entry in self.issues.values() if entry.key == name.upper()), None)
        return None if issue is None or issue.is_hidden else issue

    def indexed(self, reconcile: frozenset[str] = frozenset()) -> Iterator[Issue]:
        """This function will yield issues as the index knows them; those to reconcile as they are."""
        horizon = self.now() - self.lag
        while self._pending and self._pending[0][0] <= horizon:
            _, name, known = self._pending.pop(0)
            if known is None:
                self._index.pop(name, None)
            else:
                self._index[name] = known
        for name, known in self._index.items():
            current = self.issues.get(name)
            if current is not None and current.is_hidden:
                continue
            if name in reconcile:
                if current is not None:
                    yield current
            else:
                yield known

    def status_name(self, status: Status) -> str:
        """This function will name a status in the language of the site."""
        return self.status_names.get(status.id, status.name)

    # Parts ------------------------------------------------------------------------------------------------------------

    def _happened(self, issue: Issue, *, at: datetime, by: User, items: list[Item]) -> None:
        with self.lock:
            self._next_event += 1
            issue.history.append(Event(str(self._next_event), at, by, tuple(items)))
            issue.updated_at = max(issue.updated_at, at)
            self._to_index(issue.id)

    def _to_index(self, name: str) -> None:
        current = self.issues.get(name)
        known = copy.copy(current) if current else None
        if self.lag:
            self._pending.append((self.now(), name, known))
        elif known is None:
            self._index.pop(name, None)
        else:
            self._index[name] = known


def _item(
    name: str,
    old: str | None,
    old_words: str | None,
    new: str | None,
    new_words: str | None,
    field_id: str | None = "",
    kind: str = "jira",
) -> Item:
    item: Item = {"field": name, "fieldtype": kind}
    if field_id is not None:  # None: Jira names no field here
        item["fieldId"] = field_id or name
    return item | {"from": old, "fromString": old_words, "to": new, "toString": new_words}


def _number(points: float | None) -> str | None:
    return None if points is None else f"{points:g}"
