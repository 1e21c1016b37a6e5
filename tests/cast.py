"""The people of every test: Acme's ada, pam, pete and eve, and mallory, who owns another organization.

`acme` is the usual stage: it is entered as a scope, so that a test reads and writes as the organization. Pages are
visited with `visit(person)`, which answers a signed-in client.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from portolan.accounts.domain import organizations
from portolan.accounts.models import Membership, Organization, Role, User
from portolan.portfolio.domain import catalogue
from portolan.portfolio.models import Portfolio, Product, Stage
from portolan.tenancy.scope import organization_scope

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "chart-room-42"


@dataclass(frozen=True)
class Company:
    organization: Organization
    ada: Membership
    pam: Membership
    pete: Membership
    eve: Membership

    def path(self, rest: str = "") -> str:
        return f"/{self.organization.slug}/{rest}"


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.capitalize())


@pytest.fixture
def company(db: None) -> Company:
    """Acme, seen from outside: no scope is open."""
    ada = organizations.found(name="Acme", slug="acme", by=person("ada"), at=NOW)
    with organization_scope(ada.organization_id):
        pam, pete, eve = (
            Membership.objects.create(user=person(name), role=role)
            for name, role in [("pam", Role.PORTFOLIO_MANAGER), ("pete", Role.PRODUCT_MANAGER), ("eve", Role.EXECUTIVE)]
        )
    return Company(organization=ada.organization, ada=ada, pam=pam, pete=pete, eve=eve)


@pytest.fixture
def acme(company: Company) -> Iterator[Company]:
    """Acme, with its scope open for the whole test."""
    with organization_scope(company.organization.id):
        yield company


@pytest.fixture
def mallory(db: None) -> Membership:
    """The owner of another organization, which has a product and people of its own."""
    owner = organizations.found(name="Mallory Industries", slug="mallory", by=person("mallory"), at=NOW)
    with organization_scope(owner.organization_id):
        make_product("Spyglass", owner=owner)
    return owner


@pytest.fixture
def visit() -> Callable[[Membership], Client]:
    def as_person(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_person


def make_product(
    name: str, *, owner: Membership | None = None, stage: Stage = Stage.GROWTH, **facts: object
) -> Product:
    """A product of the organization whose scope is open."""
    product = Product(name=name, portfolio=Portfolio.objects.earliest("id"), owner=owner, **facts)
    return catalogue.add(product, by=owner, at=NOW, stage=stage)
