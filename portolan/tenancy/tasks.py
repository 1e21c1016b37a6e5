"""Background work that belongs to an organization."""

from typing import Any
from uuid import UUID

from celery import Task
from django.db import transaction

from portolan.tenancy import scope

HEADER = "portolan_organization"


class MissingOrganization(RuntimeError):
    """A tenant's task was enqueued without saying whose it is."""

    def __init__(self, task: str) -> None:
        super().__init__(f"{task} belongs to an organization: enqueue it inside a scope, or with organization=….")


class OrganizationTask(Task):
    """The base of every task that touches tenant rows.

    The organization travels in the message headers. By default the task's body runs inside its scope, one transaction;
    a task that talks to a vendor sets `opens_own_scopes = True`, receives no transaction, and opens
    `organization_scope(self.organization_id)` around each piece of database work, so that no HTTP happens inside one.
    """

    abstract = True
    opens_own_scopes = False

    @property
    def organization_id(self) -> UUID:
        """The organization in whose name the running task works."""
        return UUID(self.request.headers[HEADER] if self.request.headers else self.request.get(HEADER))

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        organization = options.pop("organization", None) or headers.get(HEADER) or self._ambient()
        if organization is None:
            raise MissingOrganization(self.name)
        headers[HEADER] = str(organization)
        return super().apply_async(args, kwargs, headers=headers, **options)

    def later(self, *, organization: UUID | str | None = None, countdown: float | None = None, **kwargs: Any) -> None:
        """This function will enqueue the task once the current transaction has committed, and not at all if it does not."""
        owner = organization or self._ambient()
        if owner is None:
            raise MissingOrganization(self.name)
        transaction.on_commit(lambda: self.apply_async(kwargs=kwargs, organization=owner, countdown=countdown))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.opens_own_scopes:
            return super().__call__(*args, **kwargs)
        with scope.organization_scope(self.organization_id):
            return super().__call__(*args, **kwargs)

    def _ambient(self) -> UUID | str | None:
        """The scope's organization, or, when a running task retries itself, its own."""
        try:
            return scope.current_organization_id()
        except scope.MissingScope:
            headers = getattr(self.request, "headers", None) or {}
            return headers.get(HEADER)
