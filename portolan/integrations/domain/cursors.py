"""How far each stream of a connection has been read."""

from datetime import datetime

from portolan.integrations.models import Connection, Cursor, SyncRun


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


def finish(cursor: Cursor, *, scope_digest: str, is_complete: bool = True) -> None:
    """This function will close a pass. Only a complete one moves the watermark: to the vendor's clock at its start."""
    cursor.is_pass_done, cursor.page_token, cursor.after_external_id = True, None, ""
    if is_complete:
        cursor.watermark, cursor.scope_digest = cursor.pass_started_at, scope_digest
    cursor.save()
