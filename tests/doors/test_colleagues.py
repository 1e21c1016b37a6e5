"""A viewer, who may read everything and write nothing, and the owner, who may do all, at every door of their own house."""

import re

import pytest

from portolan.accounts.middleware import OPEN_TO_STRANGERS
from tests.doors import addresses
from tests.doors.addresses import Door
from tests.doors.conftest import House

INSIDE = [door for door in addresses.doors() if door.is_inside]
PAGES = [door for door in INSIDE if not door.is_api]
ENDPOINTS = [door for door in INSIDE if door.is_api]

# Every test runs inside the house's transaction and is taken back.
pytestmark = pytest.mark.django_db


def every(doors: list[Door]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", doors, ids=str)


@every([door for door in PAGES if door.name not in OPEN_TO_STRANGERS])
def test_a_viewer_writes_nothing_in_the_browser(house: House, door: Door, unchanged: None) -> None:
    for method in set(addresses.METHODS) - addresses.SAFE:
        response = house.knock(house.browsers["vic"], door, method)
        # 405: the page has no such method, for anybody.
        assert (method, response.status_code) in [(method, 403), (method, 405)]


@every(ENDPOINTS)
def test_a_viewer_writes_nothing_over_the_api(house: House, door: Door, unchanged: None) -> None:
    for method in set(addresses.METHODS) - addresses.SAFE:
        response = house.knock(house.callers["vic"], door, method)
        assert (method, response.status_code) == (method, 403 if method in door.methods else 405)


@every(PAGES)
def test_a_page_opens_for_the_owner(house: House, door: Door) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        response = house.browsers["ada"].get(house.path(door), headers=headers)
        # 405: the address is an action, which is posted. 404: an open door without a real key.
        expected = [404] if door.name in OPEN_TO_STRANGERS else [200, 302, 405]
        assert response.status_code in expected
        # An id that stands twice ties a label to the wrong control.
        ids = [] if response.streaming else re.findall(r'\sid="([^"]+)"', response.content.decode(errors="replace"))
        assert sorted(ids) == sorted(set(ids))


@every(ENDPOINTS)
def test_an_endpoint_answers_the_owner_and_every_action_names_its_permission(house: House, door: Door) -> None:
    if "GET" in door.methods:
        assert house.callers["ada"].get(house.path(door)).status_code == 200
    # PUT is closed for every resource (http_method_names), so "update" is never called.
    assert set(getattr(door.view, "actions", {}).values()) - {"update"} <= set(getattr(door.resource, "may", {}))
