"""What one runner has before it while it works on one run: the vendor at one hand, the database at the other.

No vendor is called inside a transaction. Vendor calls happen in a small pool of threads that touches no database;
meanwhile this thread maps and loads the page before, and says every few seconds that it lives.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import connection as database

from portolan.integrations.domain import cursors, loading, mappings, runs
from portolan.integrations.domain.loading import Body, Loaded
from portolan.integrations.models import Cursor, ProjectMapping, RunNote, SyncRun
from portolan.integrations.models.runs import Phase
from portolan.integrations.provider import Provider, Reader, Scope
from portolan.tenancy.scope import organization_scope

BATCH = 100
"""Most bodies that a vendor gives at once."""
CALLS = 2
"""Calls to the vendor at the same time."""
AHEAD = 6
"""Batches under way or waiting while others are loaded. What has arrived meanwhile is loaded in one transaction, because
half of what a small one costs does not depend on how much it writes."""
TOGETHER_BYTES = 4 << 20
"""Where bodies are large, fewer are loaded together: a worker's memory must not depend on them."""
SWITCH_SECONDS = 0.0005
"""How long a thread that reads bodies may keep the interpreter from the loading one, which asks for it again after every
word of PostgreSQL's. Python's usual 5 ms let it wait for most of a page's time (docs/benchmarks.md)."""
BEAT_SECONDS = 10.0
FIRST_LOOK, NEXT_LOOK = 500, 5
"""PostgreSQL looks at its tables when a runner has added so many items, and whenever they are so many times more. Until
autovacuum comes, a minute later, it plans for the tables as they were: for empty ones the rollups of 10,000 items took
half a minute instead of half a second."""

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Batch:
    """Bodies as the vendor gave them, already written, digested and read: that work belongs beside the loading."""

    asked: Sequence[str]
    bodies: Sequence[Body]
    missing: Sequence[str]
    refused: dict[str, str]
    cut: Sequence[str]


class Desk:
    """One run at work. Use as a context: leaving it waits for the calls that are under way and begins no others."""

    def __init__(self, run: SyncRun, *, organization_id: UUID, clock: Clock, provider: Provider) -> None:
        self.run = run
        self.connection = run.connection
        self.organization_id = organization_id
        self.clock = clock
        self.provider = provider
        self.phase = Phase(run.phase)
        self.mappings: list[ProjectMapping] = []
        self.scope = Scope(())
        self.choices_digest = ""
        self.skipped: set[str] = set()
        self.after_page: Callable[[], None] = _nothing
        self.until: datetime | None = None
        self._read: Reader | None = None
        self._usual_switch = sys.getswitchinterval()
        self._added, self._look_at = 0, FIRST_LOOK
        self._pool = ThreadPoolExecutor(max_workers=CALLS, thread_name_prefix="vendor")

    def __enter__(self) -> Self:
        sys.setswitchinterval(SWITCH_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What has not begun must not begin: the vendor may just have asked for a pause.
        self._pool.shutdown(wait=True, cancel_futures=True)
        sys.setswitchinterval(self._usual_switch)

    # The database -----------------------------------------------------------------------------------------------------

    @contextmanager
    def page(self) -> Iterator[datetime]:
        """This function will open one transaction of this run, beginning with its beat: whoever lost the run to another
        runner, or was cancelled, writes nothing in it."""
        with organization_scope(self.organization_id):
            at = self.clock()
            runs.beat(self.run, at=at, phase=self.phase)
            yield at

    def enter(self, phase: Phase) -> None:
        """This function will say what the run does now."""
        self.phase = phase
        with self.page():
            pass

    def choose(self) -> None:
        """This function will look up the mappings and choices that this run reads by. Inside a page."""
        self.mappings = list(ProjectMapping.objects.filter(connection=self.connection))
        self.scope = mappings.scope(self.mappings)
        fields, levels = mappings.field_map(self.connection), mappings.levels(self.connection)
        statuses = mappings.statuses(self.connection)
        self.choices_digest = mappings.choices_digest(fields, levels, statuses)
        self._read = self.provider.reader(fields=fields, levels=levels, statuses=statuses)

    @property
    def read(self) -> Reader:
        """The pure reader for this run's choices."""
        if self._read is None:
            raise RuntimeError("The run has not looked up its choices yet.")
        return self._read

    def load(self, batch: Batch, *, cursor: Cursor | None = None) -> Loaded:
        """This function will load one batch and move the cursor behind it, in one transaction."""
        with self.page() as at:
            # The cursor lies in the same transaction: a page that a crash of the database forgets is fetched again.
            with closing(database.cursor()) as sql:
                sql.execute("SET LOCAL synchronous_commit = off")
            done = loading.load(self.connection.pk, batch.bodies, at=at)
            trouble = {**batch.refused, **dict.fromkeys(batch.cut, "Its history is incomplete: the vendor cut it.")}
            done.skipped |= trouble
            self.skipped.update(done.skipped)
            self.record(done, at=at, fetched=len(batch.bodies))
            if cursor is not None:
                # What could not be had is asked for again by the next pass, whatever its watermark.
                cursors.move(cursor, after=batch.asked[-1], settled=batch.asked, pending=trouble)
        self._added += done.created
        if self._added >= self._look_at:
            self._look_at = self._added * NEXT_LOOK
            with self.page():
                loading.look()
        self.after_page()
        return done

    def record(self, done: Loaded, *, at: datetime, fetched: int = 0) -> None:
        """This function will add what was loaded to the run. Inside a page."""
        runs.count(self.run, products=done.products, fetched=fetched, **done.counts())
        runs.note(self.run, kind=RunNote.Kind.SKIPPED, words=done.skipped, at=at)
        runs.note(self.run, kind=RunNote.Kind.LEFT_OUT, words=done.left_out, at=at)

    def notice(self, words: str, *, kind: RunNote.Kind = RunNote.Kind.NOTICED) -> None:
        """This function will write a sentence about the run as a whole down."""
        with self.page() as at:
            runs.note(self.run, kind=kind, words=[("", words)], at=at)

    def yield_turn(self) -> None:
        """This function will raise TurnOver when this runner's turn is over. At a place from which another can go on."""
        if self.until and self.clock() >= self.until:
            raise runs.TurnOver

    # The vendor -------------------------------------------------------------------------------------------------------

    def ask[T](self, call: Callable[[], T]) -> T:
        """This function will make one call to the vendor and beat until it is answered."""
        return self._answer(self._pool.submit(call))

    def fetch(self, ids: Sequence[str]) -> Iterator[Batch]:
        """This function will fetch bodies in batches, in order, a few ahead of the caller's loading. The first comes
        alone, so that whoever watches sees something soon; then what has arrived when the caller asks comes as one."""
        batches: Iterator[Sequence[str]] = (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
        under_way: deque[Future[Batch]] = deque()
        most_bytes = 0
        try:
            while True:
                # A vendor close to its limit is asked for one thing at a time.
                room = 1 if self.provider.is_near_limit else AHEAD
                while len(under_way) < room and (batch := next(batches, None)):
                    under_way.append(self._pool.submit(_fetch, self.provider, batch, self.read))
                if not under_way:
                    return
                arrived = [self._answer(under_way.popleft())]
                while under_way and _has_arrived(under_way[0]) and _size(arrived) < most_bytes:
                    arrived.append(under_way.popleft().result())
                yield _together(arrived)
                most_bytes = TOGETHER_BYTES
        finally:
            for future in under_way:
                future.cancel()

    def pages[T](self, listing: Iterable[T]) -> Iterator[T]:
        """This function will walk a paged listing of the vendor, each page asked for when it is needed."""
        walk = iter(listing)
        nothing = object()
        while (page := self.ask(lambda: next(walk, nothing))) is not nothing:
            yield page  # type: ignore[misc]

    def _answer[T](self, future: Future[T]) -> T:
        while not wait([future], timeout=BEAT_SECONDS).done:
            with self.page():
                pass
        return future.result()


def _nothing() -> None:
    """Nobody watches."""


def _has_arrived(future: Future[Batch]) -> bool:
    """A failed call is not taken along: what came before it is loaded first."""
    return future.done() and not future.cancelled() and future.exception() is None


def _size(batches: Sequence[Batch]) -> int:
    return sum(len(body.text) for batch in batches for body in batch.bodies)


def _together(batches: Sequence[Batch]) -> Batch:
    return Batch(
        asked=[name for batch in batches for name in batch.asked],
        bodies=[body for batch in batches for body in batch.bodies],
        missing=[name for batch in batches for name in batch.missing],
        refused={name: words for batch in batches for name, words in batch.refused.items()},
        cut=[name for batch in batches for name in batch.cut],
    )


def _fetch(provider: Provider, ids: Sequence[str], read: Reader) -> Batch:
    found = provider.bodies(ids=ids)
    return Batch(
        asked=ids,
        bodies=[loading.wrap(raw, read=read) for raw in found.found],
        missing=found.missing,
        refused=dict(found.refused),
        cut=found.cut,
    )
