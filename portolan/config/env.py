"""Every environment variable that Portolan reads, declared once with its meaning.

Settings ask this module; nothing else in the house reads `os.environ`. `.env.example` is compared with
`VARIABLES` by a test, so a variable that is not explained there cannot exist here.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Misconfigured(Exception):
    """A variable holds something that cannot be used; the message says what to write instead."""


@dataclass(frozen=True)
class Variable[T]:
    name: str
    parse: Callable[[str], T]
    default: T
    meaning: str

    def read(self, environ: Mapping[str, str] | None = None) -> T:
        """This function will return the parsed value, or the default where the variable is unset or empty."""
        raw = (os.environ if environ is None else environ).get(self.name, "").strip()
        if not raw:
            return self.default
        try:
            return self.parse(raw)
        except ValueError as error:
            raise Misconfigured(f"{self.name}={raw!r} cannot be read: {error}. {self.meaning}") from error


def load(path: Path) -> None:
    """This function will take variables from a `.env` file, where there is one; what is set outside it wins.

    One `NAME=value` a line, as Docker Compose reads it too; `#` begins a comment line, matching quotes are dropped.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, found, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not found or name not in VARIABLES:
            raise Misconfigured(f"{path.name}, line {number}: {name!r} is no variable; .env.example explains them all.")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        os.environ.setdefault(name, value)


def _truth(raw: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if raw.lower() not in known:
        raise ValueError("write 1 or 0")
    return known[raw.lower()]


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in raw.split(",") if word.strip())


VARIABLES: dict[str, Variable[Any]] = {}


def _declare[T](name: str, parse: Callable[[str], T], default: T, meaning: str) -> Variable[T]:
    variable = Variable(name, parse, default, meaning)
    VARIABLES[name] = variable
    return variable


DATABASE_URL = _declare(
    "DATABASE_URL", str, "", "PostgreSQL 15 to 18 as postgresql://user:password@host:port/name. Unset: embedded."
)
REDIS_URL = _declare("REDIS_URL", str, "", "Redis 6.2 or newer as redis://host:port/0. Unset: embedded.")
DATABASE_PASSWORD = _declare(
    "PORTOLAN_DATABASE_PASSWORD",
    str,
    "",
    "The password of the application's role in docker-compose.yml (letters and digits); nothing else reads it.",
)
SECRET_KEY = _declare("PORTOLAN_SECRET_KEY", str, "", "Signs sessions and links. Unset: generated into .portolan/.")
VAULT_KEYS = _declare(
    "PORTOLAN_VAULT_KEYS",
    _words,
    (),
    "Keys that encrypt tenants' credentials, newest first, separated by commas; each is what `openssl rand -base64 32` "
    "prints. Unset: generated into .portolan/.",
)
BIND = _declare(
    "PORTOLAN_BIND", str, "127.0.0.1", "Where `make up` listens; 0.0.0.0 lets other machines in (see PORTOLAN_HOSTS)."
)
PORT = _declare("PORTOLAN_PORT", int, 8000, "The port of `make up`; a used one gives the next free one.")
DEBUG = _declare(
    "PORTOLAN_DEBUG", _truth, False, "1 shows tracebacks in the browser; never where strangers can reach it."
)
HOSTS = _declare(
    "PORTOLAN_HOSTS", _words, ("localhost", "127.0.0.1", "[::1]"), "Host names under which the site answers."
)
ORIGINS = _declare(
    "PORTOLAN_ORIGINS", _words, (), "Full origins (https://portolan.example.com) that forms may be posted from."
)
HTTPS = _declare(
    "PORTOLAN_HTTPS", _truth, False, "1 behind a TLS proxy: secure cookies, HSTS, X-Forwarded-Proto is believed."
)
DEMO = _declare(
    "PORTOLAN_DEMO", _truth, True, "1 plants the demonstration company on the first start and runs the sandbox Jira."
)
SIGNUP_OPEN = _declare("PORTOLAN_SIGNUP_OPEN", _truth, True, "0 lets only invited people create an account.")
EMAIL_URL = _declare(
    "PORTOLAN_EMAIL_URL", str, "", "smtp://user:password@host:587. Unset: mails are written to the log."
)
EMAIL_FROM = _declare(
    "PORTOLAN_EMAIL_FROM", str, "Portolan <portolan@localhost>", "The sender that stands on every mail."
)
PRIVATE_ADDRESSES_ALLOWED = _declare(
    "PORTOLAN_PRIVATE_ADDRESSES_ALLOWED",
    _truth,
    False,
    "1 lets integrations call servers in the private network (a Jira Data Center behind the firewall).",
)
