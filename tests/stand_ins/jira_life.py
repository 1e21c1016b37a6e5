"""The past and the present of the stand-in: teams at work, by the throw of a die that always falls the same way."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from portolan.demo.sandbox_jira.world import (
    BUG,
    DONE,
    DONE_OF_OPS,
    EPIC,
    IN_PROGRESS,
    IN_REVIEW,
    INITIATIVE,
    KINDS,
    PROJECTS,
    STATUSES,
    STORY,
    SUB_TASK,
    TASK,
    USERS,
    Issue,
    Sprint,
    World,
)

VERBS = ("Show", "Confirm", "Split", "Import", "Warn about", "Archive", "Print", "Merge", "Price", "Schedule")
THINGS = (
    "berth requests",
    "tide tables",
    "pilot invoices",
    "crane shifts",
    "manifest lines",
    "quay permits",
    "late arrivals",
)


def populate(world: World, *, issues: int, until: datetime, seed: int = 7) -> None:
    """This function will fill an empty world with `issues` issues, two in three in PROJ, lived through from ninety days
    before `until`: initiatives, epics, stories, bugs, tasks and sub-tasks with estimates, sprints and finished work.
    The same arguments give the same world."""
    dice = random.Random(seed)
    start = until - timedelta(days=90)
    _sprints(world, start)
    lag, world.lag = world.lag, timedelta(0)  # what lies in the past is indexed
    epics: dict[str, list[Issue]] = {project: [] for project in PROJECTS}
    stories: dict[str, list[Issue]] = {project: [] for project in PROJECTS}
    initiative: Issue | None = None
    for number in range(issues):
        project = "10009" if number % 3 == 2 else "10000"
        born = start + timedelta(days=80 * number / max(issues, 1), milliseconds=137 * number % 1000)
        title = f"{VERBS[dice.randrange(len(VERBS))]} {THINGS[dice.randrange(len(THINGS))]}"
        parent: str | None = None
        if number == 0:
            kind = INITIATIVE
        elif number < 3 or number % 12 == 0:
            kind, parent = EPIC, initiative.id if initiative else None
        elif number % 7 == 0 and stories[project]:
            kind, parent = SUB_TASK, dice.choice(stories[project]).id
        else:
            kind = dice.choices((STORY, BUG, TASK), (6, 2, 2))[0]
            parent = dice.choice(epics[project]).id if epics[project] and number % 5 else None
        issue = world.create(project_id=project, kind=kind, title=title, at=born, parent_id=parent)
        if kind is INITIATIVE:
            initiative = issue
        elif kind is EPIC:
            epics[project].append(issue)
        else:
            if kind is not SUB_TASK:
                stories[project].append(issue)
            issue.components = (dice.choice(PROJECTS[project].components),) if number % 4 else ()
            issue.labels = ("α β", "customer") if number % 5 == 0 else ()
        _live(world, issue, until=until, dice=dice)
    world.lag = lag


def _live(world: World, issue: Issue, *, until: datetime, dice: random.Random) -> None:
    at = issue.created_at

    def later(days: float) -> datetime:
        nonlocal at
        at = min(at + timedelta(days=days * dice.uniform(0.3, 1.7)), until)
        return at

    by = dice.choice(USERS[:3])
    if KINDS[issue.kind_id].level == 0 and dice.random() < 0.75:
        world.estimate(issue, dice.choice((0.5, 1.0, 2.0, 3.0, 5.0, 8.0)), at=later(0.5), by=by)
    if issue.project_id == "10000" and KINDS[issue.kind_id].level == 0 and dice.random() < 0.6:
        first = dice.choice((36, 37))
        world.plan(issue, (first,), at=later(0.5), by=by)
        if first == 36 and dice.random() < 0.3:
            world.plan(issue, (36, 37), at=later(1), by=by)
    if dice.random() < 0.2:
        world.link(issue, at=later(0.1), by=by)
    if dice.random() < 0.8:
        world.assign(issue, by, at=later(0.5), by=by)
        world.move_to(issue, IN_PROGRESS, at=later(2), by=by)
        if dice.random() < 0.7:
            world.move_to(issue, IN_REVIEW, at=later(3), by=by)
            if dice.random() < 0.2:
                world.move_to(issue, IN_PROGRESS, at=later(1), by=by)
            if dice.random() < 0.85:
                world.move_to(issue, DONE_OF_OPS if issue.project_id == "10009" else DONE, at=later(2), by=by)
        elif dice.random() < 0.3:
            world.flag(issue, True, at=later(1), by=by)


def _sprints(world: World, start: datetime) -> None:
    day = timedelta(days=1)
    for sprint in (
        Sprint(36, "Sprint, 3", "closed", start, start + 14 * day, start + 15 * day, (5,)),
        Sprint(37, "Sprint 4", "active", start + 15 * day, start + 29 * day, None, (5, 9)),
        Sprint(38, "later", "future", None, None, None, (5,)),
    ):
        world.sprints[sprint.id] = sprint


def go_on(town: World, dice: random.Random, *, at: datetime) -> str:
    """This function will do one thing a team does in Jira, now and then a delete or a move, and say what."""
    issue = dice.choice(list(town.issues.values()))
    what = dice.choices(
        ("rename", "status", "points", "assign", "plan", "place", "flag", "move", "delete", "hide", "create"),
        (20, 30, 10, 10, 5, 5, 4, 5, 5, 2, 8),
    )[0]
    if what == "rename":
        town.rename(issue, f"{issue.title.partition(' · ')[0]} · {dice.randrange(10_000)}", at=at)
    elif what == "status":
        town.move_to(issue, dice.choice(list(STATUSES.values())), at=at)
    elif what == "points":
        town.estimate(issue, dice.choice((None, 0.0, 0.5, 3.0, 8.0)), at=at)
    elif what == "assign":
        town.assign(issue, dice.choice((None, *USERS)), at=at)
    elif what == "plan":
        sprints = sorted(town.sprints)
        town.plan(issue, tuple(dice.sample(sprints, dice.randrange(min(3, len(sprints) + 1)))), at=at)
    elif what == "place":
        parents = [entry.id for entry in town.issues.values() if entry.kind_id == EPIC.id and entry is not issue]
        town.place(issue, dice.choice((None, *parents)), at=at)
    elif what == "flag":
        town.flag(issue, not issue.is_flagged, at=at)
    elif what == "move":
        town.move(issue, dice.choice([name for name in town.site.projects if name != issue.project_id]), at=at)
    elif what == "delete":
        town.delete(issue)
    elif what == "hide":
        town.hide(issue)
    else:
        town.create(project_id=issue.project_id, kind=STORY, title=f"New work {dice.randrange(10_000)}", at=at)
    return what
