import pytest

from tests.cast import Company
from tests.integrations import stage


@pytest.fixture
def harbour(company: Company):
    """Acme connected to a Jira of 60 issues, nothing read yet."""
    with stage.connected(company, issues=60) as found:
        yield found


@pytest.fixture
def quay(company: Company):
    """The same with 12 issues, where their number does not matter."""
    with stage.connected(company, issues=12) as found:
        yield found


@pytest.fixture
def synced(harbour):
    """The same after its first run."""
    assert harbour.tick().state == "succeeded"
    harbour.jira.requests.clear()
    return harbour
