"""Calling the API as somebody: `call(member).get("/api/v1/members/")`."""

from collections.abc import Callable

import pytest
from django.test import Client

from portolan.accounts.domain import api_tokens
from portolan.accounts.models import Membership
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW


@pytest.fixture
def call(db: None) -> Callable[[Membership], Client]:
    def as_member(member: Membership) -> Client:
        with organization_scope(member.organization_id):
            _, text = api_tokens.issue(member=member, name="Test", at=NOW)
        return Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)

    return as_member
