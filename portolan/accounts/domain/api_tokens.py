"""Keys to the API: made once, shown once, kept as a digest.

A token reads `ptl_<organization id>_<secret>`. The organization stands in the clear, because its rows, this token among
them, can only be seen from inside its scope; the secret is 32 random bytes, so a plain SHA-256 is enough to keep it.
"""

import hashlib
import re
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portolan.accounts.models import ApiToken, Membership
from portolan.tenancy import scope

_FORM = re.compile(r"ptl_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


class Presented(NamedTuple):
    """A token as somebody sent it: of right form, but not yet believed."""

    organization_id: UUID
    secret: str


def issue(*, member: Membership, name: str, at: datetime) -> tuple[ApiToken, str]:
    """This function will make a token and return it with its full text, which is shown once and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken(member=member, name=name, secret_digest=_digest(secret), hint=secret[-4:], created_at=at)
    token.full_clean(exclude=["secret_digest"])
    token.save(force_insert=True)
    return token, f"ptl_{scope.current_organization_id().hex}_{secret}"


def revoke(token: ApiToken, *, at: datetime) -> ApiToken:
    """This function will end a token for good, or leave it as it is when it has ended already."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    token.refresh_from_db()
    return token


def read(text: str) -> Presented | None:
    """This function will take a token's text apart, or return None when it is none."""
    match = _FORM.fullmatch(text)
    return Presented(UUID(match[1]), match[2]) if match else None


def recognize(presented: Presented, *, at: datetime) -> ApiToken | None:
    """This function will find the living token behind a secret, inside its organization's scope, and note its use."""
    token = (
        ApiToken.objects.filter(secret_digest=_digest(presented.secret), revoked_at=None, member__user__is_active=True)
        .select_related("member__user", "member__organization")
        .first()
    )
    # Once a day: a write for every call would cost more than the call.
    if token is not None and token.last_used_on != at.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=at.date())
    return token


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
