"""How a product is doing, in one word and with its reasons.

Six signals are scored between 0 (bad) and 1 (good), linearly between two declared thresholds, and averaged by weight
over the signals that are known: missing is not zero. A single signal at its worst keeps a product from being on
track, because an average must not hide a missed date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from portolan.insights.domain import flow
from portolan.insights.domain.durations import Histogram
from portolan.insights.domain.measures import Measure, counted, spoken
from portolan.ui import formats

RECENT_WEEKS, EARLIER_WEEKS = 6, 13
# Fewer finished items in the earlier weeks, and a trend is two people's holidays.
MINIMUM_FINISHED = 10
MINIMUM_IN_PROGRESS = 3
MINIMUM_CREATED = 10
ON_TRACK, AT_RISK = 0.7, 0.4


class Word(StrEnum):
    """The health of a product; the order is from best to worst, and no data last."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"
    NO_DATA = "no data"

    @property
    def level(self) -> str:
        """This function will name the tone in which the word is shown: good, watch, bad, or none without data."""
        return {Word.ON_TRACK: "good", Word.AT_RISK: "watch", Word.OFF_TRACK: "bad", Word.NO_DATA: ""}[self]


@dataclass(frozen=True, slots=True)
class Scale:
    """A signal's weight and the values from which it scores 1 (good) and down to which it scores 0 (bad)."""

    title: str
    weight: int
    good: float
    bad: float

    def score(self, value: float) -> float:
        """This function will place a value between good (1) and bad (0), linearly, and never outside."""
        return min(1.0, max(0.0, (self.bad - value) / (self.bad - self.good)))


SCALES = {
    "throughput": Scale("Fall of throughput", weight=3, good=0.10, bad=0.50),
    "forecast": Scale("Forecast against due date", weight=3, good=0, bad=60),
    # A milestone begins to weigh a fortnight before it is due: near is not late, but worth a word.
    "milestones": Scale("Days past a milestone", weight=3, good=-14, bad=30),
    "ageing": Scale("Ageing work", weight=2, good=0.15, bad=0.50),
    "bugs": Scale("Bug ratio", weight=1, good=0.30, bad=0.60),
    "data": Scale("Age of the data", weight=1, good=1, bad=7),
}
# What says something about the product; the age of the data alone says nothing about it.
_ABOUT_WORK = frozenset(SCALES) - {"data"}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone that has not been reached."""

    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a due date, and the day by which 85 % of the forecast's runs finish it (None: no such day)."""

    title: str
    due_on: date
    p85: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a product's delivery; a caller gives what it has, and nothing stands for what it has not.

    `finished` are closed weeks, oldest first, zeros included (at least 19 for the trend); `ages` are as of today;
    `cycle`, `created` and `bugs_created` cover the same recent window of closed weeks.
    """

    finished: Sequence[int] = ()
    ages: Histogram = field(default_factory=Histogram)
    cycle: Histogram = field(default_factory=Histogram)
    created: int = 0
    bugs_created: int = 0
    milestones: Sequence[Milestone] = ()
    dues: Sequence[Due] = ()
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's score (None: unknown) and the sentence that says why."""

    key: str
    score: float | None
    sentence: str

    @property
    def scale(self) -> Scale:
        """This function will give the thresholds and the weight that were applied."""
        return SCALES[self.key]

    @property
    def cost(self) -> float:
        """This function will say how much of the whole score this signal takes away."""
        return 0.0 if self.score is None else self.scale.weight * (1 - self.score)


@dataclass(frozen=True, slots=True)
class Health:
    """A word, the sentences that explain it (worst first), and all signals behind it."""

    word: Word
    reasons: tuple[str, ...]
    signals: tuple[Signal, ...]
    score: Measure


def assess(facts: Facts, *, at: datetime, on: date) -> Health:
    """This function will judge a product from its facts at a moment, and on that moment's day in its organization."""
    signals = (
        _throughput(facts),
        _forecast(facts),
        _milestones(facts, on=on),
        _ageing(facts),
        _bugs(facts),
        _data(facts, at=at),
    )
    known = [(signal, signal.score) for signal in signals if signal.score is not None]
    if not any(signal.key in _ABOUT_WORK for signal, _ in known):
        why = tuple(signal.sentence for signal in signals if signal.score is None)
        return Health(Word.NO_DATA, why, signals, Measure("health", None, "no signal about the work is known"))
    weight = sum(signal.scale.weight for signal, _ in known)
    score = sum(signal.scale.weight * value for signal, value in known) / weight
    word = Word.ON_TRACK if score >= ON_TRACK else Word.AT_RISK if score >= AT_RISK else Word.OFF_TRACK
    if word is Word.ON_TRACK and any(value == 0 for signal, value in known if signal.key in _ABOUT_WORK):
        word = Word.AT_RISK
    return Health(word, _reasons(signals), signals, _measure(score, known))


def _reasons(signals: Sequence[Signal]) -> tuple[str, ...]:
    costly = sorted((signal for signal in signals if signal.cost > 0), key=lambda signal: -signal.cost)
    if costly:
        return tuple(signal.sentence for signal in costly)
    return tuple(signal.sentence for signal in signals if signal.score is not None)


def _measure(score: float, known: Sequence[tuple[Signal, float]]) -> Measure:
    inputs = tuple((signal.scale.title, f"{value:.2f} x {signal.scale.weight}") for signal, value in known)
    missing = len(SCALES) - len(known)
    return Measure("health", score, inputs=inputs, caution=f"{counted(missing, 'signal')} unknown." if missing else "")


def shrinkage(finished: Sequence[int]) -> Measure:
    """This function will compare a product's last 6 closed weeks with its own 13 before them."""
    recent = tuple(finished[-RECENT_WEEKS:])
    before = tuple(finished[-RECENT_WEEKS - EARLIER_WEEKS : -RECENT_WEEKS])
    return flow.trend(recent=recent, before=before, minimum=MINIMUM_FINISHED)


def _throughput(facts: Facts) -> Signal:
    trend = shrinkage(facts.finished)
    if trend.value is None:
        return Signal("throughput", None, f"Throughput trend unknown: {trend.reason}.")
    change = spoken(abs(trend.value), unit="share")
    if trend.caution:
        return Signal("throughput", 1.0, f"Throughput is steady over {RECENT_WEEKS} weeks.")
    way = "fell" if trend.value < 0 else "rose"
    sentence = f"Throughput {way} {change} against the {EARLIER_WEEKS} weeks before."
    return Signal("throughput", _score("throughput", -trend.value), sentence)


def _forecast(facts: Facts) -> Signal:
    late: list[tuple[int, str]] = []
    for due in facts.dues:
        if due.p85 is not None:
            days = (due.p85 - due.due_on).days
            late.append((days, f"{due.title}: 85 % sure by {_day(due.p85)}, {_against(days)}."))
        elif not due.reason:
            late.append((10_000, f"{due.title}: no finish within the forecast's horizon, due {_day(due.due_on)}."))
    if not late:
        why = facts.dues[0].reason if facts.dues else "nothing has a due date"
        return Signal("forecast", None, f"Forecast unknown: {why}.")
    days, sentence = max(late)
    return Signal("forecast", _score("forecast", days), sentence)


def _milestones(facts: Facts, *, on: date) -> Signal:
    if not facts.milestones:
        return Signal("milestones", None, "No milestone is open.")
    first = min(facts.milestones, key=lambda milestone: milestone.due_on)
    days = (on - first.due_on).days
    overdue = sum(milestone.due_on < on for milestone in facts.milestones)
    if days > 0:
        others = f", and {counted(overdue - 1, 'other milestone')}" if overdue > 1 else ""
        sentence = f"{first.title} is {counted(days, 'day')} overdue{others}."
        return Signal("milestones", _score("milestones", days), sentence)
    left = "today" if days == 0 else f"in {counted(-days, 'day')}"
    return Signal("milestones", _score("milestones", days), f"{first.title} is due {left}.")


def _ageing(facts: Facts) -> Signal:
    in_progress = facts.ages.total
    if in_progress < MINIMUM_IN_PROGRESS:
        return Signal("ageing", None, f"Only {counted(in_progress, 'item')} in progress.")
    found = flow.beyond_p85(facts.ages, cycle=facts.cycle)
    if found is None:
        return Signal("ageing", None, "Ageing unknown: no finished item to compare with.")
    return Signal("ageing", _score("ageing", found[0] / in_progress), f"{older(found, in_progress)} (P85).")


def older(found: tuple[int, float], in_progress: int) -> str:
    """This function will say how many items in progress are older than a limit in days."""
    count, limit = found
    are = "is" if count == 1 else "are"
    return f"{count} of {counted(in_progress, 'item')} in progress {are} older than {formats.days(limit)}"


def _bugs(facts: Facts) -> Signal:
    if facts.created < MINIMUM_CREATED:
        return Signal("bugs", None, f"Bug ratio unknown: only {counted(facts.created, 'item')} created.")
    share = facts.bugs_created / facts.created
    sentence = f"{spoken(share, unit='share')} of {counted(facts.created, 'new item')} are bugs."
    return Signal("bugs", _score("bugs", share), sentence)


def _data(facts: Facts, *, at: datetime) -> Signal:
    if facts.synced_at is None:
        return Signal("data", None, "Never synced.")
    age = max(at - facts.synced_at, timedelta())  # a vendor's clock may be ahead of ours
    return Signal("data", _score("data", age / timedelta(days=1)), f"Data is {formats.span_of(age)} old.")


def _score(key: str, value: float) -> float:
    return SCALES[key].score(value)


def _against(days: int) -> str:
    if days == 0:
        return "on the due date"
    return f"{counted(abs(days), 'day')} {'after' if days > 0 else 'before'} it is due"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
