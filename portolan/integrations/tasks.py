"""Doorways into the worker. Each `*_later` is called inside the organization's scope and enqueues after its commit.

Vendors are called from these tasks and from nowhere else, so they open their own scopes: no call lies in a transaction.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from celery import Task, shared_task
from django.utils import timezone

from portolan.accounts.models import Membership, Organization
from portolan.integrations.domain import connections, inquiries, rollups, runs, schedule, sync
from portolan.integrations.domain.inquiries import Answer
from portolan.integrations.models import Connection, Inquiry, SyncRun
from portolan.integrations.models.connections import Status
from portolan.integrations.models.runs import Mode, State, Trigger
from portolan.tenancy.scope import organization_scope
from portolan.tenancy.tasks import OrganizationTask

logger = logging.getLogger(__name__)

TURN = timedelta(minutes=5)
"""How long a run keeps a worker while others wait: the first read of a large site takes hours."""
LONGEST_COUNTDOWN_SECONDS = 3600
"""A longer wait is left to the dispatcher: a task must not sit in a worker's memory beyond the queue's patience."""


def sync_later(
    connection: Connection,
    *,
    trigger: Trigger | str = Trigger.PERSON,
    by: Membership | None,
    at: datetime,
    mode: Mode | str = Mode.INCREMENTAL,
) -> SyncRun:
    """This function will request a run and hand it to a worker; an unfinished one is returned as it is."""
    run = runs.request(connection, trigger=trigger, by=by, at=at, mode=mode)
    if run.state == State.QUEUED:
        sync_run.later(run_id=str(run.pk))
    return run


def resume_later(run: SyncRun) -> SyncRun:
    """This function will hand a cancelled or failed run to a worker again."""
    resumed = runs.resume(run)
    if resumed.state == State.QUEUED:
        sync_run.later(run_id=str(run.pk))
    return resumed


def check_later(connection: Connection, *, by: Membership | None, at: datetime) -> Inquiry:
    """This function will let a worker ask who we are at the vendor and what we see there."""
    return _ask_later(connection, topic=Inquiry.Topic.CHECK, question={}, by=by, at=at)


def project_later(connection: Connection, *, project: str, by: Membership | None, at: datetime) -> Inquiry:
    """This function will let a worker ask for a project's components and size."""
    return _ask_later(connection, topic=Inquiry.Topic.PROJECT, question={"project": project}, by=by, at=at)


def preview_later(connection: Connection, *, parts: list[Answer], by: Membership | None, at: datetime) -> Inquiry:
    """This function will let a worker ask what mappings would bring; see inquiries for the shape of `parts`."""
    return _ask_later(connection, topic=Inquiry.Topic.PREVIEW, question={"parts": parts}, by=by, at=at)


def disconnect_later(connection: Connection, *, at: datetime, is_kept: bool) -> None:
    """This function will forget a connection's token and end its run now, and unless what it brought is kept, let a
    worker delete all of it: that may be half a million rows."""
    connections.let_go(connection)
    for run in SyncRun.objects.unfinished().filter(connection=connection):
        runs.cancel(run, at=at)
    if not is_kept:
        disconnect.later(connection_id=str(connection.pk))


def _ask_later(
    connection: Connection, *, topic: Inquiry.Topic, question: Answer, by: Membership | None, at: datetime
) -> Inquiry:
    inquiry = inquiries.ask(connection, topic=topic, question=question, by=by, at=at)
    answer_inquiry.later(inquiry_id=str(inquiry.pk))
    return inquiry


@shared_task(
    base=OrganizationTask,
    bind=True,
    name="integrations.sync_run",
    # A first sync may take hours. A worker that is killed leaves a run that stops beating, and another takes it over.
    time_limit=5 * 3600,
    opens_own_scopes=True,
)
def sync_run(self: OrganizationTask, *, run_id: str) -> None:
    """Carries one run on. Enqueued twice it does nothing twice: the run is claimed in the database."""
    runner = uuid4()
    try:
        run = sync.carry(
            UUID(run_id), organization_id=self.organization_id, clock=timezone.now, runner=runner, turn=TURN
        )
    except Exception:
        # The boundary: whatever it was, the run must not look alive, and the log must know.
        sync.abandon(UUID(run_id), organization_id=self.organization_id, runner=runner, at=timezone.now())
        raise
    if run is not None and run.state == State.QUEUED:
        sync_run.later(organization=self.organization_id, run_id=run_id)
    if run is not None and run.state == State.WAITING and run.resume_at is not None:
        seconds = (run.resume_at - timezone.now()).total_seconds() + 1
        if seconds <= LONGEST_COUNTDOWN_SECONDS:
            sync_run.later(organization=self.organization_id, countdown=max(seconds, 1), run_id=run_id)


@shared_task(
    base=OrganizationTask,
    bind=True,
    name="integrations.answer_inquiry",
    time_limit=300,
    opens_own_scopes=True,
)
def answer_inquiry(self: OrganizationTask, *, inquiry_id: str) -> None:
    """Asks a vendor on behalf of a page."""
    inquiries.answer(UUID(inquiry_id), organization_id=self.organization_id, clock=timezone.now)


@shared_task(base=OrganizationTask, bind=True, name="integrations.disconnect", time_limit=3600)
def disconnect(self: OrganizationTask, *, connection_id: str) -> None:
    """Deletes a connection with all that came through it, unless somebody has taken it into use again meanwhile."""
    connection = Connection.objects.filter(pk=connection_id, status=Status.OFF).first()
    if connection is not None:
        connections.disconnect(connection)


@shared_task(base=OrganizationTask, bind=True, name="integrations.recount", time_limit=3600, opens_own_scopes=True)
def recount(self: OrganizationTask) -> None:
    """Adds the work of every product up again, each product in a transaction of its own."""
    with organization_scope(self.organization_id):
        products = rollups.products()
    for product in products:
        with organization_scope(self.organization_id):
            rollups.refresh(product_ids=[product])


@shared_task(bind=True, name="integrations.dispatch", time_limit=120)
def dispatch(self: Task) -> None:
    """Looks into every organization for what is due. It reads no tenant's rows outside of that tenant's scope."""
    for organization_id in Organization.objects.values_list("pk", flat=True).order_by("pk"):
        try:
            with organization_scope(organization_id):
                for run_id in schedule.due(at=timezone.now()):
                    sync_run.later(run_id=str(run_id))
        except Exception:
            # The boundary, once for each: one organization in trouble must not keep all those behind it waiting.
            logger.exception("Nothing could be dispatched for the organization %s.", organization_id)
