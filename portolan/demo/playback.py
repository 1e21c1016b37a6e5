"""Playing the film of `history` into the sandbox Jira: what has happened until now at once, what follows while it runs."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from portolan.demo import history
from portolan.demo.delivery import DELIVERIES, PROJECT_NAMES
from portolan.demo.history import Film, Happening, Kind, What
from portolan.demo.sandbox_jira import world
from portolan.demo.sandbox_jira.world import Board, Project, Site, Sprint, User, World

TITLE = "Sandbox Jira (demo)"
ZONE = "Europe/Lisbon"
KINDS = {
    Kind.INITIATIVE: world.INITIATIVE,
    Kind.EPIC: world.EPIC,
    Kind.STORY: world.STORY,
    Kind.BUG: world.BUG,
    Kind.TASK: world.TASK,
    Kind.SUB_TASK: world.SUB_TASK,
}
PROJECT_IDS = {key: str(20_000 + place) for place, key in enumerate(PROJECT_NAMES)}
BOARD_IDS = {key: 100 + place for place, key in enumerate(PROJECT_NAMES)}


def site(*, build: str) -> Site:
    """This function will describe Larkspan's Jira before anybody has worked in it."""
    parts: dict[str, list[str]] = {key: [] for key in PROJECT_NAMES}
    scrum = {delivery.project for delivery in DELIVERIES if delivery.is_scrum}
    for delivery in DELIVERIES:
        parts[delivery.project] += [*filter(None, [delivery.component]), *delivery.parts]
    projects = {
        number: Project(number, key, PROJECT_NAMES[key], tuple(parts[key])) for key, number in PROJECT_IDS.items()
    }
    boards = {
        number: Board(number, f"{PROJECT_NAMES[key]} board", "scrum" if key in scrum else "kanban", PROJECT_IDS[key])
        for key, number in BOARD_IDS.items()
    }
    return Site(TITLE, projects, boards, build=build)


class Playback:
    """A film, how far it has been played, and the Jira that it is played into."""

    def __init__(self, film: Film, *, clock: Callable[[], datetime], build: str = "sandbox") -> None:
        self.film, self.place = film, 0
        self.world = World(site=site(build=build), clock=clock, account_zone=ZONE, site_zone=ZONE)
        self._issues: dict[int, world.Issue] = {}
        self._users: dict[str, User] = {}
        self.hold_sprints(at=datetime.combine(film.as_of, time(), UTC))

    @property
    def is_over(self) -> bool:
        """Whether the half-year that the film knows in advance has been used up."""
        return self.place >= len(self.film.happenings)

    def until(self, moment: datetime) -> int:
        """This function will play, at their own times, all happenings up to a moment, and count them."""
        before, end = self.place, self.film.until(moment)
        with self.world.lock:
            while self.place < end:
                self.step(at=self.film.happenings[self.place].at)
        return max(0, end - before)

    def step(self, *, at: datetime) -> None:
        """This function will let the next happening of the film happen at the moment `at`."""
        happening = self.film.happenings[self.place]
        with self.world.lock:
            self._happen(happening, at=at)
            self.place += 1

    def hold_sprints(self, *, at: datetime) -> None:
        """This function will begin and end sprints as the day asks."""
        last = history.sprint_number(self.film.as_of + timedelta(weeks=history.FUTURE_WEEKS))
        for delivery in DELIVERIES:
            if delivery.is_scrum:
                first = history.sprint_number(self.film.as_of - timedelta(days=delivery.began * history.DAYS_A_MONTH))
                for number in range(first - 1, last + history.LONGEST_CARRY + 2):
                    sprint = _sprint(delivery.project, number, at=at)
                    self.world.sprints[sprint.id] = sprint

    def _happen(self, happening: Happening, *, at: datetime) -> None:
        town, value = self.world, happening.value
        if happening.what is What.OPENED:
            self._open(happening.issue, at=at)
            return
        issue, by = self._issues[happening.issue], self._user(happening.by)
        match happening.what:
            case What.ESTIMATED:
                town.estimate(issue, float(value or 0), at=at, by=by)
            case What.PLANNED:
                number = _sprint_id(self.film.issues[happening.issue].project, int(value or 0))
                town.plan(issue, (*issue.sprint_ids, number), at=at, by=by)
            case What.ASSIGNED:
                town.assign(issue, self._user(str(value)), at=at, by=by)
            case What.STARTED | What.REOPENED:
                town.move_to(issue, world.IN_PROGRESS, at=at, by=by)
            case What.REVIEWED:
                town.move_to(issue, world.IN_REVIEW, at=at, by=by)
            case What.FINISHED:
                town.move_to(issue, world.DONE, at=at, by=by)
            case What.FLAGGED | What.UNFLAGGED:
                town.flag(issue, happening.what is What.FLAGGED, at=at, by=by)
            case What.LINKED:
                town.link(issue, at=at, by=by)

    def _open(self, place: int, *, at: datetime) -> None:
        told = self.film.issues[place]
        parent = None if told.parent is None else self._issues[told.parent].id
        self._issues[place] = self.world.create(
            project_id=PROJECT_IDS[told.project],
            kind=KINDS[told.kind],
            title=told.title,
            at=at,
            parent_id=parent,
            components=told.components,
            labels=told.labels,
            due_on=told.due_on.isoformat() if told.due_on else None,
        )

    def _user(self, name: str) -> User:
        if name not in self._users:
            # Looks like Jira's own account ids, and is the same in every run.
            account = hashlib.sha256(name.encode()).hexdigest()[:24]
            self._users[name] = User(f"712020:{account}", name)
        return self._users[name]


class Journal:
    """Remembers, over restarts, when each happening after the film's present took place: one line for each."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def moments(self) -> list[datetime]:
        """This function will read what has happened; a line that a kill cut short has not happened."""
        if not self.path.exists():
            return []
        *whole, cut = self.path.read_text().split("\n")
        if cut:
            self.path.write_text("".join(f"{line}\n" for line in whole))
        return [datetime.fromisoformat(line) for line in whole]

    def note(self, moment: datetime) -> None:
        """This function will add that something has just taken place."""
        with self.path.open("a") as lines:
            lines.write(f"{moment.isoformat()}\n")


def _sprint_id(project: str, number: int) -> int:
    return BOARD_IDS[project] * 1000 + number


def _sprint(project: str, number: int, *, at: datetime) -> Sprint:
    starts_at, ends_at = history.sprint_start(number), history.sprint_start(number + 1)
    state = "closed" if ends_at <= at else "active" if starts_at <= at else "future"
    completed_at = ends_at if state == "closed" else None
    name = f"{PROJECT_NAMES[project]} {number}"
    return Sprint(_sprint_id(project, number), name, state, starts_at, ends_at, completed_at, (BOARD_IDS[project],))
