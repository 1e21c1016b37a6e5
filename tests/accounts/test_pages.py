"""Every page of the people's room opens, with an exact number of queries however many rows it shows."""

from collections.abc import Callable

import pytest
from django.test import Client

from portolan.accounts.models import Membership
from tests.cast import Company

type Visit = Callable[[Membership], Client]


@pytest.mark.parametrize("page", ["welcome/", "settings/", "people/", "tokens/"])
def test_the_page_opens_for_an_owner(company: Company, visit: Visit, page: str) -> None:
    response = visit(company.ada).get(company.path(page))
    assert response.status_code == 200
    assert company.organization.name in response.content.decode()
