"""No log holds a key that stands in an address."""

import logging
from types import SimpleNamespace

import pytest
from django.conf import settings

from portolan.config import keys
from portolan.config.gunicorn import Logger

ADDRESSES = ["/acme/join/{}/", "/accounts/password/reset/key/{}/", "/accounts/confirm-email/{}/"]
KEY = "x7Jx-secret_of-43"


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_django_logs_of_a_refused_request_is_without_its_key(address: str) -> None:
    record = logging.makeLogRecord({"msg": "%s: %s", "args": ("Gone", address.format(KEY))})
    assert keys.LeftOut().filter(record)
    assert record.getMessage() == f"Gone: {address.format('[key]')}"
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["keys"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_access_log_is_without_keys(address: str) -> None:
    request = SimpleNamespace(headers=[])
    response = SimpleNamespace(status="200 OK", headers=[], sent=0)
    path = address.format(KEY)
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": path, "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    took = SimpleNamespace(seconds=0, microseconds=1000)
    atoms = Logger.atoms(object.__new__(Logger), response, request, environ, took)
    assert atoms["U"] == address.format("[key]")


def test_other_addresses_are_logged_as_they_are() -> None:
    assert keys.left_out("/acme/products/compass/stage/") == "/acme/products/compass/stage/"
