"""An organization's background work: it travels with its organization, and a retry does not lose it.

The messages go through the real Redis to a real worker in a thread of this process.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from celery import Celery, shared_task
from celery.contrib.testing.worker import start_worker
from django.db import connections, transaction

from portolan.accounts.models import Membership
from portolan.config.celery import celery
from portolan.portfolio.models import Team
from portolan.tenancy import scope
from portolan.tenancy.scope import MissingScope, organization_scope
from portolan.tenancy.tasks import HEADER, MissingOrganization, OrganizationTask
from tests.cast import Company


@shared_task(base=OrganizationTask, name="tests.assemble")
def assemble(*, name: str) -> None:
    """Writes a team of the organization that the task works for."""
    Team.objects.create(name=name)


@shared_task(base=OrganizationTask, bind=True, name="tests.assemble_at_second_try", max_retries=1)
def assemble_at_second_try(self: OrganizationTask, *, name: str) -> None:
    Team.objects.create(name=f"{name} {self.request.retries}")
    if self.request.retries == 0:
        raise self.retry(countdown=0)


@shared_task(base=OrganizationTask, bind=True, name="tests.look_around", opens_own_scopes=True)
def look_around(self: OrganizationTask, *, name: str) -> None:
    """A task that speaks to a vendor: no scope and no transaction until it opens one itself."""
    with pytest.raises(MissingScope):
        scope.current_organization_id()
    assert not connections["default"].in_atomic_block
    with organization_scope(self.organization_id):
        Team.objects.create(name=name)


@pytest.fixture
def queue() -> str:
    """A queue of this test's own: other workers of the suite share the same Redis."""
    return f"tests-{uuid.uuid4().hex}"


@contextmanager
def worker(app: Celery, queue: str) -> Iterator[None]:
    """Takes messages of one queue until the block ends."""
    with start_worker(
        app, pool="solo", queues=[queue], perform_ping_check=False, shutdown_timeout=20, loglevel="ERROR"
    ):
        yield


def teams(company: Company) -> list[str]:
    with organization_scope(company.organization.id):
        return sorted(Team.objects.values_list("name", flat=True))


def wait_for_teams(company: Company, *, count: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and len(teams(company)) < count:
        time.sleep(0.05)


def test_a_task_without_an_organization_is_refused() -> None:
    with pytest.raises(MissingOrganization, match=r"tests\.assemble belongs to an organization"):
        assemble.apply_async(kwargs={"name": "Nobody's"})
    with pytest.raises(MissingOrganization):
        assemble.later(name="Nobody's")


def test_inside_a_scope_the_organization_goes_along_by_itself(acme: Company, queue: str) -> None:
    with celery.connection_for_write() as connection:
        assemble.apply_async(kwargs={"name": "Crew"}, queue=queue, connection=connection)
        message = connection.SimpleQueue(queue).get(timeout=5)
        message.ack()
    assert message.headers[HEADER] == str(acme.organization.id)


def test_what_is_rolled_back_is_not_enqueued(
    company: Company, queue: str, django_capture_on_commit_callbacks: object
) -> None:
    with pytest.raises(ZeroDivisionError), organization_scope(company.organization.id):
        assemble.later(name="Crew")
        raise ZeroDivisionError
    with django_capture_on_commit_callbacks() as callbacks, organization_scope(company.organization.id):  # type: ignore[operator]
        assemble.later(name="Crew")
    assert len(callbacks) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_body_runs_in_the_scope_of_its_organization_and_a_retry_keeps_it(
    mallory: Membership, company: Company, queue: str
) -> None:
    headers = {"organization": company.organization.id, "queue": queue}
    assemble.apply_async(kwargs={"name": "Crew"}, **headers)
    look_around.apply_async(kwargs={"name": "Lookout"}, **headers)
    with organization_scope(company.organization.id), transaction.atomic():
        assemble_at_second_try.apply_async(kwargs={"name": "Try"}, queue=queue)
    with worker(celery, queue):
        wait_for_teams(company, count=3)
    # The first try was rolled back with its transaction; the second one knew whose it was.
    assert teams(company) == ["Crew", "Lookout", "Try 1"]
    with organization_scope(mallory.organization_id):
        assert Team.objects.count() == 0
