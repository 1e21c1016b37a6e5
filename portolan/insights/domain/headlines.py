"""The few numbers that an executive reads first, each with what went into it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portolan.insights.domain import flow, standings
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.health import Word
from portolan.insights.domain.measures import Measure, counted
from portolan.insights.domain.standings import RECENT_WEEKS, Standing
from portolan.ui import formats

# Four closed weeks, against the four before: the shortest time in which a portfolio visibly changes.
HEADLINE_WEEKS = 4
# Fewer finished items before, and a change says nothing.
MINIMUM_FINISHED = 10


@dataclass(frozen=True, kw_only=True)
class Source:
    """A connection that feeds products: when it was last read completely (None: never)."""

    name: str
    succeeded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One key figure: the number, how it changed, and the weeks behind it."""

    measure: Measure
    label: str
    text: str
    note: str = ""
    change: float | None = None
    compared_to: str = ""
    weeks: Sequence[int] = ()


def of(measure: Measure, *, label: str, note: str = "", weeks: Sequence[int] = ()) -> Headline:
    """This function will make a key figure of any number: short enough to be read from afar."""
    if measure.value is None:
        text = formats.NOT_AVAILABLE
    elif measure.unit == "share":
        text = formats.percent(measure.value)
    elif measure.unit == "days":
        text = formats.days(measure.value)
    else:
        text = formats.compact(measure.value)
    return Headline(measure=measure, label=label, text=text, note=note or measure.caution, weeks=weeks)


def read(products: Sequence[Standing], *, sources: Sequence[Source], at: datetime) -> list[Headline]:
    """This function will compute the key figures of a portfolio at a moment, in the order in which they are shown."""
    return [
        _active(products),
        _throughput(products),
        _cycle_time(products),
        _work_in_progress(products),
        _at_risk(products),
        _data_age(sources, at=at),
    ]


def _active(products: Sequence[Standing]) -> Headline:
    stages = Counter(product.stage for product in products)
    measure = Measure("active_products", len(products), inputs=tuple((name, str(n)) for name, n in stages.items()))
    note = f"in {counted(len(stages), 'stage')}" if stages else ""
    return Headline(measure=measure, label="Active products", text=formats.exact(len(products)), note=note)


def _throughput(products: Sequence[Standing]) -> Headline:
    # Before the first week that is known of any product nothing was zero, it was unknown.
    known_since = min((p.work.known_since for p in products if p.work), default=standings.WEEKS)
    weeks = standings.totals(products, "finished")[known_since:-1]
    recent, before = weeks[-HEADLINE_WEEKS:], weeks[-2 * HEADLINE_WEEKS : -HEADLINE_WEEKS]
    measure = flow.throughput_rate(recent)
    return Headline(
        measure=measure,
        label="Throughput",
        text=formats.compact(measure.value),
        note=f"items a week, last {counted(len(recent), 'week')}",
        change=flow.trend(recent=recent, before=before, minimum=MINIMUM_FINISHED).value,
        compared_to=f"the {HEADLINE_WEEKS} weeks before",
        weeks=weeks,
    )


def _cycle_time(products: Sequence[Standing]) -> Headline:
    works = [product.work for product in products if product.work]
    cycle = Histogram.merged(work.cycle for work in works)
    measure = flow.cycle_time(cycle, percent=85, date_errors=sum(work.date_errors for work in works))
    return Headline(
        measure=measure,
        label="Cycle time, P85",
        text=formats.days(measure.value),
        note=f"of {counted(cycle.total, 'item')}, last {RECENT_WEEKS} weeks",
    )


def _work_in_progress(products: Sequence[Standing]) -> Headline:
    count = sum(product.in_progress for product in products)
    largest = sorted(products, key=lambda product: -product.in_progress)[:10]
    inputs = (("Items in progress", str(count)), *((p.name, str(p.in_progress)) for p in largest if p.in_progress))
    note = f"the most in {largest[0].name}, {largest[0].in_progress}" if count else ""
    measure = Measure("work_in_progress", count, inputs=inputs)
    return Headline(measure=measure, label="In progress", text=formats.compact(count), note=note)


def _at_risk(products: Sequence[Standing]) -> Headline:
    words = Counter(product.health.word for product in products)
    count = words[Word.AT_RISK] + words[Word.OFF_TRACK]
    unknown = words[Word.NO_DATA]
    measure = Measure(
        "products_at_risk",
        count,
        inputs=tuple((word.capitalize(), str(words[word])) for word in Word),
        caution=f"Nothing is known of {counted(unknown, 'product')}." if unknown else "",
    )
    parts = [f"of {len(products)}", f"{words[Word.OFF_TRACK]} off track" if words[Word.OFF_TRACK] else ""]
    note = ", ".join(part for part in (*parts, f"{unknown} without data" if unknown else "") if part)
    return Headline(measure=measure, label="At risk", text=formats.exact(count), note=note)


def _data_age(sources: Sequence[Source], *, at: datetime) -> Headline:
    label = "Age of the data"
    known = [source.succeeded_at for source in sources if source.succeeded_at]
    if not known:
        reason = "nothing has been synced completely yet" if sources else "no connection feeds a product yet"
        return Headline(measure=Measure("data_age", None, reason), label=label, text=formats.NOT_AVAILABLE)
    # A vendor's clock may be ahead of ours.
    age = max(at - min(known), timedelta())
    inputs = tuple((source.name, formats.age(source.succeeded_at, now=at)) for source in sources)
    never = sum(source.succeeded_at is None for source in sources)
    caution = f"{counted(never, 'connection')} never read completely." if never else ""
    measure = Measure("data_age", age / timedelta(days=1), inputs=inputs, caution=caution)
    note = caution or f"of {counted(len(sources), 'connection')}"
    return Headline(measure=measure, label=label, text=formats.span_of(age), note=note)
