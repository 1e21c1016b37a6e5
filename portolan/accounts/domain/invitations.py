"""Asking people in. The key of an invitation travels in its link; here only its digest is kept.

Whoever holds the link proves with it that they read the invited mailbox. It still opens for one address only: a link
that was forwarded, or seen over a shoulder, lets nobody else in.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.accounts import permissions
from portolan.accounts.domain import members
from portolan.accounts.models import Invitation, Membership, Role, User

LIFETIME = timedelta(days=7)


class CannotAccept(Exception):
    """This invitation lets nobody in, or not this person; the message is what they read."""


@transaction.atomic
def invite(*, email: str, role: Role | str, by: Membership, at: datetime) -> tuple[Invitation, str]:
    """This function will open a door for an address and return it with its key, which is shown once and kept nowhere.

    An expired invitation of the same address gives way. Raises ValidationError naming the field that cannot be used.
    """
    if role == Role.OWNER:
        permissions.require(by, "people.make_owner")
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": "This person is already a member."})
    Invitation.objects.pending().filter(email__iexact=email, expires_at__lte=at).update(withdrawn_at=at)
    if Invitation.objects.pending().filter(email__iexact=email).exists():
        raise ValidationError({"email": "This address has an open invitation. Make a new link for it in the list."})
    key = secrets.token_urlsafe(32)
    invitation = Invitation(
        email=email.lower(),
        role=role,
        key_digest=_digest(key),
        invited_by=by,
        invited_at=at,
        expires_at=at + LIFETIME,
    )
    invitation.full_clean(exclude=["key_digest"])
    invitation.save(force_insert=True)
    return invitation, key


@transaction.atomic
def renew(invitation: Invitation, *, by: Membership, at: datetime) -> tuple[Invitation, str]:
    """This function will withdraw an open invitation and make another one for the same address and role, with a new key."""
    withdraw(invitation, at=at)
    return invite(email=invitation.email, role=invitation.role, by=by, at=at)


@transaction.atomic
def withdraw(invitation: Invitation, *, at: datetime) -> Invitation:
    """This function will close an invitation, or leave it as it is when it is accepted or closed already."""
    Invitation.objects.pending().filter(pk=invitation.pk).update(withdrawn_at=at)
    invitation.refresh_from_db()
    return invitation


def behind(key: str) -> Invitation | None:
    """This function will find the invitation that a link's key belongs to, in the current organization."""
    return Invitation.objects.select_related("invited_by__user").filter(key_digest=_digest(key)).first()


def check(invitation: Invitation, *, user: User | None, at: datetime) -> None:
    """This function will raise CannotAccept when the invitation is used, withdrawn, too old, or for somebody else."""
    if invitation.accepted_at:
        raise CannotAccept("This invitation has been used. If you used it, sign in with the address it was sent to.")
    if invitation.withdrawn_at:
        raise CannotAccept("This invitation has been withdrawn. Ask the person who sent it.")
    if invitation.expires_at <= at:
        raise CannotAccept("This invitation has expired. Ask the person who sent it for a new link.")
    if user is not None and user.email.lower() != invitation.email.lower():
        raise CannotAccept(f"This invitation is for {invitation.email}. You are signed in as {user.email}.")


@transaction.atomic
def accept(invitation: Invitation, *, user: User, at: datetime) -> Membership:
    """This function will let the invited person in and close the door, or raise CannotAccept with the reason."""
    # Locked, so that a link that is opened twice at once lets one person in once.
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check(current, user=user, at=at)
    Invitation.objects.filter(pk=current.pk).update(accepted_at=at)
    return members.join(user=user, role=current.role)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
