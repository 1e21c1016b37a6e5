"""The third pass: what is still there. It finds deletions, moves out of sight, and what the first pass never listed."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, F, Value, When

from portolan.integrations.domain import changes, cursors, loading, mappings, matches, runs
from portolan.integrations.domain.desk import BATCH, Desk
from portolan.integrations.domain.matches import Ids
from portolan.integrations.models import Cursor, RunNote, WorkItem
from portolan.integrations.models.runs import Phase

MISSING_TWICE = 2
"""A delete is two facts, gone from the listing and not to be had by id, on two censuses: one 404 may be a lost
permission or a lagging index."""


def take(desk: Desk, *, server_time: datetime) -> None:
    """This function will list every id, fetch what we lack, and count as missing what is neither listed nor to be had."""
    desk.enter(Phase.CENSUS)
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.CENSUS)
        cursors.begin(cursor, run=desk.run, at=server_time, since=None)
    if cursor.is_pass_done:
        return
    expected = changes.expect(desk)
    seen = Ids()
    for page in desk.pages(desk.provider.census(scope=desk.scope)):
        seen.add(page.rows)
        _fetch_unknown(desk, list(page.rows))
    if changes.is_cut(desk, len(seen)):
        words = (
            f"The vendor listed {len(seen)} items and counts {expected}: nothing is taken for deleted by this census."
        )
        desk.notice(words, kind=RunNote.Kind.FAILED)
        return
    gone = _confirmed(desk, _in_sight(desk, _unseen(desk, seen)))
    with desk.page() as at:
        _count_missing(desk, seen, gone, at=at)
        cursors.finish(cursor, scope_digest=mappings.digest(desk.mappings))


def is_due(desk: Desk) -> bool:
    """This function will say whether what we hold and what the vendor counts differ. Estimates lag by seconds, and a
    difference that lasts is worth a census."""
    count = desk.ask(lambda: desk.provider.approximate_count(scope=desk.scope))
    with desk.page():
        return count != WorkItem.objects.live().filter(connection=desk.connection).count()


def _fetch_unknown(desk: Desk, ids: list[str]) -> None:
    with desk.page():
        held = loading.held_since(desk.connection.pk, ids)
    # What this run could not read a minute ago it cannot read now.
    for batch in desk.fetch([name for name in ids if name not in held and name not in desk.skipped]):
        desk.load(batch)


def _unseen(desk: Desk, seen: Ids) -> list[tuple[str, str]]:
    """(id, project) of the items that should have been listed and were not."""
    unseen: list[tuple[str, str]] = []
    after = ""
    while True:
        with desk.page():
            held = WorkItem.objects.live().filter(connection=desk.connection, external_id__gt=after)
            rows = list(held.order_by("external_id").values_list("external_id", "project_external_id")[:10_000])
        unseen += [row for row in rows if row[0] not in seen]
        if len(rows) < 10_000:
            return unseen
        after = rows[-1][0]


def _in_sight(desk: Desk, unseen: Sequence[tuple[str, str]]) -> list[str]:
    """Leaves items of projects alone that were archived or are hidden from us: that is one decision of somebody's, not
    a thousand deletions."""
    if not unseen:
        return []
    visible = {one.external_id for one in desk.ask(desk.provider.projects) if not one.is_archived}
    hidden = [name for name, project in unseen if project not in visible]
    if hidden:
        desk.notice(f"{len(hidden)} items lie in projects that are archived or not visible to the account; they stay.")
    return [name for name, project in unseen if project in visible]


def _confirmed(desk: Desk, ids: Sequence[str]) -> list[str]:
    """Asks for each by id. What answers has left the scope or was hidden by the index: it is loaded as it is now."""
    missing: list[str] = []
    for batch in desk.fetch(ids):
        missing += batch.missing
        if batch.bodies:
            desk.load(batch)
    return missing


def _count_missing(desk: Desk, seen: Ids, gone: Sequence[str], *, at: datetime) -> None:
    """In one transaction with the end of the census, so that a killed one counts nothing twice."""
    held = WorkItem.objects.filter(connection=desk.connection, deleted_at=None)
    back = [name for name in held.filter(missing_count__gt=0).values_list("external_id", flat=True) if name in seen]
    held.filter(external_id__in=back).update(missing_count=0)
    for first in range(0, len(gone), BATCH * 10):
        some = held.filter(external_id__in=gone[first : first + BATCH * 10])
        dying = list(some.filter(missing_count__gte=MISSING_TWICE - 1).values_list("external_id", "key", "product_id"))
        some.update(
            missing_count=F("missing_count") + 1,
            deleted_at=Case(When(missing_count__gte=MISSING_TWICE - 1, then=Value(at)), default=None),
        )
        runs.count(desk.run, products={product for _, _, product in dying if product}, deleted=len(dying))
        words = {name: f"{key} is no longer there." for name, key, _ in dying}
        runs.note(desk.run, kind=RunNote.Kind.NOTICED, words=words, at=at)


def refresh_matches(desk: Desk) -> None:
    """This function will hold every mapping's query against all items: a match may come and go without any change of
    the item itself."""
    matched = matches.gather(desk, since=None)
    for mapping_id in matched.by_mapping:
        with desk.page():
            matched.forget(desk, matches.held(mapping_id))
