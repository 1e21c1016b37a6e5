"""How far a run is and what it did, in numbers and words that a page can show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from portolan.integrations.models import SyncRun
from portolan.integrations.models.runs import Phase, State

SETTLES_AFTER = timedelta(seconds=3)
"""A rate over less time than this jumps too much to be read."""
_VERBS = {
    "created": "new", "updated": "changed", "moved": "moved", "restored": "back again", "deleted": "gone",
    "skipped": "skipped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a run stood when somebody began to watch it."""

    at: datetime
    done: int

    @classmethod
    def of(cls, run: SyncRun, *, at: datetime) -> Self:
        """This function will take a sample of the run as it stands."""
        return cls(at=at, done=_done(run))


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int | None
    """None while nobody can know."""
    rate: float | None
    """Items a second while somebody watched; None where that says nothing."""
    left: timedelta | None


def of(run: SyncRun, *, at: datetime, since: Sample | None = None) -> Progress:
    """This function will say how far a run is. `since` is an earlier sample of the same run without a wait between:
    a mean over the whole run would count the hours in which the vendor asked us to wait."""
    done = _done(run)
    is_reading = run.state == State.RUNNING and run.phase == Phase.CHANGES
    total = max(run.expected or run.listed, done) if is_reading and (run.expected or run.listed) else None
    if not is_reading:
        return Progress(done=done, total=total, rate=None, left=None)
    base = since if since and at - since.at >= SETTLES_AFTER else None
    if base is None and run.started_at and not run.notes.filter(kind="waited").exists():
        base = Sample(at=run.started_at, done=0)
    seconds = (at - base.at).total_seconds() if base else 0.0
    rate = (done - base.done) / seconds if base and seconds > 0 and done > base.done else None
    left = timedelta(seconds=(total - done) / rate) if rate and total is not None else None
    return Progress(done=done, total=total, rate=rate, left=left)


def in_words(run: SyncRun) -> str:
    """This function will say what a run did to our copy: "120 new, 3 changed"."""
    told = [f"{getattr(run, name):,} {verb}" for name, verb in _VERBS.items() if getattr(run, name)]
    if told:
        return ", ".join(told)
    return "Nothing had changed" if run.state == State.SUCCEEDED else ""


def _done(run: SyncRun) -> int:
    # Not `fetched`: what is known to be unchanged is not fetched, and what is fetched may turn out to be unchanged.
    return run.created + run.updated + run.unchanged + run.skipped
