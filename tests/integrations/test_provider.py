import pickle

import pytest

from portolan.integrations.jira.client import Refused
from portolan.integrations.provider import (
    CredentialsRefused,
    FieldChoice,
    FieldMap,
    FieldProposal,
    ProviderError,
    Retry,
    Throttled,
    Unreadable,
)


@pytest.mark.parametrize(
    "error",
    [
        ProviderError("Later.", retry=Retry.LATER, after=3.0),
        CredentialsRefused("No."),
        Throttled("Wait.", after=1847.0, reason="jira-burst-based"),
        Unreadable(external_id="7", field="summary", reason="is missing"),
        Refused("No.", status=400, words="Bad."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_keeps_its_policy_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_proposal_can_be_accepted_as_it_stands():
    nothing = FieldChoice(None, "Nothing looks like it.", ())
    points, own = FieldChoice("a", "Because.", ()), FieldChoice("b", "Because.", ())
    proposal = FieldProposal(
        points=points, points_by_project={"1": own}, sprint=nothing, epic_link=nothing, flag=nothing
    )
    assert proposal.field_map() == FieldMap(points="a", points_by_project={"1": "b"})
