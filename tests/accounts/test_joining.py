"""From a link to a seat: the page that an invitation opens, for everybody who may stand before it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portolan.accounts.domain import invitations
from portolan.accounts.models import Invitation, Membership, Organization, Role, User
from portolan.accounts.tasks import mail_invitation
from portolan.tenancy.scope import organization_scope
from portolan.tenancy.tasks import HEADER
from tests.cast import Company, person

type Visit = Callable[[Membership], Client]


@pytest.fixture
def invited(company: Company) -> tuple[Invitation, str]:
    with organization_scope(company.organization.id):
        invitation, key = invitations.invite(
            email="rita@example.com", role=Role.CONTRIBUTOR, by=company.ada, at=timezone.now()
        )
    return invitation, company.path(f"join/{key}/")


def browser(name: str) -> Client:
    client = Client()
    client.force_login(person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def members(company: Company) -> set[str]:
    with organization_scope(company.organization.id):
        return set(Membership.objects.values_list("user__email", flat=True))


def test_a_new_person_signs_up_and_comes_in(company: Company, invited: tuple[Invitation, str], settings: Any) -> None:
    settings.SIGNUP_OPEN = False
    client, link = Client(), invited[1]
    page = client.get(link)
    assert page.status_code == 200
    assert "Ada asks you to join Acme on Portolan. Your role: contributor." in page.content.decode()
    facts = {"name": "Rita", "email": "rita@example.com", "password1": "a-long-sentence-42", "next": link}
    assert client.post("/accounts/signup/", facts)["Location"] == link
    assert User.objects.get(email="rita@example.com").name == "Rita"
    assert client.post(link)["Location"].startswith("/acme/")
    assert "rita@example.com" in members(company)


def test_an_invitation_opens_sign_up_to_its_own_address_only(
    company: Company, invited: tuple[Invitation, str], settings: Any
) -> None:
    settings.SIGNUP_OPEN = False
    client = Client()
    client.get(invited[1])
    facts = {"name": "Otto", "email": "otto@example.com", "password1": "a-long-sentence-42"}
    page = client.post("/accounts/signup/", facts).content.decode()
    assert "You are invited as rita@example.com. Use this address." in page
    assert not User.objects.filter(email="otto@example.com").exists()


def test_sign_up_is_closed_without_an_invitation(db: None, settings: Any) -> None:
    settings.SIGNUP_OPEN = False
    facts = {"name": "Otto", "email": "otto@example.com", "password1": "a-long-sentence-42"}
    Client().post("/accounts/signup/", facts)
    assert User.objects.count() == 0


def test_an_existing_person_signs_in_and_comes_in(company: Company, invited: tuple[Invitation, str]) -> None:
    rita = browser("rita")
    assert rita.get(invited[1]).status_code == 200
    assert rita.post(invited[1]).status_code == 302
    assert "rita@example.com" in members(company)
    # Opened again, the link leads a member inside.
    assert rita.get(invited[1])["Location"].startswith("/acme/")


def test_nobody_in_particular_is_sent_to_sign_in(company: Company, invited: tuple[Invitation, str]) -> None:
    response = Client().post(invited[1])
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_wrong_person_reads_whom_it_is_for(company: Company, invited: tuple[Invitation, str], method: str) -> None:
    response = getattr(browser("otto"), method)(invited[1])
    assert response.status_code == 410
    assert (
        "This invitation is for rita@example.com. You are signed in as otto@example.com." in response.content.decode()
    )
    assert "otto@example.com" not in members(company)


def test_a_used_link_reads_so(company: Company, invited: tuple[Invitation, str]) -> None:
    browser("rita").post(invited[1])
    response = Client().get(invited[1])
    assert response.status_code == 410
    assert "This invitation has been used." in response.content.decode()


def test_a_withdrawn_link_reads_so(company: Company, invited: tuple[Invitation, str], visit: Visit) -> None:
    visit(company.ada).delete(company.path(f"invitations/{invited[0].pk}/"))
    assert "This invitation has been withdrawn." in Client().get(invited[1]).content.decode()


def test_a_key_opens_no_other_organization(company: Company, invited: tuple[Invitation, str]) -> None:
    key = invited[1].rstrip("/").rpartition("/")[2]
    person("otto")
    for path in (f"/nowhere/join/{key}/", company.path("join/wrong/")):
        assert Client().get(path).status_code == 404


def test_the_mail_carries_the_link(company: Company, invited: tuple[Invitation, str]) -> None:
    facts = {"invitation_id": str(invited[0].pk), "link": "https://portolan.example.com/acme/join/key/"}
    mail_invitation.apply(kwargs=facts, headers={HEADER: str(company.organization.id)}, throw=True)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.from_email) == (
        ["rita@example.com"], "Join Acme on Portolan", "Portolan <portolan@localhost>",
    )  # fmt: skip
    assert facts["link"] in sent.body


def test_a_name_of_two_lines_is_one_in_the_subject(company: Company, invited: tuple[Invitation, str]) -> None:
    Organization.objects.filter(pk=company.organization.pk).update(name="Acme\nBcc: all@example.com")
    facts = {"invitation_id": str(invited[0].pk), "link": "https://portolan.example.com/acme/join/key/"}
    mail_invitation.apply(kwargs=facts, headers={HEADER: str(company.organization.id)}, throw=True)
    assert mail.outbox[0].subject == "Join Acme Bcc: all@example.com on Portolan"


def test_no_mail_is_sent_for_an_invitation_that_was_withdrawn_meanwhile(
    company: Company, invited: tuple[Invitation, str]
) -> None:
    with organization_scope(company.organization.id):
        invitations.withdraw(invited[0], at=timezone.now())
    facts = {"invitation_id": str(invited[0].pk), "link": "https://portolan.example.com/acme/join/key/"}
    mail_invitation.apply(kwargs=facts, headers={HEADER: str(company.organization.id)}, throw=True)
    assert mail.outbox == []
