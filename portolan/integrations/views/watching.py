"""What a page that watches a run knows: how far it is, and what its readers have heard already."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from portolan.integrations.domain import progress
from portolan.integrations.models import SyncRun
from portolan.integrations.models.runs import Phase, State


def context(request: HttpRequest, run: SyncRun, *, at: datetime) -> dict[str, Any]:
    """This function will tell how far a run is. The page sends back what it was told (`?watch=…&since=…&done=…`), so
    that the rate is measured over the watching, and a screen reader hears a change of phase or of quarter and no more.
    """
    sample = _sample(request, run) or progress.Sample.of(run, at=at)
    told = progress.of(run, at=at, since=sample)
    quarter = told.done * 4 // told.total if told.total else 0
    heard = f"{run.state}.{run.phase}.{quarter}"
    return {
        "run": run,
        "progress": told,
        "sample": sample,
        "heard": heard,
        "is_news": request.GET.get("watch", heard) != heard,
        "step": Phase.values.index(run.phase) + 1,
        "steps": len(Phase),
    }


def _sample(request: HttpRequest, run: SyncRun) -> progress.Sample | None:
    """Where the run stood when this page began to watch; a wait begins the watching anew."""
    try:
        at = datetime.fromtimestamp(float(request.GET.get("since", "")), UTC)
        done = int(request.GET.get("done", ""))
    except (ValueError, OverflowError, OSError):
        return None
    return progress.Sample(at=at, done=done) if run.state == State.RUNNING else None
