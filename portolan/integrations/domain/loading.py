"""One page of items into the database: COPY into staging, then one statement a table. Safe to repeat.

Everything here runs inside the page's transaction, which the caller holds together with the run's beat and the cursor.
A staging table is temporary because COPY into a table with row-level security is refused by PostgreSQL.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from django.db import connection as database

from portolan.integrations.domain import history
from portolan.integrations.provider import RawBody, Reader, Reading, RemoteTransition, Unreadable
from portolan.tenancy import scope
from portolan.tenancy.models import new_id


@dataclass(slots=True)
class Loaded:
    """What a page did, counted in items."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    restored: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    products: set[UUID] = field(default_factory=set)

    def counts(self) -> dict[str, int]:
        """This function will name the counters as a run does."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "moved": self.moved,
            "restored": self.restored,
            "skipped": len(self.skipped),
        }


@dataclass(frozen=True, slots=True)
class Body:
    """A raw body as text with its digest, and what it means. `external_id` is the vendor's."""

    external_id: str
    text: bytes
    digest: bytes
    meaning: Reading | Unreadable


@dataclass(frozen=True, slots=True)
class _Held:
    digest: bytes | None
    item_id: UUID | None
    key: str
    product_id: UUID | None
    is_deleted: bool
    updated_at: datetime | None


# PostgreSQL's text cannot hold it, in whatever field of whatever item it hides.
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def wrap(raw: RawBody, *, read: Reader) -> Body:
    """This function will write a body as JSON in one order of members, so that equal bodies have equal digests, and
    read it. It touches no database: the work is done in the thread that fetched the body."""
    text = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    if b"u0000" in text:
        text = _NUL.sub(rb"\1", text)
        raw = orjson.loads(text)
    return Body(str(raw.get("id") or ""), text, sha256(text).digest(), _understood(raw, read))


def _understood(raw: RawBody, read: Reader) -> Reading | Unreadable:
    try:
        return read(raw)
    except Unreadable as error:
        return error


def load(connection_id: UUID, bodies: Sequence[Body], *, at: datetime) -> Loaded:
    """This function will store raw bodies and what they mean; what we hold already, byte for byte, writes nothing."""
    done = Loaded()
    held = _held(connection_id, [body.external_id for body in bodies], with_digests=True)
    raw: dict[str, Body] = {}
    readings: list[Reading] = []
    for body in bodies:
        known = held.get(body.external_id)
        if known and known.digest == body.digest and known.item_id and not known.is_deleted:
            done.unchanged += 1
            continue
        reading = body.meaning
        if isinstance(reading, Unreadable):
            done.skipped[reading.external_id] = reading.message
        else:
            if known and known.updated_at and reading.item.updated_at < known.updated_at:
                done.unchanged += 1  # a replica of the vendor's that is behind: what we hold is newer
                continue
            readings.append(reading)
            done.left_out += [(body.external_id, sentence) for sentence in reading.notes]
        if body.external_id and not (known and known.digest == body.digest):
            raw[body.external_id] = body
    if raw or readings:
        _store(connection_id, readings, raw, held=held, done=done, at=at)
    return done


def reload(connection_id: UUID, bodies: Iterable[RawBody], *, read: Reader) -> Loaded:
    """This function will read bodies that we hold again, under other choices, and write only what differs by it."""
    done = Loaded()
    readings: list[Reading] = []
    for raw in bodies:
        meaning = _understood(raw, read)
        if isinstance(meaning, Unreadable):
            done.skipped[meaning.external_id] = meaning.message
        else:
            readings.append(meaning)
    if readings:
        held = _held(connection_id, [reading.item.external_id for reading in readings], with_digests=False)
        _store(connection_id, readings, {}, held=held, done=done, at=None)
    return done


def held_since(connection_id: UUID, ids: Sequence[str]) -> dict[str, datetime]:
    """This function will say of the given ids which we hold alive, and as of when the vendor changed them."""
    with closing(database.cursor()) as cursor:
        cursor.execute(
            "SELECT external_id, remote_updated_at FROM integrations_workitem WHERE organization_id = %s"
            " AND connection_id = %s AND external_id = ANY(%s) AND deleted_at IS NULL",
            [scope.current_organization_id(), connection_id, list(ids)],
        )
        return dict(cursor.fetchall())


def look() -> None:
    """This function will let PostgreSQL look at the tables that a page fills, so that it plans for what is in them."""
    with closing(database.cursor()) as cursor:
        cursor.execute(
            "ANALYZE integrations_workitem, integrations_rawobject, integrations_transition, integrations_itemsprint"
        )


# Staging --------------------------------------------------------------------------------------------------------------


def _held(connection_id: UUID, ids: Sequence[str], *, with_digests: bool) -> dict[str, _Held]:
    values: list[Any] = [scope.current_organization_id(), connection_id, list(ids)]
    with closing(database.cursor()) as cursor:
        cursor.execute(_HELD_ITEMS, values)
        items = {name: facts for name, *facts in cursor.fetchall()}
        digests: dict[str, Any] = {}
        if with_digests:
            cursor.execute(_HELD_DIGESTS, values)
            digests = dict(cursor.fetchall())
    nothing = (None, "", None, False, None)
    return {
        name: _Held(bytes(digests[name]) if name in digests else None, *items.get(name, nothing))
        for name in items.keys() | digests.keys()
    }


def _store(
    connection_id: UUID,
    readings: Sequence[Reading],
    raw: Mapping[str, Body],
    *,
    held: Mapping[str, _Held],
    done: Loaded,
    at: datetime | None,
) -> None:
    """`raw` holds the bodies to keep; one that nobody could read is kept too, for a better reader."""
    organization = scope.current_organization_id()
    newest = {reading.item.external_id: reading for reading in readings}
    with closing(database.cursor()) as cursor:
        with _staged(cursor, "staged_item", _STAGED_COLUMNS) as copy:
            for name, reading in newest.items():
                copy.write_row((*_raw_row(name, raw.get(name)), *_item_row(reading)))
            for name in raw.keys() - newest.keys():
                copy.write_row((*_raw_row(name, raw[name]), *_UNREAD))
        if raw:
            cursor.execute(_UPSERT_RAW, [organization, connection_id, at])
        written: Sequence[tuple[Any, ...]] = []
        if newest:
            cursor.execute(_UPSERT_ITEMS, {"organization": organization, "connection": connection_id})
            written = cursor.fetchall()
        cursor.execute("DROP TABLE staged_item")
        _count(written, newest, held, done)
        old = {name: known.item_id for name, known in held.items() if known.item_id}
        items = old | {name: item_id for name, item_id, _, _ in written}
        _keep_aliases(cursor, organization, newest, held)
        _keep_sprints(cursor, organization, newest, items, old)
        _keep_transitions(cursor, organization, newest, items, old)


def _keep_aliases(cursor: Any, organization: UUID, newest: Mapping[str, Reading], held: Mapping[str, _Held]) -> None:
    for name, reading in newest.items():
        known = held.get(name)
        if known and known.item_id and known.key != reading.item.key:
            cursor.execute(_KEEP_ALIAS, [organization, new_id(), known.item_id, known.key])


def _keep_sprints(
    cursor: Any, organization: UUID, newest: Mapping[str, Reading], items: Mapping[str, Any], old: Mapping[str, Any]
) -> None:
    wanted = {(items[name], sprint) for name, reading in newest.items() for sprint in reading.item.sprint_ids}
    cursor.execute(_HELD_SPRINTS, [organization, [old[name] for name in newest if name in old]])
    present = {(item_id, sprint): row_id for row_id, item_id, sprint in cursor.fetchall()}
    if gone := [present[pair] for pair in present.keys() - wanted]:
        cursor.execute(_DROP_SPRINTS, [organization, gone])
    if new := sorted(wanted - present.keys()):
        ids = [new_id() for _ in new]
        cursor.execute(_ADD_SPRINTS, [organization, ids, [pair[0] for pair in new], [pair[1] for pair in new]])


def _keep_transitions(
    cursor: Any, organization: UUID, newest: Mapping[str, Reading], items: Mapping[str, Any], old: Mapping[str, Any]
) -> None:
    with _staged(cursor, "staged_transition", _TRANSITION_COLUMNS) as copy:
        for name, reading in newest.items():
            for entry in reading.transitions:
                copy.write_row(_transition_row(entry, items[name]))
    # A history never shrinks, but what we keep of it does when another field is chosen.
    known = [old[name] for name in newest if name in old]
    if known:
        cursor.execute(_DROP_TRANSITIONS, [organization, known])
    cursor.execute(_UPSERT_TRANSITIONS, [organization])
    cursor.execute("DROP TABLE staged_transition")


def _count(
    written: Sequence[tuple[Any, ...]], newest: Mapping[str, Reading], held: Mapping[str, _Held], done: Loaded
) -> None:
    for external_id, _, product_id, is_new in written:
        before = held.get(external_id)
        done.products |= {product for product in (product_id, before and before.product_id) if product}
        if is_new or before is None:
            done.created += 1
            continue
        done.updated += 1
        done.restored += before.is_deleted
        done.moved += bool(before.key) and before.key != newest[external_id].item.key
    done.unchanged += len(newest) - len(written)


@contextmanager
def _staged(cursor: Any, table: str, columns: Mapping[str, str]) -> Iterator[Any]:
    shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({shape}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(list(columns.values()))
        yield copy


_RAW_COLUMNS = {"id": "uuid", "raw_id": "uuid", "external_id": "text", "payload": "bytea", "sha256": "bytea"}
_ITEM_COLUMNS = {
    "key": "text",
    "url": "text",
    "title": "text",
    "project_external_id": "text",
    "project_key": "text",
    "level": "text",
    "kind_external_id": "text",
    "kind_name": "text",
    "hierarchy_level": "int4",
    "status_external_id": "text",
    "status_name": "text",
    "status_category": "text",
    "parent_external_id": "text",
    "parent_key": "text",
    "points": "numeric",
    "assignee_external_id": "text",
    "assignee_name": "text",
    "components": "text[]",
    "labels": "text[]",
    "is_flagged": "bool",
    "remote_created_at": "timestamptz",
    "remote_updated_at": "timestamptz",
    "due_on": "date",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "active_seconds": "int8",
    "entered_at": "timestamptz",
}
_STAGED_COLUMNS = _RAW_COLUMNS | _ITEM_COLUMNS
_UNREAD = (None,) * len(_ITEM_COLUMNS)
_TRANSITION_COLUMNS = {
    "id": "uuid",
    "item_id": "uuid",
    "history_id": "text",
    "ordinal": "int4",
    "at": "timestamptz",
    "change": "text",
    "from_id": "text",
    "from_name": "text",
    "from_category": "text",
    "to_id": "text",
    "to_name": "text",
    "to_category": "text",
    "author_external_id": "text",
    "author_name": "text",
}


def _raw_row(name: str, body: Body | None) -> tuple[Any, ...]:
    if body is None:
        return (new_id(), None, name, None, None)
    return (new_id(), new_id(), name, body.text, body.digest)


def _item_row(reading: Reading) -> tuple[Any, ...]:
    item = reading.item
    lived = history.life(item, reading.transitions)
    who = item.assignee
    return (
        item.key[:120],
        item.url[:500],
        item.title,
        item.project_id,
        item.project_key,
        item.level.value,
        item.kind_id,
        item.kind_name[:200],
        item.hierarchy_level,
        item.status_id,
        item.status_name[:200],
        item.status_category.value,
        item.parent_external_id,
        item.parent_key,
        item.points,
        who.external_id[:200] if who else "",
        who.name[:300] if who else "",
        list(item.components),
        list(item.labels),
        item.is_flagged,
        item.created_at,
        item.updated_at,
        item.due_on,
        lived.started_at,
        lived.finished_at,
        lived.active_seconds,
        lived.entered_at,
    )


def _transition_row(entry: RemoteTransition, item_id: UUID) -> tuple[Any, ...]:
    author = entry.author
    return (
        new_id(),
        item_id,
        entry.history_id,
        entry.ordinal,
        entry.at,
        entry.change.value,
        entry.from_id,
        entry.from_name,
        entry.from_category.value if entry.from_category else None,
        entry.to_id,
        entry.to_name,
        entry.to_category.value if entry.to_category else None,
        author.external_id[:200] if author else "",
        author.name[:300] if author else "",
    )


# Statements -----------------------------------------------------------------------------------------------------------

_HELD_ITEMS = """
    SELECT external_id, id, key, product_id, deleted_at IS NOT NULL, remote_updated_at FROM integrations_workitem
     WHERE organization_id = %s AND connection_id = %s AND external_id = ANY(%s)
"""
_HELD_DIGESTS = """
    SELECT external_id, sha256 FROM integrations_rawobject
     WHERE organization_id = %s AND connection_id = %s AND stream = 'issue' AND external_id = ANY(%s)
"""
_UPSERT_RAW = """
    INSERT INTO integrations_rawobject AS held
           (organization_id, connection_id, stream, fetched_at, id, external_id, payload, sha256)
    SELECT %s, %s, 'issue', %s, raw_id, external_id, payload, sha256 FROM staged_item WHERE raw_id IS NOT NULL
    ON CONFLICT (organization_id, connection_id, stream, external_id) DO UPDATE
       SET payload = excluded.payload, sha256 = excluded.sha256, fetched_at = excluded.fetched_at
     WHERE held.sha256 <> excluded.sha256
"""
_KEEP_ALIAS = """
    INSERT INTO integrations_workitemalias (organization_id, id, item_id, key) VALUES (%s, %s, %s, %s)
    ON CONFLICT (organization_id, item_id, key) DO NOTHING
"""
# The most specific mapping decides: components, then a query, then a project; the older of equals. `s` is a row with
# project_external_id, components and external_id.
OWNER = """
    LEFT JOIN LATERAL (
        SELECT m.product_id, m.team_id FROM integrations_projectmapping m
         WHERE m.organization_id = %(organization)s AND m.connection_id = %(connection)s
           AND m.project_external_id IN ('', s.project_external_id)
           AND (m.components = '{}' OR m.components::text[] && s.components)
           AND (m.query = '' OR EXISTS (
                SELECT FROM integrations_querymatch q WHERE q.organization_id = %(organization)s
                   AND q.mapping_id = m.id AND q.external_id = s.external_id))
         ORDER BY m.components <> '{}' DESC, m.query <> '' DESC, m.project_external_id <> '' DESC, m.created_at, m.id
         LIMIT 1) AS owner ON true
"""
_FACTS = list(_ITEM_COLUMNS)
_FACT_LIST = ", ".join(_FACTS)
_SET = ", ".join(f"{name} = excluded.{name}" for name in [*_FACTS, "product_id", "team_id"])
_OLD = ", ".join(f"held.{name}" for name in [*_FACTS, "product_id", "team_id"])
_NEW = ", ".join(f"excluded.{name}" for name in [*_FACTS, "product_id", "team_id"])
_UPSERT_ITEMS = f"""
    INSERT INTO integrations_workitem AS held (organization_id, connection_id, id, external_id, {_FACT_LIST},
           product_id, team_id, missing_count)
    SELECT %(organization)s, %(connection)s, s.id, s.external_id, {_FACT_LIST}, owner.product_id, owner.team_id, 0
      FROM staged_item s {OWNER} WHERE s.key IS NOT NULL
    ON CONFLICT (organization_id, connection_id, external_id) DO UPDATE
       SET {_SET}, missing_count = 0, deleted_at = NULL
     WHERE excluded.remote_updated_at >= held.remote_updated_at
       AND (({_OLD}) IS DISTINCT FROM ({_NEW}) OR held.missing_count > 0 OR held.deleted_at IS NOT NULL)
    RETURNING external_id, id, product_id, xmax = 0
"""  # noqa: S608 - only our own column names are put in
_HELD_SPRINTS = """
    SELECT id, item_id, sprint_external_id FROM integrations_itemsprint
     WHERE organization_id = %s AND item_id = ANY(%s)
"""
_DROP_SPRINTS = "DELETE FROM integrations_itemsprint WHERE organization_id = %s AND id = ANY(%s)"
_ADD_SPRINTS = """
    INSERT INTO integrations_itemsprint (organization_id, id, item_id, sprint_external_id)
    SELECT %s, unnest(%s::uuid[]), unnest(%s::uuid[]), unnest(%s::text[])
"""
_DROP_TRANSITIONS = """
    DELETE FROM integrations_transition t
     WHERE t.organization_id = %s AND t.item_id = ANY(%s) AND NOT EXISTS (
           SELECT FROM staged_transition e
            WHERE e.item_id = t.item_id AND e.history_id = t.history_id AND e.ordinal = t.ordinal)
"""
_CHANGE = [name for name in _TRANSITION_COLUMNS if name not in ("id", "item_id", "history_id", "ordinal")]
_UPSERT_TRANSITIONS = f"""
    INSERT INTO integrations_transition AS held
           (organization_id, id, item_id, history_id, ordinal, {", ".join(_CHANGE)})
    SELECT %s, id, item_id, history_id, ordinal, {", ".join(_CHANGE)} FROM staged_transition
    ON CONFLICT (organization_id, item_id, history_id, ordinal) DO UPDATE
       SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGE)}
     WHERE ({", ".join("held." + name for name in _CHANGE)}) IS DISTINCT FROM
           ({", ".join("excluded." + name for name in _CHANGE)})
"""  # noqa: S608 - only our own column names are put in
