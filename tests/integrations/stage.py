"""Acme connected to a Jira that can misbehave: the stage of every test of the sync engine.

No scope is open here: the engine opens its own around each page, as in the worker. `tick()` is what a beat brings about;
`store()` says what we hold in the words of the stand-in's `truth()`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.test import override_settings

from portolan.accounts.models import Membership
from portolan.demo.sandbox_jira.answers import Request, Response
from portolan.integrations.domain import connections, mappings, runs, sync
from portolan.integrations.models import Connection, ItemSprint, SyncRun, Transition, WorkItem
from portolan.integrations.models.runs import Mode
from portolan.portfolio.models import Product
from portolan.tenancy.scope import organization_scope
from tests.cast import Company, make_product
from tests.stand_ins import jira
from tests.stand_ins.jira import StandIn

TOKEN = "s3cr3t-t0ken"


@dataclass
class Harbour:
    company: Company
    jira: StandIn
    connection: Connection
    proj: Product
    ops: Product

    @property
    def organization_id(self) -> Any:
        return self.company.organization.pk

    def clock(self) -> Any:
        return self.jira.world.now()

    def scope(self) -> Any:
        return organization_scope(self.organization_id)

    def request(self, mode: Mode | str = Mode.INCREMENTAL) -> SyncRun:
        with self.scope():
            return runs.request(self.connection, at=self.clock(), mode=mode)

    def carry(self, run: SyncRun) -> SyncRun:
        sync.carry(run.pk, organization_id=self.organization_id, clock=self.clock)
        with self.scope():
            run.refresh_from_db()
        return run

    def tick(self, mode: Mode | str = Mode.INCREMENTAL) -> SyncRun:
        """One run, requested and carried as far as it goes."""
        return self.carry(self.request(mode))

    def wait(self, **duration: float) -> None:
        """Lets time pass, at Jira and here."""
        self.jira.world.offset += timedelta(**duration)

    def distort(self, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Lets Jira say something else than it means wherever the path contains `path`."""
        usual = self.jira.jira.answer

        def answer(request: Request) -> Response:
            response = usual(request)
            if path not in request.path:
                return response
            said = orjson.loads(response.body)
            change(said)
            return Response(response.status, orjson.dumps(said), response.headers)

        self.jira.jira.answer = answer

    def store(self) -> dict[str, dict[str, Any]]:
        """What we hold alive, as `StandIn.truth()` words it."""
        with self.scope():
            items = list(WorkItem.objects.live().filter(connection=self.connection))
            sprints: dict[Any, list[str]] = {item.pk: [] for item in items}
            for item_id, name in ItemSprint.objects.order_by("sprint_external_id").values_list(
                "item_id", "sprint_external_id"
            ):
                sprints.get(item_id, []).append(name)
            return {
                item.external_id: {
                    "key": item.key,
                    "title": item.title,
                    "project_id": item.project_external_id,
                    "status_id": item.status_external_id,
                    "status_category": item.status_category,
                    "points": None if item.points is None else float(item.points),
                    "parent_id": item.parent_external_id,
                    "assignee_id": item.assignee_external_id or None,
                    "sprint_ids": sprints[item.pk],
                    "updated_at": item.remote_updated_at,
                }
                for item in items
            }

    def truth(self) -> dict[str, dict[str, Any]]:
        """What a perfect copy holds. Jira speaks in milliseconds."""
        told = self.jira.truth()
        for facts in told.values():
            facts.pop("histories")
            facts["sprint_ids"].sort()
            facts["updated_at"] = facts["updated_at"].replace(
                microsecond=facts["updated_at"].microsecond // 1000 * 1000
            )
        return told

    def item(self, id_or_key: str) -> WorkItem:
        with self.scope():
            return WorkItem.objects.get(external_id=self.jira.issue(id_or_key).id)

    def histories(self, external_id: str) -> int:
        with self.scope():
            held = Transition.objects.filter(item__external_id=external_id)
            return held.values("history_id").distinct().count()

    def notes(self, run: SyncRun) -> list[tuple[str, str, str]]:
        with self.scope():
            return list(run.notes.values_list("kind", "external_id", "words"))

    def connection_now(self) -> Connection:
        with self.scope():
            self.connection.refresh_from_db()
        return self.connection


def connect_stranger(owner: Membership, stand_in: StandIn) -> Harbour:
    """This function will connect Mallory's organization to the same Jira, all of it to the one product there."""
    with organization_scope(owner.organization_id):
        product = Product.objects.get()
        connection = connections.connect(
            name="Same harbour",
            base_url=stand_in.base_url,
            account_email="mallory@example.com",
            token=TOKEN,
            by=owner,
            at=stand_in.world.now(),
        )
        for project in ("10000", "10009"):
            mappings.add(connection, product=product, project_external_id=project, by=owner, at=stand_in.world.now())
    company = Company(organization=owner.organization, ada=owner, pam=owner, pete=owner, eve=owner)
    return Harbour(company=company, jira=stand_in, connection=connection, proj=product, ops=product)


@contextmanager
def connected(company: Company, *, maps: bool = True, **choices: Any) -> Iterator[Harbour]:
    """This function will run a stand-in and connect Acme to it: PROJ belongs to Chart, OPS to Compass."""
    with override_settings(PRIVATE_ADDRESSES_ALLOWED=True), jira.running(**choices) as stand_in:
        with organization_scope(company.organization.pk):
            proj, ops = make_product("Chart", owner=company.pete), make_product("Compass")
            connection = connections.connect(
                name="Harbour",
                base_url=stand_in.base_url,
                account_email="ada@example.com",
                token=TOKEN,
                by=company.ada,
                at=stand_in.world.now(),
            )
            for product, project, key in ((proj, "10000", "PROJ"), (ops, "10009", "OPS")):
                if maps:
                    mappings.add(
                        connection,
                        product=product,
                        project_external_id=project,
                        project_key=key,
                        by=company.ada,
                        at=stand_in.world.now(),
                    )
        yield Harbour(company=company, jira=stand_in, connection=connection, proj=proj, ops=ops)
