"""The keys to other systems: sealed on the way in, opened only to make a call."""

from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import F

from portolan.integrations.models import Connection, Credential
from portolan.integrations.vault import CannotOpen, Vault
from portolan.tenancy import scope


def vault() -> Vault:
    """This function will return the installation's vault."""
    return _vault(tuple(settings.VAULT_KEYS))


@cache
def _vault(keys: tuple[str, ...]) -> Vault:
    return Vault(keys=keys)


@transaction.atomic
def store(connection: Connection, *, token: str, at: datetime, expires_on: date | None = None) -> Credential:
    """This function will seal a token for the connection, in the place of the one before."""
    sealed = vault().seal(token, organization_id=scope.current_organization_id(), connection_id=connection.pk)
    facts = {"sealed": sealed, "stored_at": at, "expires_on": expires_on}
    credential, is_new = Credential.objects.get_or_create(connection=connection, defaults=facts)
    if not is_new:
        Credential.objects.filter(pk=credential.pk).update(version=F("version") + 1, **facts)
        credential.refresh_from_db()
    return credential


def token(connection: Connection) -> str:
    """This function will open the connection's token; it raises CannotOpen."""
    sealed = Credential.objects.values_list("sealed", flat=True).filter(connection=connection).first()
    if sealed is None:
        raise CannotOpen("There is none: the connection was disconnected.")
    return vault().open(sealed, organization_id=scope.current_organization_id(), connection_id=connection.pk)


def rotate() -> tuple[int, int]:
    """This function will seal the organization's tokens with the newest key: how many it did, and how many there are."""
    done = 0
    # Locked in one order: a person may store a new token meanwhile, and the newer one must stay.
    credentials = list(Credential.objects.select_for_update().order_by("pk"))
    for credential in credentials:
        sealed = vault().rotate(
            credential.sealed, organization_id=credential.organization_id, connection_id=credential.connection_id
        )
        if sealed != credential.sealed:
            Credential.objects.filter(pk=credential.pk).update(sealed=sealed, version=F("version") + 1)
            done += 1
    return done, len(credentials)
