"""When something is wrong, a person reads a sentence, and nothing about the system leaks."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

SECRET = "ptl_0123456789abcdef_secret"


def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError(SECRET)


def ask_wrongly(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM nowhere")
    return HttpResponse()


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


def misread(request: HttpRequest) -> HttpResponse:
    raise BadRequest("This sentence is written for people.")


VIEWS = {"crash": crash, "sql": ask_wrongly, "suspect": suspect, "refuse": refuse, "misread": misread}
urlpatterns = [
    *(path(f"{place}{name}", view) for name, view in VIEWS.items() for place in ("try/", "api/try/")),
    path("", include("portolan.config.urls")),
]
handler400 = "portolan.config.problems.bad_request"
handler403 = "portolan.config.problems.permission_denied"
handler404 = "portolan.config.problems.not_found"
handler500 = "portolan.config.problems.server_error"

STATUSES = {"crash": 500, "sql": 500, "suspect": 400, "refuse": 403, "misread": 400, "nothing/": 404}
LEAKS = ("Traceback", "ZeroDivision", "SELECT", "nowhere", "psycopg", "django", "/portolan/", SECRET)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("place", ["/try/", "/api/try/"])
@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_an_error_says_a_sentence_and_gives_nothing_away(db: None, place: str, name: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(f"{place}{name}")
    said = response.content.decode()
    assert response.status_code == status
    assert [leak for leak in LEAKS if leak in said] == []
    if place == "/api/try/":
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == status
    else:
        assert "<h1>" in said


@pytest.mark.parametrize("address", ["/%00", "/?q=%00", "/accounts/login/?next=%00", "/acme/products/?name=a%00b"])
def test_nul_in_an_address_is_refused_in_words(db: None, address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 400
    assert "<h1>" in response.content.decode()


def test_nul_in_a_form_is_refused_and_nothing_is_saved(db: None) -> None:
    response = Client().post(
        "/accounts/signup/", {"name": "R\x00", "email": "r@example.com", "password1": "a-long-one-42"}
    )
    assert response.status_code == 400


def test_a_form_without_its_token_is_refused_in_words(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "<h1>" in response.content.decode()
