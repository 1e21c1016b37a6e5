"""Opening the door to a vendor: which plug-in speaks to it, with which key, under which policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from portolan.integrations import outbound
from portolan.integrations.domain import credentials
from portolan.integrations.jira.client import ApiToken, JiraCloud
from portolan.integrations.jira.jql import TimeStyle
from portolan.integrations.models import Connection

LARGEST_ANSWER_BYTES = 8 << 20
"""A parsed answer takes ten times its size, and two lie ahead of the one that is being loaded: with more than this the
worker would not stay under its 300 MiB. Larger ones are asked for in halves."""


@dataclass(frozen=True, slots=True)
class Access:
    """All that a call needs, read from the database before the call and not during it."""

    base_url: str
    email: str
    time_style: str
    token: str = field(repr=False)


def access(connection: Connection) -> Access:
    """This function will gather what opening the connection takes; it raises CannotOpen."""
    return Access(
        base_url=connection.base_url,
        email=connection.account_email,
        time_style=connection.time_style,
        token=credentials.token(connection),
    )


def may_be_private(base_url: str) -> bool:
    """This function will say whether an address may lead into our own network: by setting, or because it is the sandbox."""
    return bool(settings.PRIVATE_ADDRESSES_ALLOWED) or base_url in settings.SANDBOX_ADDRESSES


@contextmanager
def opened(access: Access) -> Iterator[JiraCloud]:
    """This function will hold the vendor's client open for the length of a `with`. Never inside a transaction."""
    client = JiraCloud(
        base_url=access.base_url,
        credentials=ApiToken(access.email, access.token),
        policy=outbound.Policy(allow_private=may_be_private(access.base_url), max_bytes=LARGEST_ANSWER_BYTES),
        time_style=TimeStyle(access.time_style) if access.time_style else None,
    )
    try:
        yield client
    finally:
        client.close()
