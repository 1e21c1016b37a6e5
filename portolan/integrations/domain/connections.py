"""Connecting another system, and what may happen to a connection afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portolan.accounts.models import Membership
from portolan.integrations import outbound
from portolan.integrations.domain import credentials, rollups
from portolan.integrations.models import Connection, Credential, WorkItem
from portolan.integrations.models.connections import Status
from portolan.integrations.provider import ProviderError


@transaction.atomic
def connect(
    *,
    name: str,
    base_url: str,
    account_email: str,
    token: str,
    by: Membership | None,
    at: datetime,
    expires_on: date | None = None,
) -> Connection:
    """This function will save a connection with its sealed token. It calls nobody: a check does.

    Raises ValidationError naming the fields that cannot be used.
    """
    connection = Connection(
        name=name.strip(),
        base_url=base_url.strip().rstrip("/"),
        account_email=account_email.strip(),
        created_by=by,
        created_at=at,
    )
    _validate(connection, token=token)
    connection.save(force_insert=True)
    credentials.store(connection, token=token.strip(), at=at, expires_on=expires_on)
    return connection


@transaction.atomic
def edit(
    connection: Connection,
    *,
    name: str,
    account_email: str,
    at: datetime,
    token: str = "",
    expires_on: date | None = None,
) -> Connection:
    """This function will rename a connection or change its account; an empty token keeps the one we have.

    The address stays: another site has other ids, and would be mistaken for this one with everything deleted.
    """
    connection.name, connection.account_email = name.strip(), account_email.strip()
    _validate(connection, token=token or "kept")
    connection.save(update_fields=["name", "account_email"])
    if token.strip():
        credentials.store(connection, token=token.strip(), at=at, expires_on=expires_on)
        mend(connection)
    return connection


def _validate(connection: Connection, *, token: str) -> None:
    wrong: dict[str, Any] = {}
    try:
        outbound.checked(connection.base_url)
    except ProviderError as error:
        wrong["base_url"] = error.message
    try:
        validate_email(connection.account_email)
    except ValidationError:
        wrong["account_email"] = "Enter the e-mail address of the account that the token belongs to."
    if not token.strip() or not token.strip().isascii() or not token.strip().isprintable():
        wrong["token"] = "Paste the API token; it has no spaces and no line breaks."  # noqa: S105
    try:
        connection.full_clean(exclude=[*wrong, "created_by"])
    except ValidationError as error:
        wrong = {**error.error_dict, **wrong}
    if wrong:
        raise ValidationError(wrong)


def pause(connection: Connection) -> None:
    """This function will stop the schedule of a connection; what runs now runs to its end."""
    Connection.objects.filter(pk=connection.pk, status=Status.ACTIVE).update(status=Status.PAUSED)
    connection.refresh_from_db()


def unpause(connection: Connection) -> None:
    """This function will put a paused connection back on schedule."""
    Connection.objects.filter(pk=connection.pk, status=Status.PAUSED).update(status=Status.ACTIVE)
    connection.refresh_from_db()


def break_off(connection: Connection, *, reason: str) -> None:
    """This function will mark that the vendor refuses us, so that nobody calls again before a person has looked."""
    # A run that was under way may end in a refusal after a person has disconnected: that word stands.
    Connection.objects.filter(pk=connection.pk).exclude(status=Status.OFF).update(
        status=Status.BROKEN, broken_reason=reason
    )
    connection.refresh_from_db()


def mend(connection: Connection) -> None:
    """This function will take a broken or disconnected connection into use again."""
    Connection.objects.filter(pk=connection.pk, status__in=[Status.BROKEN, Status.OFF]).update(
        status=Status.ACTIVE, broken_reason=""
    )
    connection.refresh_from_db()


def keep_quiet(connection: Connection, *, until: datetime, reason: str) -> None:
    """This function will remember that the vendor asked for a pause; a longer one that is known already stays."""
    Connection.objects.filter(pk=connection.pk).exclude(quiet_until__gte=until).update(
        quiet_until=until, quiet_reason=reason[:200]
    )


@transaction.atomic
def let_go(connection: Connection) -> None:
    """This function will forget the token of a connection, so that nobody calls the vendor again; what was read stays."""
    Credential.objects.filter(connection=connection).delete()
    Connection.objects.filter(pk=connection.pk).update(status=Status.OFF, broken_reason="")
    connection.refresh_from_db()


@transaction.atomic
def disconnect(connection: Connection) -> frozenset[UUID]:
    """This function will delete a connection with its token and all that was read through it; products stay.

    Returns the products whose numbers changed by it.
    """
    touched = WorkItem.objects.filter(connection=connection, product__isnull=False)
    products = frozenset(touched.values_list("product_id", flat=True).distinct())
    connection.delete()
    rollups.refresh(product_ids=products)
    return products
