"""The pages of connections."""

import pytest

from tests.integrations import stage


@pytest.fixture
def harbour(company):
    with stage.connected(company) as found:
        yield found


def test_every_page_opens(company, harbour, visit):
    client = visit(company.ada)
    run = harbour.tick()
    one = f"connections/{harbour.connection.pk}/"
    for rest in [
        "connections/",
        "connections/new/",
        one,
        f"{one}access/",
        f"{one}mapping/",
        f"{one}mapping/new/",
        f"{one}mapping/preview/",
        f"{one}runs/{run.pk}/",
    ]:
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(company.path(rest), headers=headers)
            assert response.status_code == 200, rest
