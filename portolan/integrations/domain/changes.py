"""The first two passes: which items changed, and what they are now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portolan.integrations.domain import cursors, loading, mappings, matches, runs
from portolan.integrations.domain.desk import Desk
from portolan.integrations.models import Cursor, RunNote, SyncRun
from portolan.integrations.models.runs import Mode, Phase
from portolan.integrations.provider import Changed, PageTokenRefused

OVERLAP = timedelta(minutes=10)
"""The search index lags from seconds to minutes; what was changed shortly before the last pass is listed once more."""
SLACK, SLACK_SHARE = 10, 0.02
"""How far the vendor's estimate may be off before we believe that a listing was cut."""


def read(desk: Desk, *, server_time: datetime) -> None:
    """This function will list what changed since the watermark and load it, page by page.

    The watermark moves, to the vendor's clock at the start, only when the last page is committed. There is no upper
    bound: what changes while we read is listed now or by the overlap of the next pass.
    """
    desk.enter(Phase.CHANGES)
    digest = mappings.digest(desk.mappings)
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.CHANGES)
        cursors.begin(cursor, run=desk.run, at=server_time, since=_since(desk, cursor, digest))
    if cursor.is_pass_done:
        return
    whole = cursor.pass_since is None
    if whole and desk.run.expected is None:
        expect(desk)
    matched = matches.gather(desk, since=cursor.pass_since)
    listed = _walk(desk, cursor, matched)
    is_complete = not cursors.is_overlong(cursor) and not (whole and is_cut(desk, listed))
    with desk.page() as at:
        if not is_complete:
            words = f"The vendor listed {listed} items and counts {desk.run.expected}: the next run reads all again."
            runs.note(desk.run, kind=RunNote.Kind.FAILED, words=[("", words)], at=at)
        cursors.finish(cursor, scope_digest=digest, is_complete=is_complete)


def _since(desk: Desk, cursor: Cursor, digest: str) -> datetime | None:
    """None reads everything: at the first time, in a full run, and when other parts are mapped than last time."""
    if desk.run.mode == Mode.FULL or cursor.watermark is None or cursor.scope_digest != digest:
        return None
    return cursor.watermark - OVERLAP


def expect(desk: Desk) -> int:
    """This function will ask the vendor how many items there are, and show it as what the run has before it."""
    count = desk.ask(lambda: desk.provider.approximate_count(scope=desk.scope))
    desk.run.expected = count
    with desk.page():
        SyncRun.objects.filter(pk=desk.run.pk).update(expected=count)
    return count


def is_cut(desk: Desk, listed: int) -> bool:
    """This function will say whether a listing of everything was clearly shorter than the vendor's own count."""
    expected = desk.run.expected or 0
    return listed < expected * (1 - SLACK_SHARE) - SLACK


def _walk(desk: Desk, cursor: Cursor, matched: matches.Matched) -> int:
    """Loads every page and counts the rows listed. A token that the vendor forgot starts the listing again; what was
    loaded by then is held and is not fetched twice."""
    _load(desk, cursor, [Changed(name, None) for name in cursor.pending])
    try:
        return _pages(desk, cursor, matched)
    except PageTokenRefused:
        with desk.page():
            cursors.turn(cursor, page_token=None)
        return _pages(desk, cursor, matched)


def _pages(desk: Desk, cursor: Cursor, matched: matches.Matched) -> int:
    # What an earlier runner of this pass has listed counts too.
    listed = desk.run.listed if cursor.page_token else 0
    listing = desk.provider.changed_ids(scope=desk.scope, since=cursor.pass_since, page_token=cursor.page_token)
    for page in desk.pages(listing):
        rows = list(page.rows)
        listed += len(rows)
        with desk.page():
            runs.count(desk.run, listed=len(rows))
            matched.forget(desk, [row.external_id for row in rows])
        _load(desk, cursor, _after(rows, cursor.after_external_id))
        with desk.page():
            cursors.turn(cursor, page_token=page.next_page_token)
        if page.next_page_token:
            desk.yield_turn()
    return listed


def _after(rows: Sequence[Changed], last: str) -> Sequence[Changed]:
    """The rows behind the last one loaded by a runner that was stopped; all of them where it is not among them. The
    order of the listing is stable, so nothing unseen can stand before it."""
    places = [at for at, row in enumerate(rows) if row.external_id == last]
    return rows[places[0] + 1 :] if places else rows


def _load(desk: Desk, cursor: Cursor, rows: Sequence[Changed]) -> None:
    ids = [row.external_id for row in rows]
    if desk.run.mode != Mode.FULL:
        with desk.page():
            held = loading.held_since(desk.connection.pk, ids)
        known = {
            row.external_id
            for row in rows
            if row.updated_at and (at := held.get(row.external_id)) and at >= row.updated_at
        }
        ids = [name for name in ids if name not in known]
        with desk.page():
            runs.count(desk.run, unchanged=len(known))
    for batch in desk.fetch(list(dict.fromkeys(ids))):
        desk.load(batch, cursor=cursor)
