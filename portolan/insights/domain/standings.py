"""How the products of a portfolio stand today: one Standing each, made of sums and never of single items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache

from portolan.insights.domain import attention, flow, health, periods
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.health import Health, Milestone, Word
from portolan.insights.domain.measures import Measure

# Half a year is a picture; a quarter is enough to know how long work takes now.
WEEKS, RECENT_WEEKS = 26, 13
# Playing every initiative of every product would take seconds: finishes stand on each product's own page.
_DUES = (health.Due("", date.max, None, reason="finishes are forecast on the Delivery page and not weighed here"),)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a product's rollups say: the last closed weeks of the window, the running week, and the work there is.

    `finished`, `stories` and `bugs` cover the weeks of window(), the running week last; None without any rollup.
    `known_since` is the place of the first week that is known, 0 where the history is older than the window.
    """

    finished: Sequence[int]
    stories: Sequence[int]
    bugs: Sequence[int]
    known_since: int = 0
    created: int = 0
    bugs_created: int = 0
    cycle: Histogram = field(default_factory=Histogram)
    ages: Histogram = field(default_factory=Histogram)
    date_errors: int = 0
    items: int = 0
    items_done: int = 0
    unestimated: int = 0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One active product: what people wrote about it, what its work says, and what follows from both."""

    slug: str
    name: str
    hue: int
    stage: str
    stage_since: date | None
    role: str
    line: str
    owner: str
    work: Work | None
    milestones: Sequence[Milestone]
    synced_at: datetime | None
    at: datetime
    on: date

    @cached_property
    def finished(self) -> Sequence[int]:
        """The items finished in each closed week since the first that is known."""
        return tuple(self.work.finished[self.work.known_since : -1]) if self.work else ()

    @cached_property
    def facts(self) -> health.Facts:
        work = self.work
        if work is None:
            return health.Facts(milestones=self.milestones, dues=_DUES, synced_at=self.synced_at)
        return health.Facts(
            finished=self.finished,
            ages=work.ages,
            cycle=work.cycle,
            created=work.created,
            bugs_created=work.bugs_created,
            milestones=self.milestones,
            dues=_DUES,
            synced_at=self.synced_at,
        )

    @cached_property
    def health(self) -> Health:
        return _judged(self.facts, self.at.replace(second=0, microsecond=0), self.on)

    @property
    def said(self) -> Sequence[str]:
        """The worst reasons of the health: what a row has room for; the rest stands where the health is opened."""
        most = 1 if self.health.word is Word.ON_TRACK else 2
        return [reason.rstrip(".") for reason in self.health.reasons[:most]]

    @property
    def next_milestone(self) -> Milestone | None:
        return min(self.milestones, key=lambda milestone: milestone.due_on, default=None)

    @cached_property
    def progress(self) -> Measure:
        if self.work is None:
            return Measure("progress", None, "no work is connected")
        return flow.progress(finished=self.work.items_done, total=self.work.items)

    @cached_property
    def throughput(self) -> Measure:
        """Items a week over the quarter."""
        return flow.throughput_rate(self.finished[-RECENT_WEEKS:])

    @property
    def trend(self) -> Measure:
        return health.shrinkage(self.finished)

    @property
    def in_progress(self) -> int:
        return self.work.ages.total if self.work else 0

    @property
    def noticed(self) -> attention.Product:
        """What attention is asked about."""
        return attention.Product(
            slug=self.slug,
            name=self.name,
            has_owner=bool(self.owner),
            stage=self.stage,
            stage_since=self.stage_since,
            open=self.work.items - self.work.items_done if self.work else 0,
            unestimated=self.work.unestimated if self.work else 0,
            facts=self.facts,
        )


@lru_cache(maxsize=1024)
def _judged(facts: health.Facts, at: datetime, on: date) -> Health:
    # Judging is pure and costs more than reading: the same facts in the same minute are judged once in a process.
    return health.assess(facts, at=at, on=on)


def window(*, on: date) -> list[date]:
    """This function will name the weeks that a portfolio is judged by: the closed ones, and the running one last."""
    return [*periods.closed_weeks(WEEKS, as_of=on), periods.week_of(on)]


def totals(standings: Iterable[Standing], part: str) -> list[int]:
    """This function will add up `finished`, `stories` or `bugs` over all products, week by week of window()."""
    rows = [getattr(standing.work, part) for standing in standings if standing.work]
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * (WEEKS + 1)
