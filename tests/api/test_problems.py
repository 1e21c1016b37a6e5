"""Whatever is wrong with a call, the answer is a problem document that says it in a sentence and gives nothing away."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path

from portolan.accounts.models import Membership
from portolan.tenancy import scope
from tests.cast import Company

urlpatterns: list[object] = []
type Caller = Callable[[Membership], Client]


def assert_problem(response: HttpResponse, status: int) -> dict[str, object]:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["detail"].endswith(".")
    for leak in ("Traceback", "SELECT", "psycopg", 'File "', "ptl_", "django."):
        assert leak not in response.content.decode()
    return problem


@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/members/", "/api/v1/members"])
def test_an_unknown_address_is_a_problem_and_not_a_page(client: Client, db: None, address: str) -> None:
    assert_problem(client.get(address), 404)
    assert_problem(client.post(address, "{}", content_type="application/json"), 404)


def test_without_a_token_the_answer_names_the_scheme(client: Client, db: None) -> None:
    response = client.get("/api/v1/members/")
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", f"Bearer ptl_{'0' * 32}_{'A' * 43}", "Basic YTpi", "Bearer", "Bearer ptl_\x00"]
)
def test_a_wrong_token_is_not_known(client: Client, db: None, header: str) -> None:
    assert_problem(client.get("/api/v1/members/", headers={"Authorization": header}), 401)


@pytest.mark.urls(__name__)
def test_a_wrong_secret_answers_nothing_from_inside_the_organization_it_names(company: Company) -> None:
    """An address that needs no token is answered outside of every organization."""
    wrong = {"Authorization": f"Bearer ptl_{company.organization.id.hex}_{'A' * 43}"}
    assert Client().get("/api/scope", headers=wrong).json() == {"organization": None}


def test_a_method_that_a_resource_lacks_is_405(company: Company, call: Caller) -> None:
    response = call(company.ada).put("/api/v1/organization/", "{}", content_type="application/json")
    assert_problem(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_representation_that_nobody_makes_is_406(company: Company, call: Caller) -> None:
    assert_problem(call(company.ada).get("/api/v1/members/", headers={"Accept": "text/csv"}), 406)


def test_a_body_that_is_no_json_is_415(company: Company, call: Caller) -> None:
    assert_problem(call(company.ada).post("/api/v1/invitations/", {"email": "new@example.com"}), 415)


@pytest.mark.parametrize("body", ["{", '{"email": }', "\xff", '{"email": NaN}', '{"email": "a\x00b"}', "[" * 100_000])
def test_malformed_json_is_400(company: Company, call: Caller, body: str) -> None:
    assert_problem(call(company.ada).post("/api/v1/invitations/", body, content_type="application/json"), 400)


@pytest.mark.parametrize("body", ["[]", "3", "null", '"text"'])
def test_json_of_another_shape_is_400(company: Company, call: Caller, body: str) -> None:
    assert_problem(call(company.ada).post("/api/v1/invitations/", body, content_type="application/json"), 400)


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize(
    "place", ['{{"email": "{}@example.com"}}', '{{"{}": 1}}', '{{"email": ["{}"]}}', '{{"a": {{"b": "{}"}}}}']
)
def test_text_that_postgresql_cannot_keep_is_400_at_any_depth(
    company: Company, call: Caller, place: str, text: str
) -> None:
    response = call(company.ada).post("/api/v1/invitations/", place.format(text), content_type="application/json")
    assert "NUL" in str(assert_problem(response, 400)["detail"])


@pytest.mark.parametrize(
    "address", ["members/?role=%00", "members/?%00=1", "members/?cursor=%00", "members/%00/", "%00"]
)
def test_nul_in_the_address_is_400(company: Company, call: Caller, address: str) -> None:
    assert_problem(call(company.ada).get(f"/api/v1/{address}"), 400)


def test_a_key_of_wrong_form_is_404(company: Company, call: Caller) -> None:
    assert_problem(call(company.ada).get("/api/v1/members/not-a-key/"), 404)


@pytest.mark.parametrize("cursor", ["nonsense", "cD1nYXJiYWdl", "bz0tMQ=="])
def test_a_cursor_of_wrong_form_is_400(company: Company, call: Caller, cursor: str) -> None:
    assert_problem(call(company.ada).get("/api/v1/members/", {"cursor": cursor}), 400)


def test_an_unknown_choice_in_a_filter_is_400_and_names_the_filter(company: Company, call: Caller) -> None:
    problem = assert_problem(call(company.ada).get("/api/v1/members/?role=pirate"), 400)
    assert [error["pointer"] for error in problem["errors"]] == ["/role"]  # type: ignore[attr-defined]


def test_what_is_wrong_with_a_field_is_said_at_the_field(company: Company, call: Caller) -> None:
    response = call(company.ada).post(
        "/api/v1/invitations/", {"email": "x", "role": "viewer"}, content_type="application/json"
    )
    assert assert_problem(response, 400)["errors"] == [{"pointer": "/email", "detail": "Enter a valid email address."}]


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("SELECT secret FROM ptl_tokens")


def tell_scope(request: HttpRequest) -> HttpResponse:
    try:
        return JsonResponse({"organization": str(scope.current_organization_id())})
    except scope.MissingScope:
        return JsonResponse({"organization": None})


@pytest.mark.urls(__name__)
def test_a_bug_is_a_problem_that_gives_nothing_away(client: Client, db: None) -> None:
    client.raise_request_exception = False
    assert_problem(client.get("/api/broken"), 500)


urlpatterns = [path("api/broken", broken), path("api/scope", tell_scope), path("", include("portolan.config.urls"))]
handler500 = "portolan.config.problems.server_error"
