"""Founding an organization, and changing what it says about itself."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from portolan.accounts.models import RESERVED_SLUGS, Membership, Organization, Role, User
from portolan.accounts.signals import organization_founded, time_zone_changed
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


@transaction.atomic
def edit(organization: Organization, **facts: object) -> Organization:
    """This function will change the name, the currency, the zone or the fiscal year, and say when the zone is another.

    The address stays: links in mails, in Jira and in people's bookmarks go through it. Raises ValidationError naming the
    fields that cannot be used.
    """
    # Asked of the database: a form has written its values into the organization already.
    zone = Organization.objects.values_list("time_zone", flat=True).select_for_update().get(pk=organization.pk)
    for name, value in facts.items():
        setattr(organization, name, value)
    organization.full_clean()
    organization.save(update_fields=list(facts))
    if organization.time_zone != zone:
        time_zone_changed.send(Organization, organization=organization)
    return organization


def free_slug(name: str) -> str:
    """This function will return an address made of the name that no organization uses."""
    stem = slugify(name)[:50].strip("-_").replace("_", "-") or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED_SLUGS
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
