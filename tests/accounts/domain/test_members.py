"""Joining, changing roles, leaving."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portolan.accounts.domain import api_tokens, members
from portolan.accounts.models import ApiToken, Membership, Role
from portolan.portfolio.models import Product
from tests.cast import NOW, Company, make_product, person


def test_joining_twice_keeps_the_first_role(acme: Company) -> None:
    rita = person("rita")
    first = members.join(user=rita, role=Role.CONTRIBUTOR)
    assert members.join(user=rita, role=Role.ADMIN) == first
    assert Membership.objects.get(user=rita).role == Role.CONTRIBUTOR


def test_an_admin_changes_roles(acme: Company) -> None:
    members.assign(acme.pam, role=Role.ADMIN, by=acme.ada)
    assert members.assign(acme.eve, role=Role.CONTRIBUTOR, by=acme.pam).role == Role.CONTRIBUTOR
    assert Membership.objects.get(pk=acme.eve.pk).role == Role.CONTRIBUTOR


def test_only_an_owner_makes_and_unmakes_owners(acme: Company) -> None:
    members.assign(acme.pam, role=Role.ADMIN, by=acme.ada)
    members.assign(acme.eve, role=Role.OWNER, by=acme.ada)
    for refused in (
        lambda: members.assign(acme.pam, role=Role.OWNER, by=acme.pam),
        lambda: members.assign(acme.eve, role=Role.VIEWER, by=acme.pam),
        lambda: members.remove(acme.eve, by=acme.pam),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert Membership.objects.get(pk=acme.eve.pk).role == Role.OWNER


def test_the_last_owner_stays_an_owner(acme: Company) -> None:
    with pytest.raises(ValidationError, match="keeps at least one owner"):
        members.assign(acme.ada, role=Role.ADMIN, by=acme.ada)
    with pytest.raises(ValidationError, match="keeps at least one owner"):
        members.remove(acme.ada, by=acme.ada)
    members.assign(acme.pam, role=Role.OWNER, by=acme.ada)
    members.remove(acme.ada, by=acme.ada)
    assert list(Membership.objects.filter(role=Role.OWNER)) == [acme.pam]


def test_the_same_role_again_changes_nothing_and_needs_no_right(acme: Company) -> None:
    assert members.assign(acme.ada, role=Role.OWNER, by=acme.pete).role == Role.OWNER


def test_a_removed_members_tokens_end_and_their_products_stay(acme: Company) -> None:
    chart = make_product("Chart", owner=acme.pete)
    api_tokens.issue(member=acme.pete, name="Export", at=NOW)
    members.remove(acme.pete, by=acme.ada)
    assert Product.objects.get(pk=chart.pk).owner is None
    assert ApiToken.objects.count() == 0


def test_a_member_who_is_gone_cannot_be_changed(acme: Company) -> None:
    members.remove(acme.pete, by=acme.ada)
    with pytest.raises(Membership.DoesNotExist):
        members.assign(acme.pete, role=Role.ADMIN, by=acme.ada)
