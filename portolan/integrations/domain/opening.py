"""The first questions of a run: who we are there, what time it is, which words the vendor uses."""

from datetime import datetime, timedelta

from django.db import transaction

from portolan.integrations.domain import cursors, mappings
from portolan.integrations.domain.desk import Desk
from portolan.integrations.models import Connection, Cursor, FieldChoice, Sprint, SprintBoard
from portolan.integrations.models.runs import Mode, Phase
from portolan.integrations.provider import RemoteSprint
from portolan.tenancy.models import new_id

SPRINTS_EVERY = timedelta(hours=1)
"""Boards have to be asked one by one, which on a large site is most of an incremental run."""


def ask(desk: Desk) -> datetime:
    """This function will bring the vendor's vocabulary in line with ours and return its clock."""
    desk.enter(Phase.OPENING)
    identity = desk.ask(desk.provider.identity)
    server_time = desk.ask(desk.provider.server_time)
    kinds, statuses = desk.ask(desk.provider.kinds), desk.ask(desk.provider.statuses)
    with desk.page():
        Connection.objects.filter(pk=desk.connection.pk).exclude(
            account_name=identity.name[:200], account_zone=identity.zone[:80]
        ).update(account_name=identity.name[:200], account_zone=identity.zone[:80])
        mappings.keep_vocabulary(desk.connection, kinds=kinds, statuses=statuses)
        projects = sorted({row.project_external_id for row in desk.mappings if row.project_external_id})
        is_new = not FieldChoice.objects.filter(connection=desk.connection).exists()
    if is_new or desk.run.mode in (Mode.CENSUS, Mode.FULL):
        proposal = desk.ask(lambda: desk.provider.propose_fields(project_ids=projects))
        with desk.page():
            mappings.keep_proposal(desk.connection, proposal)
    _sprints(desk, projects, server_time=server_time)
    return server_time


def _sprints(desk: Desk, projects: list[str], *, server_time: datetime) -> None:
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.SPRINTS)
        is_fresh = cursor.watermark is not None and server_time - cursor.watermark < SPRINTS_EVERY
    if is_fresh and desk.run.mode == Mode.INCREMENTAL:
        return
    found = desk.ask(lambda: desk.provider.sprints(project_ids=projects))
    with desk.page():
        keep_sprints(desk.connection, found)
        cursor.watermark = server_time
        cursor.save(update_fields=["watermark"])


@transaction.atomic
def keep_sprints(connection: Connection, found: list[RemoteSprint]) -> None:
    """This function will keep each sprint once, with all the boards that show it; what is unchanged writes nothing."""
    held = {row.external_id: row for row in Sprint.objects.filter(connection=connection)}
    for sprint in found:
        facts = {
            "name": sprint.name[:300],
            "state": sprint.state,
            "starts_at": sprint.starts_at,
            "ends_at": sprint.ends_at,
            "completed_at": sprint.completed_at,
            "goal": sprint.goal,
        }
        row = held.get(sprint.external_id)
        if row is None:
            row = held[sprint.external_id] = Sprint.objects.create(
                connection=connection, external_id=sprint.external_id, **facts
            )
        elif any(getattr(row, name) != value for name, value in facts.items()):
            Sprint.objects.filter(pk=row.pk).update(**facts)
    wanted = {(held[sprint.external_id].pk, board) for sprint in found for board in sprint.board_ids}
    shown = {
        (row.sprint_id, row.board_external_id): row.pk
        for row in SprintBoard.objects.filter(sprint__in=[held[sprint.external_id].pk for sprint in found])
    }
    SprintBoard.objects.filter(pk__in=[shown[pair] for pair in shown.keys() - wanted]).delete()
    SprintBoard.objects.bulk_create(
        SprintBoard(id=new_id(), sprint_id=sprint, board_external_id=board)
        for sprint, board in sorted(wanted - shown.keys())
    )
