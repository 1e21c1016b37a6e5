"""One migrated database, kept from run to run; every worker of the tests gets a copy of it in a second.

The kept one carries in its name a digest of all that shapes it, so a changed migration makes a new one by itself and the old
ones go.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

ROOT = Path(__file__).resolve().parent.parent
KEPT = "portolan_migrated_"
# Among several runs on one server, one at a time makes, copies or drops databases.
ONE_AT_A_TIME = 0x706F7274


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own, which migrates once for every worker of every run."""
    usual = connection.settings_dict["NAME"]
    name = "_".join(filter(None, ["test", usual, os.environ.get("PYTEST_XDIST_WORKER")]))
    with django_db_blocker.unblock():
        with _alone() as server:
            kept = _kept(server)
            _drop(server, name)
            server.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(kept)}")
        _use(name)
        yield
        _use(usual)
        with _alone() as server:
            _drop(server, name)


def _kept(server: CursorWrapper) -> str:
    name = KEPT + _digest()
    server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [KEPT])
    known = {row[0] for row in server.fetchall()}
    if name not in known:
        for old in known:
            _drop(server, old)
        # Under this name only when it is finished: an interrupted run leaves nothing that looks whole.
        unfinished = f"{KEPT}unfinished"
        server.execute(f"CREATE DATABASE {_quoted(unfinished)}")
        _use(unfinished)
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        server.execute(f"ALTER DATABASE {_quoted(unfinished)} RENAME TO {_quoted(name)}")
    return name


def _digest() -> str:
    """All that decides what a migrated database looks like: our migrations, the walls that they build, the packages."""
    files = [
        *(ROOT / "portolan").glob("*/migrations/*.py"),
        *(ROOT / "portolan" / "tenancy").glob("*.py"),
        *(ROOT / "portolan").glob("*/apps.py"),
        *(ROOT / "requirements").glob("*.txt"),
    ]
    told = hashlib.sha256()
    for file in sorted(files):
        told.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return told.hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[CursorWrapper]:
    with connection._nodb_cursor() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield server  # the lock goes with the connection


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _drop(server: CursorWrapper, name: str) -> None:
    server.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
