"""How far each stream of a connection has been read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from portolan.integrations.models import Connection, Cursor, SyncRun

MOST_PENDING = 1000


def of(connection: Connection, stream: Cursor.Stream) -> Cursor:
    """This function will return the cursor of a stream, at its beginning if nobody has read it yet."""
    cursor, _ = Cursor.objects.get_or_create(connection=connection, stream=stream)
    return cursor


def begin(cursor: Cursor, *, run: SyncRun, at: datetime, since: datetime | None) -> Cursor:
    """This function will open a pass, or return the one that this run has open already: a resumed run goes on."""
    if cursor.run_id != run.pk:
        cursor.run_id, cursor.pass_started_at, cursor.pass_since = run.pk, at, since
        cursor.page_token, cursor.after_external_id, cursor.is_pass_done = None, "", False
        cursor.save()
    return cursor


def turn(cursor: Cursor, *, page_token: str | None) -> None:
    """This function will move the cursor to the beginning of the vendor's next page."""
    cursor.page_token, cursor.after_external_id = page_token, ""
    cursor.save(update_fields=["page_token", "after_external_id"])


def move(cursor: Cursor, *, after: str, settled: Sequence[str], pending: Iterable[str]) -> None:
    """This function will move the cursor behind the last id of a batch. What could not be had completely is kept and
    asked for again by the next pass, whatever its watermark."""
    cursor.after_external_id = after
    waiting = [name for name in cursor.pending if name not in settled] + sorted(pending)
    if waiting != cursor.pending:
        cursor.pending = waiting
        cursor.save(update_fields=["pending"])
    Cursor.objects.filter(pk=cursor.pk).update(after_external_id=after)


def is_overlong(cursor: Cursor) -> bool:
    """This function will say whether more is pending than a cursor keeps; then the whole pass has to be repeated."""
    return len(cursor.pending) > MOST_PENDING


def finish(cursor: Cursor, *, scope_digest: str, is_complete: bool = True) -> None:
    """This function will close a pass. Only a complete one moves the watermark: to the vendor's clock at its start."""
    cursor.is_pass_done, cursor.page_token, cursor.after_external_id = True, None, ""
    if is_complete:
        cursor.watermark, cursor.scope_digest = cursor.pass_started_at, scope_digest
    cursor.save()
