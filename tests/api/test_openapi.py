"""What the schema promises, the API keeps: schemathesis makes up calls from it, right ones and wrong ones, in this process.

Bounded and with a fixed seed, so that the suite stays fast and a failure comes back.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portolan.accounts.domain import api_tokens
from portolan.config.wsgi import application
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, Company, make_product

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CONFIG = schemathesis.Config.from_dict(
    {
        "seed": 20261122,
        "generation": {"deterministic": True, "database": "none"},
        "phases": {"coverage": {"enabled": False}},
    }
)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)


@pytest.fixture(autouse=True)
def open_connection() -> Iterator[None]:
    """A server closes connections that look used up between two requests; here that would end the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def bearer(company: Company) -> str:
    with organization_scope(company.organization.id):
        make_product("Chart", owner=company.pete)
        _, text = api_tokens.issue(member=company.ada, name="Test", at=NOW)
    return f"Bearer {text}"


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    # The organization is the same for all examples of an operation, on purpose: each one finds what the last one left.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_the_api_keeps_what_its_schema_promises(case: schemathesis.Case, bearer: str) -> None:
    case.call_and_validate(headers={"Authorization": bearer, "Host": "localhost"}, checks=CHECKS)
