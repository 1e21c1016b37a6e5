"""When work began and ended, read from an item's history. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portolan.integrations.provider import Change, RemoteItem, RemoteTransition, StatusCategory

NEW, ACTIVE, DONE = StatusCategory.NEW, StatusCategory.INDETERMINATE, StatusCategory.DONE


@dataclass(frozen=True, slots=True)
class Life:
    """`started_at`: first seen in progress. `finished_at`: last became done, and still is. `active_seconds`: of the time
    between both, how long it was in progress and not flagged; None where the history does not tell."""

    started_at: datetime | None
    finished_at: datetime | None
    active_seconds: int | None
    entered_at: datetime


def life(item: RemoteItem, transitions: Sequence[RemoteTransition]) -> Life:
    """This function will read the life of an item from its transitions, which come oldest first."""
    moves = [entry for entry in transitions if entry.change is Change.STATUS]
    entered = [entry.at for entry in transitions if entry.change is Change.PROJECT]
    entered_at = entered[-1] if entered else item.created_at
    if not moves:
        return _motionless(item, entered_at)
    stays = _stays(item, moves)
    started_at = next((since for since, category in stays if category is ACTIVE), None)
    finished_at: datetime | None = None
    before: StatusCategory | None = None
    for since, category in stays:
        if category is not DONE:
            finished_at = None
        elif before is not DONE or finished_at is None:
            finished_at = since  # from one done status to another is not finishing again
        before = category
    if item.status_category is not DONE:
        finished_at = None
    elif finished_at is None:
        finished_at = item.resolved_at
    active = None
    if started_at and finished_at and finished_at >= started_at and all(category for _, category in stays):
        active = _active(stays, _flagged(transitions), started_at, finished_at)
    return Life(started_at, finished_at, active, entered_at)


def _motionless(item: RemoteItem, entered_at: datetime) -> Life:
    """Without a change of status it has always been where it is; a resolution may still know better when it ended."""
    born = item.created_at
    if item.status_category is DONE:
        return Life(None, item.resolved_at or born, None, entered_at)
    return Life(born if item.status_category is ACTIVE else None, None, None, entered_at)


def _stays(item: RemoteItem, moves: Sequence[RemoteTransition]) -> list[tuple[datetime, StatusCategory | None]]:
    """Since when it was in which category. A status that was deleted since has none, except the one it is in now."""
    stays = [(item.created_at, moves[0].from_category)]
    stays += [(entry.at, entry.to_category) for entry in moves]
    last = moves[-1]
    if last.to_category is None and last.to_id == item.status_id:
        stays[-1] = (last.at, item.status_category)
    return stays


def _flagged(transitions: Sequence[RemoteTransition]) -> list[tuple[datetime, datetime | None]]:
    """The spans during which a flag was up."""
    spans: list[tuple[datetime, datetime | None]] = []
    up: datetime | None = None
    for entry in transitions:
        if entry.change is not Change.FLAG:
            continue
        if entry.to_id or entry.to_name:
            up = up or entry.at
        elif up:
            spans.append((up, entry.at))
            up = None
    return [*spans, (up, None)] if up else spans


def _active(
    stays: Sequence[tuple[datetime, StatusCategory | None]],
    flagged: Sequence[tuple[datetime, datetime | None]],
    started_at: datetime,
    finished_at: datetime,
) -> int:
    seconds = 0.0
    for at, (since, category) in enumerate(stays):
        until = min(stays[at + 1][0] if at + 1 < len(stays) else finished_at, finished_at)
        since = max(since, started_at)
        if category is ACTIVE and until > since:
            seconds += (until - since).total_seconds()
            for up, down in flagged:
                overlap = min(down or finished_at, until) - max(up, since)
                seconds -= max(overlap.total_seconds(), 0.0)
    return round(seconds)
