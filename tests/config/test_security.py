"""What every answer carries so that a browser defends its reader."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import PASSWORD, Company

ROOT = Path(__file__).parents[2]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "base-uri": "'self'",
}


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/api/v1/docs/", "/api/v1/openapi.json", "/nothing/", "/healthz"]
)
def test_every_answer_carries_the_same_defence(db: None, address: str) -> None:
    headers = Client().get(address).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert {name: policy[name] for name in POLICY} == POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_stay_out_of_scripts_and_of_other_sites(company: Company) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_in_begins_a_new_session(company: Company) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_a_foreign_host_is_refused_and_not_repeated(db: None) -> None:
    response = Client().get("/accounts/login/", headers={"Host": "evil.example.net"})
    assert response.status_code == 400
    assert "evil.example.net" not in response.content.decode()


def test_sign_in_leads_nowhere_else(company: Company) -> None:
    facts = {"login": "ada@example.com", "password": PASSWORD, "next": "https://evil.example.net/"}
    assert Client().post("/accounts/login/", facts)["Location"] == "/"


def test_signing_out_by_a_link_asks_first(company: Company) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    client.get("/accounts/logout/")
    assert client.get("/", follow=False)["Location"] != "/accounts/login/?next=/"
    client.post("/accounts/logout/")
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_behind_https_cookies_are_secure_and_http_is_left() -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG"]
    script = f"from portolan.config import settings; print(*(getattr(settings, name) for name in {names!r}))"
    environment = {**os.environ, "PORTOLAN_HTTPS": "1"}
    seen = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == ["True", "True", "True", "31536000", "False"]
