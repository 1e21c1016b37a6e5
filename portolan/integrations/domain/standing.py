"""How a connection stands: what a person should know before trusting what came through it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portolan.integrations.models import Connection, SyncRun
from portolan.integrations.models.connections import Status
from portolan.integrations.models.runs import State

STALE_AFTER = timedelta(hours=2)
"""The schedule looks every few minutes; data that is older than this means that something is wrong."""
WARN_BEFORE = timedelta(days=14)
"""How long before a token's end we begin to say so."""


@dataclass(frozen=True, slots=True)
class Standing:
    tone: str
    """good, watch, bad, or "" where there is nothing to judge yet."""
    word: str
    reasons: tuple[str, ...]


def of(
    connection: Connection,
    *,
    last: SyncRun | None,
    is_mapped: bool,
    expires_on: date | None,
    at: datetime,
    today: date,
) -> Standing:
    """This function will judge a connection by its status, its last finished run, the end of its token and the age of
    its data. Every word comes with its reasons."""
    if connection.status == Status.OFF:
        return Standing("", "Disconnected", ("What was read stays; nothing new comes.",))
    if connection.status == Status.BROKEN:
        return Standing("bad", "Needs attention", (connection.broken_reason,))
    bad, watch = _trouble(connection, last=last, is_mapped=is_mapped, at=at)
    for tone, reason in _token(expires_on, today=today):
        (bad if tone == "bad" else watch).append(reason)
    if bad:
        return Standing("bad", "Needs attention", tuple(bad + watch))
    if connection.status == Status.PAUSED:
        return Standing("", "Paused", tuple(watch) or ("It is read only when somebody asks for it.",))
    if not is_mapped:
        return Standing("", "Not mapped yet", (*watch, "Say which projects belong to which products."))
    if connection.last_ok_at is None:
        return Standing("", "Not synced yet", (*watch, "The first sync brings everything."))
    if watch:
        return Standing("watch", "Working", tuple(watch))
    return Standing("good", "Working", ("Read every few minutes.",))


def _trouble(
    connection: Connection, *, last: SyncRun | None, is_mapped: bool, at: datetime
) -> tuple[list[str], list[str]]:
    bad: list[str] = []
    watch: list[str] = []
    if last is not None and last.state == State.FAILED:
        bad.append(f"The last sync failed: {last.message}")
    if last is not None and last.state == State.PARTIAL:
        watch.append("The last sync had to leave something out.")
    if connection.quiet_until and connection.quiet_until > at:
        watch.append("The vendor asked us to wait.")
    is_old = connection.last_ok_at is not None and at - connection.last_ok_at > STALE_AFTER
    if is_old and is_mapped and connection.status == Status.ACTIVE and not bad:
        watch.append("No sync has reached its end for hours.")
    return bad, watch


def _token(expires_on: date | None, *, today: date) -> list[tuple[str, str]]:
    if expires_on is None or expires_on - today > WARN_BEFORE:
        return []
    days = (expires_on - today).days
    if days < 0:
        return [("bad", f"Its token expired on {expires_on:%-d %b %Y}. Enter a new one.")]
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return [("watch", f"Its token expires {when}. Enter a new one before.")]
