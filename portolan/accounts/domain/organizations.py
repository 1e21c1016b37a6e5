"""Founding an organization."""

from datetime import datetime

from django.db import transaction

from portolan.accounts.models import Membership, Organization, Role, User
from portolan.accounts.signals import organization_founded
from portolan.tenancy.scope import organization_scope


@transaction.atomic
def found(*, name: str, slug: str, by: User, at: datetime, **settings: object) -> Membership:
    """This function will create an organization with one owner, and say that it happened.

    Raises ValidationError when the name, the slug or a setting cannot be used.
    """
    organization = Organization(name=name, slug=slug, **settings)
    organization.full_clean()
    organization.save()
    with organization_scope(organization.id):
        owner = Membership.objects.create(user=by, role=Role.OWNER)
        organization_founded.send(Organization, organization=organization, owner=owner, at=at)
    return owner
