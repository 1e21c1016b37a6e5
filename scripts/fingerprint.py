"""What preparation depends on, as one hash: when it is the hash of last time, `make up` has nothing to prepare."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg

from scripts.refusal import Refusal

ROOT = Path(__file__).resolve().parent.parent


def of_preparation(database_url: str, *, switches: Iterable[object]) -> str:
    """This function will hash the migrations of the code and of the database, the static files and the switches.

    The database is asked, because it may have been replaced, restored or migrated by hand since.
    """
    digest = hashlib.sha256(f"{database_url} {list(switches)} {of_static()}\n".encode())
    for path in sorted(ROOT.glob("portolan/*/migrations/*.py")):
        digest.update(path.read_bytes())
    try:
        with psycopg.connect(database_url) as connection:
            if connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
                for row in connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
                    digest.update(repr(row).encode())
    except psycopg.Error as error:
        raise Refusal(
            f"The database refused the question for its migrations ({' '.join(str(error).split()).rstrip('.')}); "
            "see that it is Portolan's own and that its disk has space."
        ) from error
    return digest.hexdigest()


def of_static() -> str:
    """This function will hash names, sizes and times of our static files, and the lock that names everybody else's."""
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            known = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {known.st_size} {known.st_mtime_ns}\n".encode())
    return digest.hexdigest()
