"""People in an organization: joining, changing roles, leaving. An organization always keeps an owner."""

from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.accounts import permissions
from portolan.accounts.models import Membership, Role, User

LAST_OWNER = "An organization keeps at least one owner. Make somebody else an owner first."


@transaction.atomic
def join(*, user: User, role: Role | str) -> Membership:
    """This function will make a person a member, or return the membership that exists, with the role it has."""
    membership, _ = Membership.objects.get_or_create(user=user, defaults={"role": Role(role)})
    return membership


@transaction.atomic
def assign(member: Membership, *, role: Role | str, by: Membership) -> Membership:
    """This function will give a member another role, or leave the role as it is when it is the same.

    Raises ValidationError for the last owner, PermissionDenied when `by` would make or unmake an owner without being one.
    """
    current, owners = _locked(member)
    if current.role != role:
        _guard(current, becomes=role, by=by, owners=owners)
        Membership.objects.filter(pk=member.pk).update(role=Role(role))
    member.role = Role(role)
    return member


@transaction.atomic
def remove(member: Membership, *, by: Membership) -> None:
    """This function will end a membership: the person's tokens end with it, and the products they owned have no owner.

    Raises ValidationError for the last owner, PermissionDenied when `by` would remove an owner without being one.
    """
    current, owners = _locked(member)
    _guard(current, becomes=None, by=by, owners=owners)
    current.delete()


def _locked(member: Membership) -> tuple[Membership, list[Membership]]:
    # The owners are locked in one order with the member: of two owners who step down at once, the second one waits and
    # then finds that nobody else is left.
    rows = Membership.objects.filter(role=Role.OWNER) | Membership.objects.filter(pk=member.pk)
    locked = list(rows.order_by("id").select_for_update())
    current = next((row for row in locked if row.pk == member.pk), None)
    if current is None:
        raise Membership.DoesNotExist
    return current, [row for row in locked if row.role == Role.OWNER]


def _guard(current: Membership, *, becomes: Role | str | None, by: Membership, owners: list[Membership]) -> None:
    if Role.OWNER in (current.role, becomes):
        permissions.require(by, "people.make_owner")
    if owners == [current] and becomes != Role.OWNER:
        raise ValidationError({"role": LAST_OWNER} if becomes else LAST_OWNER)
