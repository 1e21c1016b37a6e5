"""Which items match the queries of mappings. Only the vendor can evaluate its query language, so it is asked."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from portolan.integrations.domain import assignment, mappings, runs
from portolan.integrations.domain.desk import Desk
from portolan.integrations.models import QueryMatch
from portolan.integrations.provider import Scope
from portolan.tenancy.models import new_id


class Ids:
    """Very many ids in eight bytes each, to ask whether one is among them. Two that share a digest are taken for one:
    at a million ids that happens once in thirty million censuses, and then one deletion is noticed late."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, names: Iterable[str]) -> None:
        """This function will take ids in."""
        self._digests.extend(_digest(name) for name in names)
        self._is_sorted = False

    def __contains__(self, name: str) -> bool:
        if not self._is_sorted:
            self._digests = array("Q", sorted(self._digests))
            self._is_sorted = True
        wanted = _digest(name)
        at = bisect_left(self._digests, wanted)
        return at < len(self._digests) and self._digests[at] == wanted


def _digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


@dataclass
class Matched:
    """What the vendor said for each mapping with a query."""

    by_mapping: dict[UUID, Ids] = field(default_factory=dict)

    def forget(self, desk: Desk, ids: Sequence[str]) -> None:
        """This function will drop the matches of listed items that the vendor did not name again. Inside a page."""
        if not self.by_mapping or not ids:
            return
        held = QueryMatch.objects.filter(mapping__in=self.by_mapping, external_id__in=ids)
        gone = [row.pk for row in held if row.external_id not in self.by_mapping[row.mapping_id]]
        if gone:
            QueryMatch.objects.filter(pk__in=gone).delete()
            runs.count(desk.run, products=assignment.assign(desk.connection.pk))


def gather(desk: Desk, *, since: datetime | None) -> Matched:
    """This function will ask, for each mapping with a query, which items that changed since then match it."""
    found = Matched()
    for mapping in desk.mappings:
        if not mapping.query:
            continue
        ids = found.by_mapping[mapping.pk] = Ids()
        listing = desk.provider.changed_ids(scope=Scope((mappings.part(mapping),)), since=since)
        for page in desk.pages(listing):
            names = [row.external_id for row in page.rows]
            ids.add(names)
            with desk.page():
                if _remember(mapping.pk, names):
                    runs.count(desk.run, products=assignment.assign(desk.connection.pk))
    return found


def _remember(mapping_id: UUID, names: Sequence[str]) -> int:
    known = QueryMatch.objects.filter(mapping_id=mapping_id, external_id__in=names)
    new = set(names) - set(known.values_list("external_id", flat=True))
    QueryMatch.objects.bulk_create(
        [QueryMatch(id=new_id(), mapping_id=mapping_id, external_id=name) for name in sorted(new)]
    )
    return len(new)


def held(mapping_id: UUID) -> list[str]:
    """This function will name the items that are held to match a mapping's query."""
    return list(QueryMatch.objects.filter(mapping_id=mapping_id).values_list("external_id", flat=True))
