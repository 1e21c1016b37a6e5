"""The house, built once for all doors of a file; whatever a visitor does there is taken back with the test."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from portolan.accounts.domain import api_tokens, organizations
from portolan.accounts.models import Membership, Organization, Role
from portolan.portfolio.models import Portfolio, Stage
from portolan.tenancy.scope import organization_scope
from tests import cast
from tests.doors import acme, addresses, arguments
from tests.doors.addresses import Door


@dataclass(frozen=True)
class House:
    organization: Organization
    rows: acme.Rows
    missing: list[str]
    words: set[str]
    fingerprint: dict[str, str]
    browsers: dict[str, Client]
    callers: dict[str, Client]

    def path(self, door: Door) -> str:
        return door.path(arguments.fill(door, slug=self.organization.slug, rows=self.rows))

    def knock(self, client: Client, door: Door, method: str) -> HttpResponse:
        """Calls a door; a body, where one is due, points at Acme's rows."""
        if not door.is_api or method in addresses.SAFE:
            return client.generic(method, self.path(door), content_type="application/x-www-form-urlencoded")
        facts, _ = arguments.body(door, self.rows) if door.resource and method in ("POST", "PATCH") else ({}, False)
        return client.generic(method, self.path(door), data=json.dumps(facts), content_type="application/json")

    def leaks(self, response: HttpResponse, door: Door) -> list[str]:
        """Acme's words in an answer, except those that the caller wrote into the address."""
        said = b"".join(response) if response.streaming else response.content
        text = said.decode(errors="replace")
        return sorted(word for word in self.words if word in text and word not in self.path(door))


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def unchanged(house: House) -> Iterator[None]:
    """Whatever happened, Acme's rows are what they were, byte for byte."""
    yield
    before, after = house.fingerprint, acme.fingerprint(house.organization)
    assert [table for table in before if before[table] != after[table]] == []


def build() -> House:
    ada = organizations.found(name="Quillfeather & Sons", slug="acme", by=cast.person("ada"), at=cast.NOW)
    mallory = organizations.found(name="Mallory Industries", slug="mallory", by=cast.person("mallory"), at=cast.NOW)
    with organization_scope(mallory.organization_id):
        cast.make_product("Spyglass", owner=mallory)
        foreign = {str(row.name) for row in Portfolio.objects.all()} | {"Spyglass", *Role.values, *Stage.values}
    with organization_scope(ada.organization_id):
        vic = acme.hire(Role.VIEWER, email="vic@example.com")
        cast.make_product("Quillfeather Astrolabe", owner=ada, thesis="Quillfeather buys the stars.")
        rows, missing = acme.furnish()
        words = {word for word in acme.words(ada.organization) if "uillfeather" in word or "@" in word} - foreign
    people = {"ada": ada, "vic": vic, "mallory": mallory}
    browsers = {name: _browser(member) for name, member in people.items()}
    callers = {name: _caller(member) for name, member in people.items()}
    return House(
        organization=ada.organization,
        rows=rows,
        missing=missing,
        words=words,
        fingerprint=acme.fingerprint(ada.organization),
        browsers=browsers,
        callers=callers,
    )


def _browser(member: Membership) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _caller(member: Membership) -> Client:
    with organization_scope(member.organization_id):
        _, text = api_tokens.issue(member=member, name="Guest", at=cast.NOW)
        # Already used today, so that recognising it writes nothing.
        client = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)
    client.get("/api/v1/organization/")
    return client
