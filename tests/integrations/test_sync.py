"""The engine against a Jira on a real socket: what a run does, and what it writes."""

import pytest

from tests.cast import Company
from tests.integrations import stage


@pytest.fixture
def harbour(company: Company):
    with stage.connected(company) as found:
        yield found


def test_the_first_run_makes_the_store_equal_to_the_truth(harbour):
    run = harbour.tick()
    assert run.state == "succeeded", run.message
    assert harbour.store() == harbour.truth()
    assert (run.created, run.fetched, run.expected) == (120, 120, 120)
