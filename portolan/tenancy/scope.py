"""Which organization, and which person, the current transaction acts for.

The setting is issued with `SET LOCAL`: it ends with the transaction, survives a transaction-pooling PgBouncer, and
Citus propagates it to its workers (`set_config()` and a session-level `SET` do neither).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

_organization: ContextVar[UUID | None] = ContextVar("portolan_organization", default=None)

ORGANIZATION_SETTING = "portolan.organization"
PERSON_SETTING = "portolan.person"


class MissingScope(RuntimeError):
    """Tenant rows were asked for outside of an organization."""

    def __init__(self) -> None:
        super().__init__("Tenant rows exist only inside `organization_scope(organization_id)`.")


class ScopeConflict(RuntimeError):
    """A scope was opened inside the scope of another organization."""

    def __init__(self) -> None:
        super().__init__("Leave this organization's scope before entering another one.")


def current_organization_id() -> UUID:
    """This function will return the organization of the current scope, or raise MissingScope."""
    organization_id = _organization.get()
    if organization_id is None:
        raise MissingScope
    return organization_id


@contextmanager
def organization_scope(organization_id: UUID | str, *, savepoint: bool = True) -> Iterator[UUID]:
    """This function will open a transaction in which exactly one organization's rows exist.

    Nesting the same organization opens a savepoint; nesting another one raises ScopeConflict. Inside a person's scope
    `savepoint=False` saves two statements; what fails then takes the person's whole transaction back.
    """
    identity = UUID(str(organization_id))
    outer = _organization.get()
    if outer is not None and outer != identity:
        raise ScopeConflict
    with _local_setting(ORGANIZATION_SETTING, identity if outer is None else None, savepoint=savepoint):
        token = _organization.set(identity)
        try:
            yield identity
        finally:
            _organization.reset(token)


@contextmanager
def person_scope(user_id: UUID | str) -> Iterator[None]:
    """This function will open a transaction in which a person also sees the own memberships, whatever their organization."""
    with _local_setting(PERSON_SETTING, UUID(str(user_id))):
        yield


@contextmanager
def _local_setting(name: str, value: UUID | None, *, savepoint: bool = True) -> Iterator[None]:
    with transaction.atomic(savepoint=savepoint):
        nested = len(connection.savepoint_ids) > 0
        if value is not None:
            _set_local(name, str(value))
        yield
        # Inside a larger transaction SET LOCAL would outlive this block. A rolled-back savepoint undoes it by itself,
        # which is why this is not in a `finally`: an aborted transaction accepts no statement.
        if value is not None and nested and not connection.needs_rollback:
            _set_local(name, "")


def _set_local(name: str, value: str) -> None:
    statement = sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(*name.split(".")), sql.Literal(value))
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection))
