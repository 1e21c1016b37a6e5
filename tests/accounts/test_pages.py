"""The pages about people: what they show, what they change, and how much they ask of the database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from portolan.accounts.domain import api_tokens, invitations, members
from portolan.accounts.models import ApiToken, Invitation, Membership, Organization, Role, User
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, PASSWORD, Company, person

type Visit = Callable[[Membership], Client]
HTMX = {"HX-Request": "true"}


def text(response: Any) -> str:
    return response.content.decode()


def newcomer(name: str = "rita") -> Client:
    client = Client()
    client.force_login(person(name), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


# Signing in


def test_signing_up_leads_to_founding_and_founding_to_the_first_steps(db: None) -> None:
    client = Client()
    facts = {"name": "Rita", "email": "rita@example.com", "password1": "a-long-sentence-42"}
    assert client.post("/accounts/signup/", facts)["Location"] == "/"
    assert client.get("/")["Location"] == "/organizations/"
    facts = {
        "name": "Blue Water",
        "slug": "",
        "currency": "EUR",
        "time_zone": "Europe/Lisbon",
        "fiscal_year_start_month": 4,
    }
    assert client.post("/organizations/", facts)["Location"] == "/blue-water/welcome/"
    founded = Organization.objects.get()
    assert (founded.currency, founded.time_zone, founded.fiscal_year_start_month) == ("EUR", "Europe/Lisbon", 4)
    assert "Add your first product" in text(client.get("/blue-water/welcome/"))
    assert client.get("/")["Location"] == "/blue-water/"


def test_a_weak_password_is_refused_with_its_reason(db: None) -> None:
    response = Client().post("/accounts/signup/", {"name": "R", "email": "rita@example.com", "password1": "password"})
    assert "too short" in text(response)
    assert User.objects.count() == 0


def test_signing_in_by_address_and_password(company: Company) -> None:
    client = Client()
    wrong = client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})
    assert "are not correct" in text(wrong)
    right = client.post("/accounts/login/", {"login": "Ada@example.com", "password": PASSWORD})
    assert (right.status_code, right["Location"]) == (302, "/")


def test_a_forgotten_password_is_set_anew_by_mail(company: Company) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    (link,) = re.findall(r"https?://testserver(/\S+)", mail.outbox[0].body)
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "another-sentence-42", "password2": "another-sentence-42"})
    assert User.objects.get(email="ada@example.com").check_password("another-sentence-42")


def test_asking_for_a_password_does_not_tell_who_has_an_account(company: Company) -> None:
    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": f"{name}@example.com"}) for name in ("ada", "otto")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


# Landing


def test_one_organization_is_entered_and_several_are_offered(
    mallory: Membership, company: Company, visit: Visit
) -> None:
    assert visit(company.ada).get("/")["Location"] == "/acme/"
    with organization_scope(mallory.organization_id):
        members.join(user=company.ada.user, role=Role.VIEWER)
    page = text(visit(company.ada).get("/"))
    assert [name in page for name in ("Acme", "Mallory Industries", 'href="/mallory/"')] == [True, True, True]
    assert "Mallory Industries" in text(visit(company.ada).get("/acme/people/"))  # The switcher.


def test_the_address_is_suggested_from_the_name(company: Company) -> None:
    response = newcomer().get("/organizations/", {"name": "Acme"}, headers=HTMX)
    assert 'value="acme-2"' in text(response)
    assert "<html" not in text(response)


@pytest.mark.parametrize(
    ("slug", "sentence"), [("acme", "already exists"), ("api", "taken by the site itself"), ("A!", "Use small letters")]
)
def test_an_address_that_cannot_be_used_is_said_at_its_field(company: Company, slug: str, sentence: str) -> None:
    facts = {"name": "Other", "slug": slug, "currency": "EUR", "time_zone": "UTC", "fiscal_year_start_month": 1}
    response = newcomer().post("/organizations/", facts)
    assert response.status_code == 422
    assert sentence in text(response)
    assert Organization.objects.count() == 1


# Settings


def test_settings_are_saved_and_the_address_stays(company: Company, visit: Visit) -> None:
    facts = {
        "name": "Acme & Sons",
        "slug": "x",
        "currency": "CHF",
        "time_zone": "Asia/Tokyo",
        "fiscal_year_start_month": 7,
    }
    assert visit(company.ada).post("/acme/settings/", facts).status_code == 302
    acme = Organization.objects.get()
    assert (acme.name, acme.slug, acme.currency, acme.time_zone) == ("Acme & Sons", "acme", "CHF", "Asia/Tokyo")


def test_wrong_settings_are_refused_whole(company: Company, visit: Visit) -> None:
    facts = {"name": "Renamed", "currency": "CHF", "time_zone": "Mars/Olympus", "fiscal_year_start_month": 7}
    response = visit(company.ada).post("/acme/settings/", facts)
    assert response.status_code == 422
    assert "Select a valid choice" in text(response)
    assert Organization.objects.get().name == "Acme"


# People


def test_an_invitation_shows_its_link_once(company: Company, visit: Visit) -> None:
    ada = visit(company.ada)
    facts = {"email": "rita@example.com", "role": "contributor"}
    response = ada.post("/acme/invitations/", facts, headers=HTMX)
    assert response["Cache-Control"] == "no-store"
    (link,) = re.findall(r"http://testserver(/acme/join/[\w-]+/)", text(response))
    assert Client().get(link).status_code == 200
    assert "/acme/join/" not in text(ada.get("/acme/people/"))


def test_a_refused_invitation_keeps_what_was_typed(company: Company, visit: Visit) -> None:
    response = visit(company.ada).post(
        "/acme/invitations/", {"email": "pete@example.com", "role": "viewer"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "This person is already a member." in text(response)
    assert 'value="pete@example.com"' in text(response)


def test_a_new_link_is_made_and_an_invitation_is_withdrawn(company: Company, visit: Visit) -> None:
    ada = visit(company.ada)
    with organization_scope(company.organization.id):
        first, _ = invitations.invite(email="rita@example.com", role=Role.VIEWER, by=company.ada, at=NOW)
    ada.post(f"/acme/invitations/{first.pk}/link/")
    with organization_scope(company.organization.id):
        second = Invitation.objects.pending().get()
    assert second.pk != first.pk
    assert "is withdrawn" in text(ada.delete(f"/acme/invitations/{second.pk}/", headers=HTMX))
    with organization_scope(company.organization.id):
        assert not Invitation.objects.pending().exists()


def test_a_role_is_changed_in_place(company: Company, visit: Visit) -> None:
    response = visit(company.ada).post(f"/acme/people/{company.eve.pk}/role/", {"role": "admin"}, headers=HTMX)
    assert "Eve is now admin." in text(response)
    with organization_scope(company.organization.id):
        assert Membership.objects.get(pk=company.eve.pk).role == Role.ADMIN


def test_an_admin_is_not_offered_to_make_owners(company: Company, visit: Visit) -> None:
    with organization_scope(company.organization.id):
        members.assign(company.pam, role=Role.ADMIN, by=company.ada)
    pam = visit(company.pam)
    assert 'value="owner"' not in text(pam.get("/acme/people/"))
    assert pam.post(f"/acme/people/{company.eve.pk}/role/", {"role": "owner"}, headers=HTMX).status_code == 422
    assert pam.delete(f"/acme/people/{company.ada.pk}/", headers=HTMX).status_code == 403


def test_the_last_owner_reads_why_they_cannot_leave(company: Company, visit: Visit) -> None:
    response = visit(company.ada).delete(f"/acme/people/{company.ada.pk}/", headers=HTMX)
    assert response.status_code == 422
    assert "An organization keeps at least one owner." in text(response)


def test_everybody_else_may_leave(company: Company, visit: Visit) -> None:
    pete = visit(company.pete)
    assert pete.delete(f"/acme/people/{company.pete.pk}/", headers=HTMX)["HX-Redirect"] == "/"
    assert pete.get("/acme/people/").status_code == 404


def test_the_list_asks_as_much_for_one_as_for_many(
    company: Company, visit: Visit, django_assert_num_queries: Any
) -> None:
    ada = visit(company.ada)
    ada.get("/acme/people/")
    # Session, user, memberships; the two scopes with their savepoints; people, invitations.
    with django_assert_num_queries(10):
        ada.get("/acme/people/")
    with organization_scope(company.organization.id):
        for name in ("rita", "otto", "olga"):
            members.join(user=person(name), role=Role.VIEWER)
            invitations.invite(email=f"{name}.guest@example.com", role=Role.VIEWER, by=company.ada, at=NOW)
    with django_assert_num_queries(10):
        ada.get("/acme/people/")


# Tokens


def test_a_token_is_shown_once_and_opens_the_api_until_it_is_revoked(company: Company, visit: Visit) -> None:
    ada = visit(company.ada)
    response = ada.post("/acme/tokens/", {"name": "Nightly export"}, headers=HTMX)
    assert response["Cache-Control"] == "no-store"
    (token,) = re.findall(r"ptl_[0-9a-f]{32}_[\w-]{43}", text(response))
    caller = Client(headers={"Authorization": f"Bearer {token}"})
    assert caller.get("/api/v1/organization/").json()["slug"] == "acme"
    page = text(ada.get("/acme/tokens/"))
    assert "Nightly export" in page
    assert token not in page
    with organization_scope(company.organization.id):
        kept = ApiToken.objects.get()
    assert kept.last_used_on is not None
    assert "is revoked" in text(ada.delete(f"/acme/tokens/{kept.pk}/", headers=HTMX))
    assert caller.get("/api/v1/organization/").status_code == 401


def test_a_token_needs_a_name(company: Company, visit: Visit) -> None:
    response = visit(company.ada).post("/acme/tokens/", {"name": " "}, headers=HTMX)
    assert response.status_code == 422
    assert "This field is required." in text(response)


def test_people_see_their_own_tokens_and_admins_everybodys(company: Company, visit: Visit) -> None:
    with organization_scope(company.organization.id):
        token, _ = api_tokens.issue(member=company.eve, name="Quarterly board", at=NOW)
    assert "Quarterly board" in text(visit(company.ada).get("/acme/tokens/"))
    assert "Quarterly board" not in text(visit(company.pete).get("/acme/tokens/"))
    assert visit(company.pete).delete(f"/acme/tokens/{token.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("shown", "back"),
    [
        ("http://testserver/acme/products/?stage=growth", "/acme/products/%3Fstage%3Dgrowth"),
        ("https://evil.example.net/acme/", "/acme/teams/"),
        ("http://[", "/acme/teams/"),
        ("", "/acme/teams/"),
    ],
)
def test_a_page_whose_session_is_over_is_left_whole(company: Company, shown: str, back: str) -> None:
    response = Client().get(company.path("teams/"), headers={"HX-Request": "true", "HX-Current-URL": shown})
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/accounts/login/?next={back}")
