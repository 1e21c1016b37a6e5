"""The same from a shell."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from portolan.integrations.domain import connections, credentials
from portolan.integrations.models import Connection, Credential, ProjectMapping, WorkItem
from portolan.integrations.vault import CannotOpen, new_key
from portolan.tenancy.scope import organization_scope
from tests.cast import make_product
from tests.integrations import stage
from tests.stand_ins import jira
from tests.stand_ins.jira import Fault


def called(name, *arguments, **options):
    said = StringIO()
    call_command(name, *arguments, stdout=said, **options)
    return said.getvalue()


def ended(name, *arguments):
    """What it said and the exit code it gave."""
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(name, *arguments, stdout=said)
    return said.getvalue(), end.value.code


@pytest.fixture
def site(company):
    with organization_scope(company.organization.pk):
        make_product("Chart")
    with override_settings(PRIVATE_ADDRESSES_ALLOWED=True), jira.running(issues=30) as stand_in:
        yield stand_in


def connect(site, *maps, organization="acme", token="t0ken"):
    flags = [part for pair in maps for part in ("--map", pair)]
    return called(
        "connect", "jira", "--organization", organization, "--base-url", site.base_url, "--email", "ada@example.com",
        "--token", token, *flags,
    )  # fmt: skip


def test_connect_and_sync_from_a_shell(company, site):
    said = connect(site, "PROJ=chart", "OPS=chart")
    assert "Sandbox Jira: we are Sync Bot (Asia/Kolkata)." in said
    assert "PROJ (Harbour) belongs to Chart." in said
    said = called("sync", "--organization", "acme")
    assert said.splitlines()[-1] == "Jira: succeeded."
    assert "30 created" in said
    with organization_scope(company.organization.pk):
        assert WorkItem.objects.live().count() == 30


def test_sync_speaks_json_and_its_exit_code_says_how_it_went(company, site):
    connect(site, "PROJ=chart")
    facts = json.loads(called("sync", "--organization", "acme", "--json"))
    assert (facts["state"], facts["connection"], facts["created"]) == ("succeeded", "Jira", 20)
    facts = json.loads(called("sync", "--organization", "acme", "--full", "--json"))
    assert (facts["created"], facts["updated"], facts["unchanged"]) == (0, 0, 20)
    site.fail("/search/jql", Fault(status=429, headers={"Retry-After": "600"}))
    said, code = ended("sync", "--organization", "acme", "--json")
    assert (json.loads(said)["state"], code) == ("waiting", 75)


def test_a_refusal_ends_with_1_and_its_reason(company, site):
    connect(site, "PROJ=chart")
    site.fail("/search/jql", Fault(status=403, words="Not for you."))
    said, code = ended("sync", "--organization", "acme")
    assert code == 1
    assert "Jira: failed. The account may not do this in Jira. Not for you." in said


@pytest.mark.parametrize(
    ("maps", "sentence"),
    [
        (["NOPE=chart"], "No visible project has the key NOPE. Visible are: OPS, PROJ."),
        (["PROJ=nope"], "No product has the address nope."),
        (["PROJ"], "Write --map PROJECT=product-slug, not 'PROJ'."),
        (["PROJ=chart", "PROJ=chart"], "This part is mapped already."),
    ],
)
def test_a_wrong_mapping_saves_nothing(company, site, maps, sentence):
    with pytest.raises(CommandError) as caught:
        connect(site, *maps)
    assert str(caught.value) == sentence
    with organization_scope(company.organization.pk):
        assert not Connection.objects.exists()
        assert not ProjectMapping.objects.exists()


def test_a_refused_token_and_an_unknown_organization_are_sentences(company, site):
    with pytest.raises(CommandError, match="Jira refuses the e-mail and token"):
        site.fail("/myself", Fault(status=401))
        connect(site, "PROJ=chart")
    with pytest.raises(CommandError, match="There is no organization called nobody"):
        connect(site, organization="nobody")
    with pytest.raises(CommandError, match="There is no such connection"):
        called("sync", "--organization", "acme")


def test_a_rotated_vault_opens_with_the_new_key_alone(company, settings):
    old, new = new_key(), new_key()
    settings.VAULT_KEYS = [old]
    with organization_scope(company.organization.pk):
        connection = connections.connect(
            name="Jira", base_url="https://a.example", account_email="a@b.example", token=stage.TOKEN, by=None,
            at=timezone.now(),
        )  # fmt: skip
        assert stage.TOKEN not in Credential.objects.get().sealed
    settings.VAULT_KEYS = [new, old]
    assert called("rotate_vault").startswith("1 of 1 tokens were sealed anew")
    assert called("rotate_vault").startswith("0 of 1 tokens")
    settings.VAULT_KEYS = [new]
    with organization_scope(company.organization.pk):
        assert credentials.token(connection) == stage.TOKEN
    settings.VAULT_KEYS = [new_key()]
    with organization_scope(company.organization.pk), pytest.raises(CannotOpen):
        credentials.token(connection)
    with pytest.raises(CommandError, match="Nothing of this organization was changed"):
        called("rotate_vault")
