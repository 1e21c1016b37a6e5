"""What needs somebody's attention today: conditions that hold, worst first, each in one sentence with its numbers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from portolan.insights.domain import flow, health, periods
from portolan.insights.domain.measures import counted, spoken
from portolan.ui import formats

STALE_DAYS, VERY_STALE_DAYS = 2, 7
IDLE_WEEKS = 4
AGEING_SHARE = 0.3
UNESTIMATED_SHARE, MINIMUM_OPEN = 0.5, 10
STAGE_MONTHS = 12
FAILURES_IN_A_ROW = 3


class Severity(IntEnum):
    """How soon somebody should look: lower is sooner."""

    NOW = 1
    SOON = 2
    SOMETIME = 3


class Target(StrEnum):
    """What an item is about, and so which page it leads to."""

    PRODUCT = "product"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at: `key` is the product's slug or the connection's id."""

    severity: Severity
    condition: str
    sentence: str
    target: Target
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is known about a product that is not archived."""

    slug: str
    name: str
    has_owner: bool
    stage: str
    stage_since: date | None = None
    open: int = 0
    unestimated: int = 0
    facts: health.Facts = field(default_factory=health.Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What is known about a connection: failures are counted since the last run that went well."""

    id: str
    name: str
    failures: int = 0
    last_error: str = ""
    succeeded_at: datetime | None = None


def items(*, products: Iterable[Product], connections: Iterable[Connection], at: datetime, on: date) -> list[Item]:
    """This function will list what needs attention at a moment (and its day in the organization), most urgent first."""
    found = [item for connection in connections for item in _of_connection(connection, at=at)]
    for product in products:
        for name, condition in _CONDITIONS.items():
            said = condition(product, on)
            if said is not None:
                severity, sentence = said
                found.append(Item(severity, name, f"{product.name}: {sentence}", Target.PRODUCT, product.slug))
    return sorted(found, key=lambda item: (item.severity, _ORDER[item.condition], item.sentence))


def _of_connection(connection: Connection, *, at: datetime) -> Iterator[Item]:
    if connection.failures:
        severity = Severity.NOW if connection.failures >= FAILURES_IN_A_ROW else Severity.SOON
        times = "last sync failed" if connection.failures == 1 else f"last {connection.failures} syncs failed"
        why = f" ({connection.last_error.rstrip('.')})" if connection.last_error else ""
        sentence = f"{connection.name}: the {times}{why}."
        yield Item(severity, "failing", sentence, Target.CONNECTION, connection.id)
    if connection.succeeded_at is not None:
        days = (at - connection.succeeded_at) / timedelta(days=1)
        if days >= STALE_DAYS:
            severity = Severity.NOW if days >= VERY_STALE_DAYS else Severity.SOON
            sentence = f"{connection.name}: last synced {formats.age(connection.succeeded_at, now=at)}."
            yield Item(severity, "stale", sentence, Target.CONNECTION, connection.id)


# --- conditions: (severity, sentence) when they hold, None when they do not or cannot be known ---

Said = tuple[Severity, str] | None


def _milestone(product: Product, on: date) -> Said:
    overdue = sorted((m for m in product.facts.milestones if m.due_on < on), key=lambda m: m.due_on)
    if not overdue:
        return None
    first = overdue[0]
    others = f" (and {counted(len(overdue) - 1, 'other milestone')})" if len(overdue) > 1 else ""
    return Severity.NOW, f"{first.title} was due {counted((on - first.due_on).days, 'day')} ago{others}."


def _late(product: Product, on: date) -> Said:
    late = [(due.p85, due) for due in product.facts.dues if due.p85 is not None and due.p85 > due.due_on]
    if not late:
        return None
    finish, due = max(late, key=lambda pair: pair[0] - pair[1].due_on)
    days = (finish - due.due_on).days
    others = f" (and {counted(len(late) - 1, 'other')})" if len(late) > 1 else ""
    return Severity.SOON, f"{due.title} is 85 % sure only {counted(days, 'day')} after its due date{others}."


def _idle(product: Product, on: date) -> Said:
    finished = product.facts.finished
    weeks = next((n for n, count in enumerate(reversed(finished)) if count), len(finished))
    if weeks < IDLE_WEEKS or product.open == 0:
        return None
    return Severity.SOON, f"nothing finished for {counted(weeks, 'week')}, {counted(product.open, 'item')} open."


def _ageing(product: Product, on: date) -> Said:
    ages = product.facts.ages
    found = flow.beyond_p85(ages, cycle=product.facts.cycle)
    if found is None or ages.total < health.MINIMUM_IN_PROGRESS or found[0] / ages.total < AGEING_SHARE:
        return None
    return Severity.SOON, f"{health.older(found, ages.total)}, longer than 85 % of finished items took."


def _ownerless(product: Product, on: date) -> Said:
    return None if product.has_owner else (Severity.SOON, f"no owner; {counted(product.open, 'item')} open.")


def _shrinking(product: Product, on: date) -> Said:
    if product.stage_since is None:
        return None
    months = periods.whole_months(product.stage_since, on)
    trend = health.shrinkage(product.facts.finished)
    if months < STAGE_MONTHS or trend.value is None or trend.caution or trend.value > -health.SCALES["throughput"].good:
        return None
    fell = spoken(-trend.value, unit="share")
    return Severity.SOMETIME, f"{product.stage} for {counted(months, 'month')} while throughput fell {fell}."


def _unestimated(product: Product, on: date) -> Said:
    share = flow.unestimated_share(unestimated=product.unestimated, open=product.open)
    if share.value is None or product.open < MINIMUM_OPEN or share.value < UNESTIMATED_SHARE:
        return None
    return Severity.SOMETIME, f"{share.text} of {counted(product.open, 'open item')} have no estimate."


_CONDITIONS: dict[str, Callable[[Product, date], Said]] = {
    "milestone": _milestone,
    "late": _late,
    "idle": _idle,
    "ageing": _ageing,
    "ownerless": _ownerless,
    "shrinking": _shrinking,
    "unestimated": _unestimated,
}
# Within one severity: what blinds us first, then what is late, then what is slow, then what is untidy.
_ORDER = {name: n for n, name in enumerate(("failing", "stale", *_CONDITIONS))}
