"""Founding an organization, and changing what it says about itself."""

import pytest
from django.core.exceptions import ValidationError

from portolan.accounts.domain import organizations
from portolan.accounts.models import Organization, Role
from portolan.portfolio.models import Portfolio
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, Company, person


def test_the_founder_owns_it_and_it_begins_with_a_portfolio(db: None) -> None:
    owner = organizations.found(name="Acme", slug="acme", by=person("ada"), at=NOW, currency="EUR")
    assert (owner.role, owner.organization.currency) == (Role.OWNER, "EUR")
    with organization_scope(owner.organization_id):
        assert Portfolio.objects.get().name == "Acme portfolio"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"slug": "api"}, "slug"),
        ({"slug": "Acme!"}, "slug"),
        ({"slug": "acme"}, "slug"),
        ({"name": ""}, "name"),
        ({"currency": "euro"}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"fiscal_year_start_month": 13}, "fiscal_year_start_month"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_nothing_is_saved(
    company: Company, facts: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        organizations.found(**{"name": "Other", "slug": "other", **facts}, by=company.pete.user, at=NOW)
    assert list(error.value.message_dict) == [field]
    assert Organization.objects.count() == 1


def test_editing_keeps_the_address(company: Company) -> None:
    organizations.edit(company.organization, name="Acme & Sons", time_zone="Europe/Lisbon")
    acme = Organization.objects.get()
    assert (acme.name, acme.slug, acme.time_zone) == ("Acme & Sons", "acme", "Europe/Lisbon")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme-2"),
        ("Blue Water, Inc.", "blue-water-inc"),
        ("API", "api-2"),
        ("東京", "organization"),
        ("a_b", "a-b"),
        ("x" * 90, "x" * 50),
    ],
)
def test_an_address_is_made_of_the_name(company: Company, name: str, slug: str) -> None:
    assert organizations.free_slug(name) == slug
    Organization(name="Test", slug=slug).full_clean()
