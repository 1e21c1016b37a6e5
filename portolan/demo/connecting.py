"""Larkspan's connection to its Jira, the sandbox: made, mapped and read for the first time as a person would do it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Replace

from portolan.accounts.models import Membership, Role
from portolan.demo import playback
from portolan.demo.delivery import DELIVERIES, PROJECT_NAMES
from portolan.integrations.domain import connections, inquiries, mappings, runs, sync
from portolan.integrations.models import Connection, Inquiry, SyncRun, WorkItem
from portolan.integrations.models.runs import State
from portolan.portfolio.models import Product
from portolan.tenancy.scope import organization_scope

NAME = playback.TITLE
# The sandbox believes everybody.
ACCOUNT, TOKEN = "sync@larkspan.example", "any-token-will-do"

type Clock = Callable[[], datetime]


def find() -> Connection | None:
    """This function will return the company's connection to the sandbox, or None; ask inside its scope."""
    return Connection.objects.filter(name=NAME).first()


def connect(*, base_url: str, at: datetime) -> Connection:
    """This function will connect the sandbox and map each of its projects to a product; ask inside the company's scope.

    Where two products share a project, each takes its component.
    """
    admin = Membership.objects.filter(role=Role.ADMIN).earliest("id")
    connection = connections.connect(name=NAME, base_url=base_url, account_email=ACCOUNT, token=TOKEN, by=admin, at=at)
    products = {product.name: product for product in Product.objects.select_related("team")}
    for delivery in DELIVERIES:
        product = products[delivery.product]
        mappings.add(
            connection,
            product=product,
            team=product.team,
            project_external_id=playback.PROJECT_IDS[delivery.project],
            project_key=delivery.project,
            project_name=PROJECT_NAMES[delivery.project],
            components=[delivery.component] if delivery.component else [],
            by=admin,
            at=at,
        )
    return connection


def check(*, organization_id: UUID, clock: Clock) -> None:
    """This function will ask the sandbox who we are there, as "Test connection" does. Outside of any scope."""
    with organization_scope(organization_id):
        connection = Connection.objects.get(name=NAME)
        inquiry = inquiries.ask(connection, topic=Inquiry.Topic.CHECK, by=connection.created_by, at=clock())
    inquiries.answer(inquiry.pk, organization_id=organization_id, clock=clock)


def read(*, organization_id: UUID, clock: Clock) -> SyncRun:
    """This function will sync the sandbox here and now, to the run's end. Outside of any scope."""
    with organization_scope(organization_id):
        connection = Connection.objects.get(name=NAME)
        run = runs.request(connection, by=connection.created_by, at=clock())
    sync.carry(run.pk, organization_id=organization_id, clock=clock)
    with organization_scope(organization_id):
        run.refresh_from_db()
    return run


def has_been_read() -> bool:
    """This function will tell whether a sync of the sandbox has ever come to its end; ask inside the company's scope."""
    return SyncRun.objects.filter(connection__name=NAME, state=State.SUCCEEDED).exists()


def readdress(*, base_url: str) -> None:
    """This function will lead the connection, and the links of its items, to the same sandbox on another port; ask inside
    the company's scope."""
    connection = find()
    if connection is None or connection.base_url == base_url:
        return
    items = WorkItem.objects.filter(connection=connection)
    items.update(url=Replace(F("url"), Value(connection.base_url), Value(base_url)))
    Connection.objects.filter(pk=connection.pk).update(base_url=base_url)
