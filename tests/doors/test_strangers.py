"""Mallory, who belongs to another organization, and nobody in particular, at every door of the house."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from portolan.accounts.middleware import OPEN_TO_STRANGERS
from portolan.portfolio.models import Portfolio, Product, ProductLine
from portolan.tenancy.models import TenantOwned
from tests.doors import addresses, arguments
from tests.doors.addresses import Door
from tests.doors.conftest import House

DOORS = addresses.doors()
PAGES = [door for door in DOORS if door.is_inside and not door.is_api]
ENDPOINTS = [door for door in DOORS if door.is_inside and door.is_api]
OWN = [door for door in DOORS if not door.is_inside]
# What anybody may read: the description of the API. It names no organization.
PUBLIC = {"api:schema", "api:docs"}

# Every test runs inside the house's transaction and is taken back.
pytestmark = pytest.mark.django_db


def every(doors: list[Door]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", doors, ids=str)


def test_acme_has_a_row_of_everything(house: House) -> None:
    assert house.missing == []


@every([door for door in DOORS if door.is_inside])
def test_the_address_can_be_filled_with_a_row_of_acmes(house: House, door: Door) -> None:
    assert house.path(door).startswith(("/acme/", "/api/"))


@every([door for door in PAGES if door.name not in OPEN_TO_STRANGERS])
def test_a_page_is_not_there_for_a_stranger(house: House, door: Door, unchanged: None) -> None:
    for method in addresses.METHODS:
        response = house.knock(house.browsers["mallory"], door, method)
        assert (method, response.status_code, house.leaks(response, door)) == (method, 404, [])


@every(PAGES)
def test_a_page_asks_somebody_who_is_nobody_to_sign_in(house: House, door: Door, unchanged: None) -> None:
    for method in addresses.METHODS:
        response = house.knock(Client(), door, method)
        assert house.leaks(response, door) == []
        if door.name in OPEN_TO_STRANGERS:
            # Without a key that opens it. What a real key shows is told by tests/accounts/test_joining.py.
            assert response.status_code in (404, 405)
        else:
            assert response.status_code == 302
            assert response["Location"].startswith(resolve_url(settings.LOGIN_URL))


@every(ENDPOINTS)
def test_an_endpoint_has_nothing_of_acmes_for_a_strangers_token(house: House, door: Door, unchanged: None) -> None:
    for method in door.methods:
        response = house.knock(house.callers["mallory"], door, method)
        assert (method, house.leaks(response, door)) == (method, [])
        if door.parameters:
            assert (method, response.status_code) == (method, 404)
        elif method in ("POST", "PATCH") and arguments.body(door, house.rows)[1]:
            # The body points at Acme's rows: they do not exist for this caller.
            assert (method, response.status_code) == (method, 400)
        else:
            assert response.status_code < 500


@every([door for door in ENDPOINTS if "GET" in door.methods])
def test_a_filter_cannot_ask_about_acmes_rows(house: House, door: Door, unchanged: None) -> None:
    for name, value in arguments.questions(door, house.rows).items():
        response = house.callers["mallory"].get(house.path(door), {name: value})
        assert response.status_code in (200, 400, 404)
        # A refusal repeats the value that was asked with.
        assert (name, [word for word in house.leaks(response, door) if word not in value]) == (name, [])


@every(ENDPOINTS)
def test_an_endpoint_wants_a_token(house: House, door: Door, unchanged: None) -> None:
    for method in door.methods:
        for client in (Client(), house.browsers["ada"]):
            response = house.knock(client, door, method)
            assert (method, response.status_code) == (method, 200 if door.name in PUBLIC else 401)
            assert house.leaks(response, door) == []


@every(OWN)
def test_a_door_outside_of_every_organization_says_nothing_about_acme(house: House, door: Door) -> None:
    for client in (Client(), house.browsers["mallory"]):
        for method in addresses.METHODS:
            response = house.knock(client, door, method)
            assert response.status_code < 500
            assert house.leaks(response, door) == []


def test_the_walk_finds_pages_and_endpoints_of_every_room() -> None:
    rooms = {door.name.partition(":")[0] for door in PAGES}
    assert {"accounts", "portfolio"} <= rooms
    assert {door.name for door in ENDPOINTS} >= {"api:members-list", "api:members-detail", "api:organization"}


def test_the_walk_finds_the_filters(house: House) -> None:
    asked = {door.name: arguments.questions(door, house.rows) for door in ENDPOINTS}
    assert asked["api:lines-list"] == {
        "portfolio": str(house.rows[Portfolio].pk),
        "parent": str(house.rows[ProductLine].pk),
    }
    assert asked["api:products-list"]["stage"] == house.rows[Product].stage


def test_the_admin_shows_no_tenant_row() -> None:
    assert [model for model in admin.site._registry if issubclass(model, TenantOwned)] == []


def test_the_admin_is_closed_to_owners(house: House) -> None:
    response = house.browsers["ada"].get(reverse("admin:index"))
    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")
