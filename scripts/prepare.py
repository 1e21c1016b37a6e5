"""Bring the database, the static files and the demonstration company to where this version wants them.

One process does all three, because each start of Django costs more than most of the work. What it found out (the
seconds of each part) goes as JSON into the file named on the command line.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core import management
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from portolan.config import env
from scripts import fingerprint
from scripts.refusal import Refusal, refused_by_disk

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portolan.config.settings")
    try:
        with refused_by_disk(ROOT):
            told = json.dumps({"seconds": prepare(), "logins": logins()})
            Path(sys.argv[1]).write_text(told)
    except (Refusal, env.Misconfigured, ImproperlyConfigured) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OperationalError as error:
        print(
            f"The database gave up ({' '.join(str(error).split()).rstrip('.')}); "
            "see that its disk has space and that it runs, and try again.",
            file=sys.stderr,
        )
        return 1
    return 0


def prepare() -> dict[str, float]:
    """This function will do all of it and return the seconds of each part."""
    timings: dict[str, float] = {}
    with timed(timings, "django"):
        django.setup()
    with timed(timings, "migrations"):
        management.call_command("migrate", interactive=False, verbosity=0)
    with timed(timings, "static files"):
        collect_static()
    with timed(timings, "demo"):
        plant_demo()
    return timings


@contextmanager
def timed(timings: dict[str, float], part: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[part] = round(time.perf_counter() - began, 3)


def collect_static() -> None:
    """This function will collect the static files when any of them, or any installed package, has changed."""
    if settings.DEBUG:
        return
    stamp = ROOT / ".portolan" / "static.sha256"
    wanted = fingerprint.of_static()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).exists():
        return
    print("collecting static files", flush=True)
    management.call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def plant_demo() -> None:
    """This function will plant the demonstration company once per database; a company deleted later stays deleted."""
    if not settings.DEMO or "demo" not in management.get_commands():
        return
    database = settings.DATABASES["default"]
    name = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    mark = ROOT / ".portolan" / f"demo-planted-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    if mark.exists():
        return
    print("planting the demonstration company", flush=True)
    management.call_command("demo")
    mark.touch()


def logins() -> list[list[str]]:
    """This function will list who can sign in to the demonstration company: one person for each role."""
    if not settings.DEMO:
        return []
    from portolan.demo import company, founding  # its rooms hold models, so Django must be up

    if founding.find() is None:
        return []
    first_of_role = {person.role: person for person in reversed(company.PEOPLE)}
    return [
        [person.email, company.PASSWORD, person.role.label]
        for person in company.PEOPLE
        if person in first_of_role.values()
    ]


if __name__ == "__main__":
    sys.exit(main())
