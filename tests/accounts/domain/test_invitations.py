"""Asking people in: one door for one address, once, for a week."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portolan.accounts.domain import invitations, members
from portolan.accounts.models import Invitation, Membership, Role
from tests.cast import NOW, Company, person

LATER = NOW + timedelta(days=1)


def invite(acme: Company, email: str = "rita@example.com", role: Role = Role.CONTRIBUTOR) -> tuple[Invitation, str]:
    return invitations.invite(email=email, role=role, by=acme.ada, at=NOW)


def test_the_invited_person_comes_in_with_the_role(acme: Company) -> None:
    invitation, key = invite(acme, email="Rita@Example.com")
    assert invitations.behind(key) == invitation
    joined = invitations.accept(invitation, user=person("rita"), at=LATER)
    assert (joined.role, joined.organization_id) == (Role.CONTRIBUTOR, acme.organization.id)
    assert Invitation.objects.get(pk=invitation.pk).accepted_at == LATER


def test_the_key_is_kept_nowhere(acme: Company) -> None:
    invitation, key = invite(acme)
    assert key.encode() not in bytes(Invitation.objects.get(pk=invitation.pk).key_digest)
    assert invitations.behind(key + "x") is None


def refusal(invitation: Invitation, name: str) -> str:
    with pytest.raises(invitations.CannotAccept) as refused:
        invitations.accept(invitation, user=person(name), at=LATER)
    assert not Membership.objects.filter(user__email=f"{name}@example.com").exists()
    return str(refused.value)


def test_somebody_else_cannot_use_it(acme: Company) -> None:
    invitation, _ = invite(acme)
    assert refusal(invitation, "otto") == (
        "This invitation is for rita@example.com. You are signed in as otto@example.com."
    )


def test_an_expired_one_says_so(acme: Company) -> None:
    invitation, _ = invite(acme)
    with pytest.raises(invitations.CannotAccept, match="has expired"):
        invitations.accept(invitation, user=person("rita"), at=NOW + invitations.LIFETIME)


def test_a_withdrawn_one_says_so(acme: Company) -> None:
    invitation, _ = invite(acme)
    invitations.withdraw(invitation, at=NOW)
    assert "has been withdrawn" in refusal(invitation, "rita")


def test_a_used_one_says_so(acme: Company) -> None:
    invitation, _ = invite(acme)
    rita = person("rita")
    joined = invitations.accept(invitation, user=rita, at=LATER)
    members.remove(joined, by=acme.ada)
    with pytest.raises(invitations.CannotAccept, match="has been used"):
        invitations.accept(invitation, user=rita, at=LATER)


def test_withdrawing_twice_keeps_the_first_moment_and_an_accepted_one_stays_accepted(acme: Company) -> None:
    invitation, _ = invite(acme)
    invitations.withdraw(invitation, at=NOW)
    assert invitations.withdraw(invitation, at=LATER).withdrawn_at == NOW
    accepted, _ = invite(acme)
    invitations.accept(accepted, user=person("rita"), at=LATER)
    assert invitations.withdraw(accepted, at=LATER).withdrawn_at is None


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("RITA@example.com", "This address has an open invitation. Make a new link for it in the list."),
        ("Pete@example.com", "This person is already a member."),
        ("nonsense", "Enter a valid email address."),
    ],
)
def test_an_address_that_cannot_be_invited_says_why(acme: Company, email: str, sentence: str) -> None:
    invite(acme)
    with pytest.raises(ValidationError, match=re.escape(sentence)) as error:
        invite(acme, email=email)
    assert list(error.value.message_dict) == ["email"]


def test_an_expired_invitation_gives_way_to_a_new_one(acme: Company) -> None:
    invite(acme)
    again, _ = invitations.invite(
        email="rita@example.com", role=Role.VIEWER, by=acme.ada, at=NOW + invitations.LIFETIME
    )
    assert list(Invitation.objects.pending()) == [again]


def test_a_new_link_ends_the_old_one(acme: Company) -> None:
    invitation, key = invite(acme)
    renewed, new_key = invitations.renew(invitation, by=acme.ada, at=LATER)
    assert (renewed.role, renewed.expires_at) == (Role.CONTRIBUTOR, LATER + invitations.LIFETIME)
    assert invitations.behind(new_key) == renewed
    old = invitations.behind(key)
    assert old is not None
    assert old.withdrawn_at == LATER


def test_only_owners_invite_owners(acme: Company) -> None:
    members.assign(acme.pam, role=Role.ADMIN, by=acme.ada)
    with pytest.raises(PermissionDenied):
        invitations.invite(email="rita@example.com", role=Role.OWNER, by=acme.pam, at=NOW)
