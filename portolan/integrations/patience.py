"""How long a vendor asks us to wait, in every spelling that has been met."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

UNSAID_SECONDS = 30.0
"""The wait when the vendor names none or none that can be read."""
LONGEST_SECONDS = 86_400.0
"""A longer wait is a broken header: the longest quota window known is an hour."""
SHORTEST_SECONDS = 1.0


def seconds(headers: Mapping[str, str], *, now: datetime) -> float:
    """This function will return how many seconds to wait before the next call: the vendor's `Retry-After` (seconds or
    HTTP-date), its `X-RateLimit-Reset` where that is later and the limit is a quota or where nothing else is said.

    Dates are compared with the vendor's own `Date`, so that a wrong clock on either side does not matter.
    """
    at = http_date(headers.get("Date", "")) or now
    wait = _retry_after(headers.get("Retry-After", ""), at=at)
    reset = _until_reset(headers.get("X-RateLimit-Reset", ""), at=at)
    if reset is not None and (wait is None or "quota" in headers.get("RateLimit-Reason", "")):
        wait = max(reset, wait or 0.0)
    if wait is None:
        return UNSAID_SECONDS
    return min(max(wait, SHORTEST_SECONDS), LONGEST_SECONDS)


def http_date(text: str) -> datetime | None:
    """This function will read an HTTP-date, aware and in UTC; None where it is not one."""
    try:
        moment = parsedate_to_datetime(text)
        # A zone of -0000 means "UTC, origin unknown" and is parsed without one.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _retry_after(text: str, *, at: datetime) -> float | None:
    number = _number(text)
    if number is not None:
        return number if number >= 0 else None
    moment = http_date(text)
    return (moment - at).total_seconds() if moment else None


def _until_reset(text: str, *, at: datetime) -> float | None:
    """Jira says ISO 8601, sometimes without seconds; Linear epoch milliseconds; others epoch seconds or a duration."""
    number = _number(text)
    if number is not None:
        if number >= 1e11:
            return number / 1000 - at.timestamp()
        return number - at.timestamp() if number >= 1e9 else number
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return (moment - at).total_seconds()
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> float | None:
    if not text.isascii() or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
