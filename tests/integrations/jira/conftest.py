from contextlib import closing

import pytest

from portolan.integrations import outbound
from portolan.integrations.jira.client import ApiToken, JiraCloud
from tests.stand_ins import jira, jira_contract

POLICY = outbound.Policy(allow_private=True, read_seconds=2, total_seconds=5)


@pytest.fixture
def stand_in():
    """A Jira of 120 issues; every request is held against Atlassian's contract where it lies beside the checkout."""
    contract = jira_contract.PLATFORM if jira_contract.PLATFORM.exists() else None
    with jira.running(issues=120, contract=contract) as running:
        yield running


@pytest.fixture(scope="module")
def unchanging():
    """A Jira for many small tests that change nothing in it; it forgets its faults and its log between them."""
    with jira.running(issues=120) as running:
        yield running


@pytest.fixture
def troubled(unchanging):
    unchanging.heal()
    unchanging.requests.clear()
    return unchanging


@pytest.fixture
def client(stand_in):
    credentials = ApiToken("ada@example.com", "s3cr3t-t0ken")
    with closing(JiraCloud(base_url=stand_in.base_url, credentials=credentials, policy=POLICY)) as connected:
        yield connected
