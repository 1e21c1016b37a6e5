"""What the tests of the product pages share."""

import pytest
from django.test import Client

from portolan.accounts.models import Membership, Role
from portolan.portfolio.models import Product
from tests.cast import Company, make_product, person

HTMX = {"HX-Request": "true"}
# Finding the person, the organization and the role, and entering the scope: the queries of every page.
EVERY_PAGE = 6


@pytest.fixture
def chart(acme: Company) -> Product:
    """Pete's product."""
    return make_product("Chart", owner=acme.pete, role="star")


@pytest.fixture
def vera(acme: Company) -> Membership:
    """A viewer: she reads everything and changes nothing."""
    return Membership.objects.create(user=person("vera"), role=Role.VIEWER)


@pytest.fixture
def other_manager(acme: Company) -> Membership:
    """A product manager who owns nothing."""
    return Membership.objects.create(user=person("paula"), role=Role.PRODUCT_MANAGER)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()
