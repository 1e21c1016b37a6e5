"""What crosses the seam between a vendor's plug-in and the sync engine: frozen facts, errors, and one protocol.

Nothing here knows a vendor, a database row or Django. A plug-in speaks HTTP (`client.py`) and maps (`mapping.py`);
the engine owns rows, cursors and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

type RawBody = dict[str, Any]
"""One object as the vendor sent it. Kept whole, so that a better mapping can be replayed without asking again."""


class Level(StrEnum):
    INITIATIVE = "initiative"
    FEATURE = "feature"
    STORY = "story"
    TASK = "task"
    BUG = "bug"


class StatusCategory(StrEnum):
    NEW = "new"
    INDETERMINATE = "indeterminate"
    DONE = "done"


class Change(StrEnum):
    """The kinds of history that are kept; everything else in a changelog is noise to us."""

    STATUS = "status"
    POINTS = "points"
    SPRINT = "sprint"
    PARENT = "parent"
    KIND = "kind"
    PROJECT = "project"
    ASSIGNEE = "assignee"
    RESOLUTION = "resolution"
    FLAG = "flag"


class SprintState(StrEnum):
    FUTURE = "future"
    ACTIVE = "active"
    CLOSED = "closed"


# Errors ---------------------------------------------------------------------------------------------------------------


class Retry(StrEnum):
    NEVER = "never"
    """Somebody has to change something first: a token, a query, a permission."""
    LATER = "later"
    """The same call may succeed; not before `after` seconds where that is known."""


class ProviderError(Exception):
    """A vendor could not be read. The message is a sentence for a person and never holds a secret."""

    def __init__(self, message: str, *, retry: Retry = Retry.NEVER, after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry = retry
        self.after = after
        """Seconds that must pass before the next call; a lower bound, None where the vendor did not say."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between the worker's processes; the usual way would forget keyword-only arguments."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[ProviderError], arguments: tuple[Any, ...], state: dict[str, Any]) -> ProviderError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class CredentialsRefused(ProviderError):
    """The vendor does not know us (any more); the connection needs a person before another call is worth making."""


class Throttled(ProviderError):
    """The vendor asks for a pause of at least `after` seconds. `reason` is its own word for which limit was met."""

    after: float

    def __init__(self, message: str, *, after: float, reason: str = "") -> None:
        super().__init__(message, retry=Retry.LATER, after=after)
        self.reason = reason


class PageTokenRefused(ProviderError):
    """A stored page token is no longer honoured; the pass starts again from its first page."""


class AnswerTooLarge(ProviderError):
    """An answer passed the size limit and was abandoned; ask for fewer objects at once."""


class Unreadable(ProviderError):
    """One object lacks something we need. It is reported by id and name of the field; its neighbours are not harmed."""

    def __init__(self, *, external_id: str, field: str, reason: str) -> None:
        super().__init__(f"Item {external_id or '(without id)'}: {field} {reason}.")
        self.external_id = external_id
        self.field = field
        self.reason = reason


# Facts ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    external_id: str
    """The vendor's account id; empty where the vendor hides who it was."""
    name: str


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """One piece of work as the vendor describes it now. Times are aware, in UTC; points None means "not estimated"."""

    external_id: str
    key: str
    url: str
    title: str
    project_id: str
    project_key: str
    level: Level
    kind_id: str
    kind_name: str
    hierarchy_level: int
    status_id: str
    status_name: str
    status_category: StatusCategory
    parent_external_id: str | None
    parent_key: str | None
    """Set alone where the vendor names a parent by key only (Epic Link of Data Center)."""
    points: Decimal | None
    assignee: Person | None
    components: tuple[str, ...]
    labels: tuple[str, ...]
    sprint_ids: tuple[str, ...]
    is_flagged: bool
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class RemoteTransition:
    """One change of one field. (history_id, ordinal) is its identity and never moves: ordinal counts all entries of
    the vendor's history, also those we do not keep."""

    external_id: str
    """The item that changed."""
    history_id: str
    ordinal: int
    at: datetime
    change: Change
    from_id: str | None
    from_name: str | None
    from_category: StatusCategory | None
    to_id: str | None
    to_name: str | None
    to_category: StatusCategory | None
    """Categories are given for a change of status whose status still exists."""
    author: Person | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An object understood. `notes` are sentences about optional values that had to be left out."""

    item: RemoteItem
    transitions: tuple[RemoteTransition, ...]
    notes: tuple[str, ...] = ()


type Reader = Callable[[RawBody], Reading]
"""Pure: understands one raw body or raises Unreadable."""


@dataclass(frozen=True, slots=True)
class RemoteSprint:
    external_id: str
    name: str
    state: SprintState
    starts_at: datetime | None
    ends_at: datetime | None
    completed_at: datetime | None
    goal: str
    board_ids: tuple[str, ...]
    """Every board that shows it; one sprint may appear on many."""


@dataclass(frozen=True, slots=True)
class RemoteProject:
    external_id: str
    key: str
    name: str
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class RemoteKind:
    """A type of issue. `proposed_level` is our suggestion; a person confirms or changes it."""

    external_id: str
    name: str
    hierarchy_level: int
    project_id: str | None
    proposed_level: Level


@dataclass(frozen=True, slots=True)
class RemoteField:
    external_id: str
    name: str
    schema_type: str
    schema_custom: str
    project_id: str | None
    """Set where the field belongs to one project only."""


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    external_id: str
    name: str
    category: StatusCategory
    project_id: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are at the vendor, and the zone in which the vendor reads our dates."""

    account_id: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What "Test connection" says."""

    identity: Identity
    site_name: str
    version: str
    server_time: datetime
    projects: tuple[RemoteProject, ...]
    item_count: int


# Choices of a person --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the vendor's work: a project, some of its components, a query in the vendor's language, or all of it
    at once. Narrowing is conjunctive: project AND one of the components AND the query."""

    project: str | None = None
    """Project id (preferred: it survives renaming) or key."""
    components: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The union of slices that one pass reads."""

    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which vendor field holds what we call points, sprint, epic link and flag."""

    points: str | None = None
    points_by_project: Mapping[str, str | None] = field(default_factory=dict)
    """Project id -> field, where a project has its own choice."""
    sprint: str | None = None
    epic_link: str | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    field_id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A proposal with its reason, and what else it could have been. `field_id` is None where a person must choose."""

    field_id: str | None
    reason: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class FieldProposal:
    points: FieldChoice
    points_by_project: Mapping[str, FieldChoice]
    """Only for projects whose own choice differs from `points`."""
    sprint: FieldChoice
    epic_link: FieldChoice
    flag: FieldChoice

    def field_map(self) -> FieldMap:
        """This function will accept the proposal as it stands."""
        return FieldMap(
            points=self.points.field_id,
            points_by_project={project: choice.field_id for project, choice in self.points_by_project.items()},
            sprint=self.sprint.field_id,
            epic_link=self.epic_link.field_id,
            flag=self.flag.field_id,
        )


# The passes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page[T]:
    rows: Sequence[T]
    next_page_token: str | None
    """Where the pass goes on after this page; None after the last."""


@dataclass(frozen=True, slots=True)
class Changed:
    external_id: str
    updated_at: datetime | None
    """None where the vendor did not say; fetch it then."""


@dataclass(frozen=True, slots=True)
class Bodies:
    found: Sequence[RawBody]
    missing: Sequence[str]
    """Asked for and neither found nor readable by us: deleted, or out of our sight."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Id -> sentence, for objects that exist but could not be fetched (too large even alone)."""
    cut: Sequence[str] = ()
    """Found, but the vendor would not give the whole history it says there is."""


class Provider(Protocol):
    """A connected vendor. Every call may raise ProviderError and none sleeps: the caller reschedules itself.

    Safe to share between threads.
    """

    @property
    def is_near_limit(self) -> bool:
        """This property will say whether the last answer warned that the vendor's limit is close."""
        ...

    def close(self) -> None:
        """This function will give the connections back; the run is over."""
        ...

    def identity(self) -> Identity: ...

    def discover(self) -> Discovery: ...

    def server_time(self) -> datetime: ...

    def projects(self) -> list[RemoteProject]: ...

    def components(self, *, project_id: str) -> list[str]: ...

    def kinds(self) -> list[RemoteKind]: ...

    def fields(self) -> list[RemoteField]: ...

    def statuses(self) -> list[RemoteStatus]: ...

    def sprints(self, *, project_ids: Iterable[str]) -> list[RemoteSprint]: ...

    def propose_fields(self, *, project_ids: Iterable[str]) -> FieldProposal: ...

    def changed_ids(
        self, *, scope: Scope, since: datetime | None, page_token: str | None = None
    ) -> Iterator[Page[Changed]]:
        """This function will page through (id, updated) of what changed at or after `since` (None: everything), in an
        order that edits do not disturb. `since` already includes the caller's overlap. It raises PageTokenRefused
        where `page_token` has expired."""
        ...

    def census(self, *, scope: Scope, page_token: str | None = None) -> Iterator[Page[str]]:
        """This function will page through the ids of everything in scope."""
        ...

    def approximate_count(self, *, scope: Scope) -> int: ...

    def bodies(self, *, ids: Sequence[str]) -> Bodies:
        """This function will fetch current bodies, with complete histories, of at most 100 ids."""
        ...

    def reader(self, *, fields: FieldMap, levels: Mapping[str, Level], statuses: Iterable[RemoteStatus]) -> Reader:
        """This function will make the pure reader for these choices; it asks the vendor nothing.
        `levels` is kind id -> level; kinds it does not name get the proposed level."""
        ...
