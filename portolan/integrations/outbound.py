"""The one way out: every vendor is called through a Session, and a Session never sleeps.

It refuses forbidden addresses and redirects, bounds time and size, turns trouble into ProviderError with a policy,
and keeps secrets out of logs and messages. urllib3 rather than httpx: the same pages arrive three times as fast
(100 issues of 5 KB, one core), and it lets us choose the dialled address without touching Host, SNI or certificates.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import connection as dialling

from portolan.integrations import addresses, patience
from portolan.integrations.provider import AnswerTooLarge, ProviderError, Retry, Throttled

logger = logging.getLogger(__name__)

USER_AGENT = "Portolan/0.1 (+product portfolio; reads only)"
CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Policy:
    """The bounds of one conversation with a vendor."""

    allow_private: bool = False
    """Lets a connection lead into private and loopback networks: a self-hosted Jira, or the sandbox."""
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 120.0
    """Bounds a vendor that sends a byte now and then and so never meets the read limit."""
    max_bytes: int = 32 << 20
    connections: int = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor said: a success or a refusal (4xx) for the caller to understand."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """This function will parse the body into what a database can hold: no NUL, no half of a surrogate pair, both of
        which have been met in titles. It raises ProviderError (LATER) where the body is not JSON: proxies and outages
        answer with web pages and cut bodies that a later call may replace."""
        try:
            said = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            said = self._mended(error)
        return _storable(said) if b"\\u0000" in self.body else said

    def _mended(self, error: orjson.JSONDecodeError) -> Any:
        """orjson refuses a lone surrogate, and with it the whole page; the standard library reads it."""
        try:
            return _storable(json.loads(self.body, parse_constant=_no_number))
        except (ValueError, RecursionError):
            head = self.body[:200].lstrip().lower()
            what = "a web page instead of data" if head.startswith(b"<") else "data that is cut short or not JSON"
            raise ProviderError(f"The vendor answered with {what}.", retry=Retry.LATER) from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(entry) for name, entry in value.items()}
    return value


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Session:
    """Kept-alive connections to one vendor's address. Safe to share between threads."""

    def __init__(
        self,
        *,
        base_url: str,
        headers: Mapping[str, str],
        policy: Policy,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        parts = checked(base_url)
        self.host = parts.hostname or ""
        self._path = parts.path.rstrip("/")
        self._headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip", **headers}
        self._secrets = _secrets(headers)
        self._policy = policy
        self._clock = clock
        self._quiet_until = 0.0
        pool = _EncryptedPool if parts.scheme == "https" else _PlainPool
        self._pool = pool(
            self.host, parts.port, maxsize=policy.connections, retries=False, allow_private=policy.allow_private
        )

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """This function will ask for `path` below the base address. See `_call` for what it raises."""
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path, body=None)

    def post(self, path: str, payload: Mapping[str, Any]) -> Answer:
        """This function will send `payload` as JSON to `path` below the base address; it raises as `_call`."""
        return self._call("POST", path, body=orjson.dumps(payload))

    def close(self) -> None:
        """This function will close the kept-alive connections."""
        self._pool.close()

    def redacted(self, text: str) -> str:
        """This function will blank our own secrets in text that came back from the vendor."""
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return text

    def _call(self, method: str, target: str, *, body: bytes | None) -> Answer:
        """Raises Throttled on 429 and on 503 with a wait; ProviderError LATER on 5xx, timeouts and cut answers,
        NEVER on redirects and bad certificates; AnswerTooLarge; ForbiddenAddress. Other statuses are Answers."""
        started = time.monotonic()
        if started < self._quiet_until:
            # Another thread was asked to wait a moment ago: what has not been sent is not sent.
            left = self._quiet_until - started
            raise Throttled(f"{self.host} asks us to wait {left:.0f} s.", after=left)
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        try:
            response = self._pool.urlopen(
                method,
                self._path + target,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=self._policy.connect_seconds, read=self._policy.read_seconds),
            )
            content = self._read(response, until=started + self._policy.total_seconds)
        except urllib3.exceptions.SSLError as error:
            raise ProviderError(f"The certificate of {self.host} cannot be trusted.") from error
        except urllib3.exceptions.NewConnectionError as error:
            raise ProviderError(f"{self.host} cannot be reached.", retry=Retry.LATER) from error
        except (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ConnectTimeoutError, TimeoutError) as error:
            raise ProviderError(f"{self.host} did not answer in time.", retry=Retry.LATER) from error
        except urllib3.exceptions.HTTPError as error:
            raise ProviderError(f"The answer of {self.host} was cut short.", retry=Retry.LATER) from error
        logger.debug(
            "%s %s%s -> %d, %d bytes in %.0f ms",
            method,
            self.host,
            target.partition("?")[0],
            response.status,
            len(content),
            (time.monotonic() - started) * 1000,
        )
        self._refuse(response)
        return Answer(response.status, response.headers, content)

    def _read(self, response: urllib3.BaseHTTPResponse, *, until: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := response.read1(CHUNK_BYTES):  # what has arrived, so that the clock below is looked at
                chunks.append(chunk)
                size += len(chunk)
                if size > self._policy.max_bytes:
                    raise AnswerTooLarge(f"{self.host} sent more than {self._policy.max_bytes >> 20} MiB at once.")
                if time.monotonic() > until:
                    raise ProviderError(f"{self.host} answered too slowly.", retry=Retry.LATER)
        except BaseException:
            response.close()  # an unfinished answer must not be the beginning of the next one
            raise
        return b"".join(chunks)

    def _refuse(self, response: urllib3.BaseHTTPResponse) -> None:
        status, headers = response.status, response.headers
        if 300 <= status < 400:
            host = urlsplit(headers.get("Location", "")).hostname or "another address"
            raise ProviderError(f"{self.host} sends us on to {host}; enter the address that answers itself.")
        if status == 429 or (status == 503 and "Retry-After" in headers):
            wait = patience.seconds(headers, now=self._clock())
            reason = headers.get("RateLimit-Reason", "")
            self._quiet_until = time.monotonic() + wait
            raise Throttled(f"{self.host} asks us to wait {wait:.0f} s.", after=wait, reason=reason)
        if status >= 500:
            raise ProviderError(f"{self.host} has a problem of its own (HTTP {status}).", retry=Retry.LATER)


def checked(base_url: str) -> SplitResult:
    """This function will split a base address; it raises ProviderError with a sentence for the person who typed it."""
    try:
        parts = urlsplit(base_url.strip())
        parts.port  # noqa: B018 - reading it is the check
    except ValueError as error:
        raise ProviderError("This is not an address. It looks like https://your-company.atlassian.net.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ProviderError("The address begins with https:// and names a host.")
    if parts.username is not None or parts.password is not None:
        raise ProviderError("The address holds a user name; e-mail and token have fields of their own.")
    if parts.query or parts.fragment or "\\" in base_url or any(char.isspace() for char in base_url.strip()):
        raise ProviderError("The address ends with the host or its path, without ? or #.")
    return parts


def _secrets(headers: Mapping[str, str]) -> list[str]:
    """What must never come back to a person: the credential, its scheme-less form, and what Basic wraps in base64."""
    secrets: set[str] = set()
    for value in headers.values():
        scheme, _, credential = value.rpartition(" ")
        secrets |= {value, credential}
        if scheme.lower() == "basic":
            try:
                secrets.add(b64decode(credential, validate=True).decode().partition(":")[2])
            except (NotBase64, UnicodeDecodeError):
                continue
    return sorted(filter(None, secrets), key=len, reverse=True)


# Dialling -------------------------------------------------------------------------------------------------------------


def _dial(connection: HTTPConnection, *, allow_private: bool, is_encrypted: bool) -> socket.socket:
    """Resolve, check, and dial the checked number itself. Host header, SNI and certificate keep the name."""
    numbers = addresses.resolve(
        host=connection._dns_host,
        port=connection.port,
        allow_private=allow_private,
        is_encrypted=is_encrypted,
    )
    trouble: OSError = OSError("no address")
    for number in numbers:
        try:
            return dialling.create_connection(
                (number, connection.port), connection.timeout, socket_options=connection.socket_options
            )
        except TimeoutError as error:
            raise urllib3.exceptions.ConnectTimeoutError(connection, "timed out") from error
        except OSError as error:
            trouble = error
    raise urllib3.exceptions.NewConnectionError(connection, "refused") from trouble


class _PlainConnection(HTTPConnection):
    def __init__(self, *args: Any, allow_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._allow_private = allow_private

    def _new_conn(self) -> socket.socket:
        return _dial(self, allow_private=self._allow_private, is_encrypted=False)


class _EncryptedConnection(HTTPSConnection):
    def __init__(self, *args: Any, allow_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._allow_private = allow_private

    def _new_conn(self) -> socket.socket:
        return _dial(self, allow_private=self._allow_private, is_encrypted=True)


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _EncryptedPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _EncryptedConnection


class _WithoutQuery(logging.Filter):
    """urllib3 logs whole request targets at DEBUG; whatever a query carries is nobody's business in a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(value.partition("?")[0] if isinstance(value, str) else value for value in record.args)
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQuery())
