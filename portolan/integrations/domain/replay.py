"""Reading again what we hold, under other choices: no vendor is asked."""

from typing import Any
from uuid import UUID

import orjson

from portolan.integrations.domain import assignment, cursors, loading, mappings, runs
from portolan.integrations.domain.desk import BATCH, Desk
from portolan.integrations.models import Cursor, ProjectMapping, RawObject


def follow_mappings(desk: Desk) -> None:
    """This function will give every item the product that today's mappings give it, if they changed."""
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.ASSIGNMENT)
        digest = _leads(desk.mappings)
        if cursor.scope_digest != digest:
            runs.count(desk.run, products=assignment.assign(desk.connection.pk))
            cursor.scope_digest = digest
            cursor.save(update_fields=["scope_digest"])


def _leads(rows: list[ProjectMapping]) -> str:
    return mappings.name_of([[str(row.pk), str(row.product_id), str(row.team_id)] for row in rows])


def follow_choices(desk: Desk) -> None:
    """This function will read every raw body again if fields, levels or statuses mean something else now."""
    with desk.page():
        digest = desk.choices_digest
        cursor = cursors.of(desk.connection, Cursor.Stream.REPLAY)
        if cursor.scope_digest == digest:
            return
        if cursor.run_id != desk.run.pk:
            cursor.run_id, cursor.after_external_id = desk.run.pk, ""
            cursor.save(update_fields=["run_id", "after_external_id"])
    while bodies := _next(desk.connection.pk, cursor.after_external_id, desk):
        with desk.page() as at:
            done = loading.reload(desk.connection.pk, [body for _, body in bodies], read=desk.read)
            desk.record(done, at=at)
            cursor.after_external_id = bodies[-1][0]
            cursor.save(update_fields=["after_external_id"])
    with desk.page():
        cursor.scope_digest, cursor.run_id, cursor.after_external_id = digest, None, ""
        cursor.save(update_fields=["scope_digest", "run_id", "after_external_id"])


def _next(connection_id: UUID, after: str, desk: Desk) -> list[tuple[str, Any]]:
    with desk.page():
        held = RawObject.objects.filter(connection_id=connection_id, stream="issue", external_id__gt=after)
        rows = held.order_by("external_id").values_list("external_id", "payload")[:BATCH]
        return [(name, orjson.loads(bytes(payload))) for name, payload in rows]
