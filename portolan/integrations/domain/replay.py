"""Reading again what we hold, under other choices: no vendor is asked."""

from typing import Any
from uuid import UUID

import orjson

from portolan.accounts.models import Organization
from portolan.integrations.domain import assignment, cursors, loading, mappings, runs
from portolan.integrations.domain.desk import BATCH, Desk
from portolan.integrations.models import Cursor, ProjectMapping, RawObject
from portolan.tenancy import scope


def follow_mappings(desk: Desk) -> None:
    """This function will give every item the product that today's mappings give it, if they changed, and let all their
    rollups follow: also those of a team that was deleted, and all of them when the organization moved to another zone."""
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.ASSIGNMENT)
        digest = leads(desk.mappings)
        if cursor.scope_digest != digest:
            touched = assignment.assign(desk.connection.pk) | {row.product_id for row in desk.mappings}
            runs.count(desk.run, products=touched)
            cursor.scope_digest = digest
            cursor.save(update_fields=["scope_digest"])


def leads(rows: list[ProjectMapping]) -> str:
    """This function will name where mappings lead, so that a change is noticed."""
    zone = Organization.objects.values_list("time_zone", flat=True).get(pk=scope.current_organization_id())
    return mappings.name_of([zone, sorted([str(row.pk), str(row.product_id), str(row.team_id)] for row in rows)])


def follow_choices(desk: Desk) -> None:
    """This function will read every raw body again if fields, levels or statuses mean something else now."""
    with desk.page():
        digest = desk.choices_digest
        cursor = cursors.of(desk.connection, Cursor.Stream.REPLAY)
        if cursor.scope_digest == digest:
            return
        # What was read again by a runner that was stopped counts only if it went by the same choices.
        if cursor.page_token != digest:
            cursor.page_token, cursor.after_external_id = digest, ""
            cursor.save(update_fields=["page_token", "after_external_id"])
    while bodies := _next(desk.connection.pk, cursor.after_external_id, desk):
        with desk.page() as at:
            done = loading.reload(desk.connection.pk, [body for _, body in bodies], read=desk.read)
            desk.record(done, at=at)
            cursor.after_external_id = bodies[-1][0]
            cursor.save(update_fields=["after_external_id"])
    with desk.page():
        cursor.scope_digest, cursor.page_token, cursor.after_external_id = digest, None, ""
        cursor.save(update_fields=["scope_digest", "page_token", "after_external_id"])


def _next(connection_id: UUID, after: str, desk: Desk) -> list[tuple[str, Any]]:
    with desk.page():
        held = RawObject.objects.filter(connection_id=connection_id, stream="issue", external_id__gt=after)
        rows = held.order_by("external_id").values_list("external_id", "payload")[:BATCH]
        return [(name, orjson.loads(bytes(payload))) for name, payload in rows]
