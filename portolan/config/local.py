"""What one checkout keeps for itself when nothing is configured: generated keys, and the embedded servers' addresses."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple


class Addresses(NamedTuple):
    database_url: str
    redis_url: str


def secret(path: Path) -> str:
    """This function will return the text kept in a private file, writing a fresh random one on the first call."""
    return _kept(path, secrets.token_urlsafe(48))


def vault_key(path: Path) -> str:
    """This function will return this checkout's encryption key (32 random bytes, base64), made on the first call."""
    return _kept(path, urlsafe_b64encode(secrets.token_bytes(32)).decode())


def addresses(state: Path) -> Addresses:
    """This function will return where the embedded servers of this checkout listen, as the supervisor wrote it down.

    Before they have ever run there is nothing to know: commands that need no database still work.
    """
    try:
        known = json.loads((state / "addresses.json").read_text())
    except FileNotFoundError:
        known = {}
    return Addresses(
        known.get("database_url", "postgresql:///portolan?host=/nowhere"),
        known.get("redis_url", "redis://127.0.0.1:1/0"),
    )


class SandboxAddresses(Container[str]):
    """Where the sandbox Jira of demo mode answers: one loopback address, or none. Asked anew each time, because the
    sandbox may start after the process that asks."""

    def __init__(self, note: Path) -> None:
        self.note = note

    def __contains__(self, address: object) -> bool:
        try:
            return bool(json.loads(self.note.read_text())["base_url"] == address)
        except (OSError, ValueError, KeyError, TypeError):
            return False  # none, or one that is no note of ours: no private address is allowed by it


def celery_broker(redis_url: str) -> str:
    """This function will return the broker address in Celery's spelling: a Unix socket is `redis+socket://`."""
    return redis_url.replace("unix://", "redis+socket://", 1) if redis_url.startswith("unix://") else redis_url


def _kept(path: Path, fresh: str) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and then linked: of two processes that start at once one links and the other reads what it wrote, and
    # nobody reads a file that is there but still empty.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
        os.link(aside, path)
    except FileExistsError:
        return path.read_text().strip()
    finally:
        aside.unlink(missing_ok=True)
    return fresh
