"""Three years of work in a Jira, and half a year that has not happened yet, as one film that can be stopped anywhere.

`film(as_of=…)` makes every issue and everything that ever happens to it, in the order of time. What lies before a moment
is the history until then; who plays on sees the future arrive. The same day gives the same film, to the last second.
"""

import math
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from portolan.demo.delivery import (
    BUGS,
    CHORES,
    CREWS,
    DELIVERIES,
    LABELS,
    RETURNS,
    STEPS,
    STORY_TAILS,
    STORY_VERBS,
    Curve,
    Delivery,
)

DAYS_A_MONTH = 30.4375
FUTURE_WEEKS = 26
SPRINT = timedelta(weeks=2)
FIRST_SPRINT = date(2019, 12, 30)
"""A Monday before everything; all boards of the company change sprints on the same day."""
LONGEST_CARRY = 5
OPENS, CLOSES = time(8), time(18)
# The spread of lognormal times around their median: cycle times of real teams lie between 0.5 and 1.
CYCLE_SPREAD, WAITING_SPREAD = 0.6, 0.9
POINTS = ((1.0, 2.0, 3.0, 5.0, 8.0, 13.0), (14, 24, 28, 20, 10, 4))


class Kind(Enum):
    INITIATIVE = "Initiative"
    EPIC = "Epic"
    STORY = "Story"
    BUG = "Bug"
    TASK = "Task"
    SUB_TASK = "Sub-task"


class What(Enum):
    OPENED = "opened"
    ESTIMATED = "estimated"
    PLANNED = "planned"
    ASSIGNED = "assigned"
    STARTED = "started"
    REVIEWED = "reviewed"
    FINISHED = "finished"
    REOPENED = "reopened"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    LINKED = "linked"


class Happening(NamedTuple):
    at: datetime
    issue: int
    """Its place in `Film.issues`."""
    what: What
    value: float | int | str | None = None
    """Points, number of the sprint, or who: as `what` needs."""
    by: str = ""


@dataclass(slots=True)
class Issue:
    product: str
    project: str
    kind: Kind
    title: str
    opened_at: datetime
    parent: int | None = None
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    due_on: date | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    """The last finish of the film; None where it never comes."""


@dataclass(frozen=True)
class Film:
    as_of: date
    issues: list[Issue]
    happenings: list[Happening]
    """In the order of time; those of one issue in the order of its life."""

    def until(self, moment: datetime) -> int:
        """This function will count the happenings up to a moment."""
        return bisect(self.happenings, moment, key=lambda happening: happening.at)


def film(*, as_of: date) -> Film:
    """This function will make the whole film of the company, whose present is the morning of `as_of`."""
    issues: list[Issue] = []
    happenings: list[Happening] = []
    for delivery in DELIVERIES:
        _Story(delivery, as_of=as_of, issues=issues, happenings=happenings).tell()
    happenings.sort(key=lambda happening: happening.at)
    return Film(as_of, issues, happenings)


def value(curve: Curve, months_ago: float) -> float:
    """This function will read a curve: straight between its points, flat outside them."""
    if months_ago >= curve[0][0]:
        return curve[0][1]
    for (older, first), (newer, second) in pairwise(curve):
        if newer <= months_ago <= older:
            return first + (second - first) * (older - months_ago) / (older - newer)
    return curve[-1][1]


def season(day: date) -> float:
    """This function will say how much of an ordinary week's work is begun in the week of a day."""
    month, number = day.month, day.day
    if (month == 12 and number >= 20) or (month == 1 and number <= 3):
        return 0.1
    return {7: 0.75, 8: 0.55, 12: 0.85}.get(month, 1.0)


def is_working(day: date) -> bool:
    """This function will tell whether anybody works on a day."""
    return day.weekday() < 5 and not (day.month == 12 and day.day >= 24) and not (day.month == 1 and day.day == 1)


def sprint_number(day: date) -> int:
    """This function will number the sprint that a day lies in."""
    return (day - FIRST_SPRINT).days // SPRINT.days


def sprint_start(number: int) -> datetime:
    """This function will return the moment on which a sprint begins."""
    return datetime.combine(FIRST_SPRINT + number * SPRINT, time(9), UTC)


@dataclass
class _Epic:
    """An epic that still takes work: what its children were decides what it was."""

    at: int
    room: int
    weeks: float
    children: list[int] = field(default_factory=list)


class _Story:
    """One product's part of the film."""

    def __init__(self, delivery: Delivery, *, as_of: date, issues: list[Issue], happenings: list[Happening]) -> None:
        self.delivery, self.as_of = delivery, as_of
        self.issues, self.happenings = issues, happenings
        self.dice = random.Random(f"{delivery.product} {as_of}")  # noqa: S311 - a story, not a secret
        self.begins = as_of - timedelta(days=round(delivery.began * DAYS_A_MONTH))
        self.ends = (
            as_of + timedelta(weeks=FUTURE_WEEKS)
            if delivery.ended is None
            else as_of - timedelta(days=round(delivery.ended * DAYS_A_MONTH))
        )
        self.seats = CREWS[delivery.team]
        self.epics: list[_Epic] = []
        self.closed: list[_Epic] = []
        self.visits: dict[str, int] = {}

    def tell(self) -> None:
        for started_at in self.beginnings():
            self.leaf(started_at)
        self.close_epics()
        self.close_initiatives()

    # When ---------------------------------------------------------------------------------------------------------

    def beginnings(self) -> Iterator[datetime]:
        """The moments on which pieces of work are begun, week by week."""
        monday = self.begins - timedelta(days=self.begins.weekday())
        rest = 0.0
        while monday < self.ends:
            wanted = value(self.delivery.pace, self.months_ago(monday)) * season(monday) * self.dice.uniform(0.75, 1.25)
            count, rest = divmod(wanted + rest, 1)
            days = sorted(self.dice.choices(range(5), (5, 5, 4, 4, 3), k=int(count)))
            for day in days:
                yield self.at_work(datetime.combine(monday + timedelta(days=day), time(), UTC) + self.hours())
            monday += timedelta(weeks=1)

    def months_ago(self, day: date) -> float:
        return (self.as_of - day).days / DAYS_A_MONTH

    def hours(self) -> timedelta:
        return timedelta(hours=OPENS.hour, seconds=self.dice.randrange((CLOSES.hour - OPENS.hour) * 3600))

    def at_work(self, moment: datetime) -> datetime:
        """The moment itself, or the same hour of the next day on which somebody works; never outside the day's hours."""
        if not OPENS <= moment.time() < CLOSES:
            moment = datetime.combine(moment.date(), time(), UTC) + self.hours()
        while not is_working(moment.date()):
            moment += timedelta(days=1)
        return moment

    def after(self, moment: datetime, days: float) -> datetime:
        """A working moment about so many days later, and later in any case."""
        later = self.at_work(moment + timedelta(days=days))
        return later if later > moment else moment + timedelta(minutes=self.dice.randint(5, 90))

    def lasting(self, curve: Curve, day: date, spread: float) -> float:
        return self.dice.lognormvariate(math.log(value(curve, self.months_ago(day))), spread)

    # Who and what ---------------------------------------------------------------------------------------------------

    def somebody(self, moment: datetime) -> str:
        ago = self.months_ago(moment.date())
        present = [seat.name for seat in self.seats if seat.since >= ago > seat.until]
        return self.dice.choice(present or [seat.name for seat in self.seats])

    def add(self, kind: Kind, title: str, opened_at: datetime, *, parent: int | None = None) -> int:
        shared = (self.delivery.component,) if self.delivery.component else ()
        issue = Issue(self.delivery.product, self.delivery.project, kind, title, opened_at, parent, shared)
        self.issues.append(issue)
        return len(self.issues) - 1

    def say(self, at: datetime, issue: int, what: What, value: float | int | str | None = None, by: str = "") -> None:
        self.happenings.append(Happening(at, issue, what, value, by))

    # A piece of work ------------------------------------------------------------------------------------------------

    def leaf(self, started_at: datetime) -> None:
        day = started_at.date()
        delivery, dice = self.delivery, self.dice
        if dice.random() < value(delivery.bugs, self.months_ago(day)):
            kind, title = Kind.BUG, dice.choice(BUGS).format(dice.choice(delivery.things)).capitalize()
        elif dice.random() < 0.2:
            kind, title = Kind.TASK, dice.choice(CHORES).format(dice.choice(delivery.things))
        else:
            words = (dice.choice(STORY_VERBS), dice.choice(delivery.things), dice.choice(STORY_TAILS))
            kind, title = Kind.STORY, " ".join(filter(None, words))
        waits = self.lasting(delivery.waiting_days, day, WAITING_SPREAD) * (0.3 if kind is Kind.BUG else 1)
        opened_at = self.at_work(started_at - timedelta(days=waits))
        opened_at = max(min(opened_at, started_at - timedelta(minutes=30)), self.opening())
        started_at = max(started_at, opened_at + timedelta(minutes=10))
        at = self.add(kind, title, opened_at)
        issue = self.issues[at]
        issue.components += (dice.choice(delivery.parts),)
        issue.labels = (dice.choice(LABELS),) if dice.random() < 0.25 else ()
        if kind is Kind.STORY or dice.random() < 0.55:
            self.into_epic(at, started_at)
        self.live(at, started_at)

    def opening(self) -> datetime:
        return datetime.combine(self.begins, time(9), UTC)

    def live(self, at: int, started_at: datetime) -> None:
        issue, dice, delivery = self.issues[at], self.dice, self.delivery
        who = self.somebody(started_at)
        opened_at = issue.opened_at
        self.say(opened_at, at, What.OPENED, by=self.somebody(opened_at))
        if dice.random() < delivery.estimated * (0.5 if issue.kind is Kind.BUG else 1):
            thought_at = opened_at + (started_at - opened_at) * dice.uniform(0.02, 0.25)
            self.say(thought_at, at, What.ESTIMATED, dice.choices(*POINTS)[0], by=who)
        if dice.random() < 0.04:  # never begun: done elsewhere, or not worth doing
            issue.finished_at = self.after(started_at, dice.uniform(0, 20))
            self.say(issue.finished_at, at, What.FINISHED, by=who)
            return
        lasts = max(0.15, self.lasting(delivery.cycle_days, started_at.date(), CYCLE_SPREAD))
        if delivery.ended is not None:  # a product that ends leaves nothing open behind
            lasts = min(lasts, max(0.5, (self.ends - started_at.date()).days))
        finished_at = self.after(started_at, lasts)
        is_forgotten = delivery.ended is None and dice.random() < delivery.forgotten
        self.sprints(at, started_at, started_at + timedelta(weeks=10) if is_forgotten else finished_at, who)
        self.say(started_at, at, What.ASSIGNED, who, by=who)
        issue.started_at = started_at + timedelta(minutes=1)
        self.say(issue.started_at, at, What.STARTED, by=who)
        self.trouble(at, issue.started_at, finished_at, who)
        if is_forgotten:
            return
        if dice.random() < 0.85:
            self.say(
                issue.started_at + (finished_at - issue.started_at) * dice.uniform(0.55, 0.9), at, What.REVIEWED, by=who
            )
        self.say(finished_at, at, What.FINISHED, by=who)
        issue.finished_at = finished_at
        if dice.random() < delivery.reopened and delivery.ended is None:
            again_at = self.after(finished_at, dice.uniform(1, 9))
            issue.finished_at = self.after(again_at, lasts * 0.5)
            self.say(again_at, at, What.REOPENED, by=self.somebody(again_at))
            self.say(issue.finished_at, at, What.FINISHED, by=who)
        if issue.kind is Kind.STORY and dice.random() < 0.08:
            self.sub_tasks(at, issue.started_at, finished_at)

    def sprints(self, at: int, started_at: datetime, finished_at: datetime, who: str) -> None:
        """Into the sprint of its beginning, and into the next ones for as long as it is not finished."""
        if not self.delivery.is_scrum:
            return
        first, last = sprint_number(started_at.date()), sprint_number(finished_at.date())
        opened_at = self.issues[at].opened_at
        planned_at = max(sprint_start(first), opened_at + timedelta(minutes=2))
        self.say(min(planned_at, started_at), at, What.PLANNED, first, by=who)
        for number in range(first + 1, min(last, first + LONGEST_CARRY) + 1):
            self.say(max(sprint_start(number), started_at + timedelta(minutes=2)), at, What.PLANNED, number, by=who)

    def trouble(self, at: int, started_at: datetime, finished_at: datetime, who: str) -> None:
        """Now and then something stands in the way, or a page is linked: history that changes no status."""
        span = finished_at - started_at
        if span > timedelta(days=4) and self.dice.random() < 0.12:
            self.say(started_at + span * 0.2, at, What.FLAGGED, by=who)
            self.say(started_at + span * 0.45, at, What.UNFLAGGED, by=who)
        if self.dice.random() < 0.15:
            self.say(started_at + span * 0.1, at, What.LINKED, by=who)

    def sub_tasks(self, parent: int, started_at: datetime, finished_at: datetime) -> None:
        span = finished_at - started_at
        for place, step in enumerate(self.dice.sample(STEPS, k=self.dice.randint(2, 3))):
            at = self.add(Kind.SUB_TASK, step, started_at + span * 0.05, parent=parent)
            issue = self.issues[at]
            begins, ends = 0.1 + 0.25 * place, 0.3 + 0.25 * place
            issue.started_at = started_at + span * begins
            issue.finished_at = started_at + span * min(ends, 0.95)
            who = self.somebody(started_at)
            self.say(issue.opened_at, at, What.OPENED, by=who)
            self.say(issue.started_at, at, What.STARTED, by=who)
            self.say(issue.finished_at, at, What.FINISHED, by=who)

    # What it belongs to ---------------------------------------------------------------------------------------------

    def into_epic(self, at: int, started_at: datetime) -> None:
        # The oldest takes the most, so that epics come to an end.
        places = range(max(len(self.epics), self.parallel(started_at)))
        place = self.dice.choices(places, [1 / (1 + place) for place in places])[0]
        if place >= len(self.epics):
            self.epics.append(self.open_epic(started_at))
        epic = self.epics[min(place, len(self.epics) - 1)]
        epic.children.append(at)
        self.issues[at].parent = epic.at
        if len(epic.children) >= epic.room:
            self.epics.remove(epic)
            self.closed.append(epic)

    def parallel(self, moment: datetime) -> int:
        return 1 + round(value(self.delivery.pace, self.months_ago(moment.date())) / 3.5)

    def open_epic(self, moment: datetime) -> _Epic:
        area = self.dice.choice(self.delivery.areas)
        visit = self.visits.get(area, 0)
        self.visits[area] = visit + 1
        room = self.dice.randint(*self.delivery.epic_size)
        pace = value(self.delivery.pace, self.months_ago(moment.date()))
        weeks = room / max(0.5, pace / self.parallel(moment))
        title = RETURNS[visit % len(RETURNS)].format(area)
        return _Epic(self.add(Kind.EPIC, title, moment), room, weeks)

    def close_epics(self) -> None:
        for epic in sorted(self.closed + self.epics, key=lambda epic: epic.at):
            children = [self.issues[child] for child in epic.children]
            issue = self.issues[epic.at]
            issue.opened_at = min(child.opened_at for child in children) - timedelta(hours=2)
            starts = [child.started_at for child in children if child.started_at]
            ends = [child.finished_at for child in children]
            issue.started_at = min(starts) if starts else None
            # Promised when it began: the work of then at the pace of then, and a fortnight to be safe.
            promised = (issue.started_at or issue.opened_at) + timedelta(weeks=epic.weeks + 2)
            issue.due_on = self.friday(promised.date())
            is_over = epic not in self.epics or self.delivery.ended is not None
            last = max((end for end in ends if end), default=None)
            issue.finished_at = self.after(last, 1) if last and all(ends) and is_over else None
            self.umbrella(epic.at)

    def friday(self, day: date) -> date:
        return day + timedelta(days=(4 - day.weekday()) % 7)

    def umbrella(self, at: int) -> None:
        """What happens to an issue that others belong to: it follows them."""
        issue = self.issues[at]
        who = self.somebody(issue.opened_at)
        self.say(issue.opened_at, at, What.OPENED, by=who)
        if issue.started_at:
            self.say(issue.started_at, at, What.STARTED, by=who)
        if issue.finished_at:
            self.say(issue.finished_at, at, What.FINISHED, by=who)

    def close_initiatives(self) -> None:
        """One initiative for all epics begun in half a year."""
        halves: dict[int, list[int]] = {}
        for epic in sorted(self.closed + self.epics, key=lambda epic: epic.at):
            begun = self.issues[epic.at].started_at or self.issues[epic.at].opened_at
            halves.setdefault((begun.date() - self.begins).days // 182, []).append(epic.at)
        for half, epics in sorted(halves.items()):
            ambition = self.delivery.ambitions[min(half, len(self.delivery.ambitions) - 1)]
            parts = [self.issues[epic] for epic in epics]
            at = self.add(Kind.INITIATIVE, ambition, min(part.opened_at for part in parts) - timedelta(days=3))
            issue = self.issues[at]
            issue.started_at = min((part.started_at for part in parts if part.started_at), default=None)
            issue.due_on = self.friday(self.begins + timedelta(days=182 * (half + 1) + 28))
            ends = [part.finished_at for part in parts]
            last = max((end for end in ends if end), default=None)
            issue.finished_at = self.after(last, 2) if last and all(ends) else None
            for part in parts:
                part.parent = at
            self.umbrella(at)
