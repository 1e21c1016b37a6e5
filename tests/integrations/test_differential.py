"""The engine against random life: edits, moves, deletes, index lag, faults and killed workers, in three account zones.

After a quiet time the store equals the truth, nothing was asked before its time, and no listing was walked in a circle.
`make test` plays a few seeds; `make soak` plays many (SEEDS=200).
"""

import os
import random
from datetime import timedelta

import pytest

from portolan.demo.sandbox_jira import answers
from portolan.integrations.domain import sync
from portolan.integrations.models import Transition, WeeklyFlow, WorkItem
from portolan.integrations.models.runs import State
from tests.integrations import stage
from tests.stand_ins import jira, jira_life
from tests.stand_ins.jira import Fault

ZONES = ("America/Los_Angeles", "UTC", "Asia/Kolkata")
SEEDS = int(os.environ.get("SEEDS", "3"))
PATHS = ("/search/jql", "/issue/bulkfetch", "/changelog/bulkfetch", "/myself", "/serverInfo", "/approximate-count")
ISSUES, TICKS = 45, 12


class Killed(BaseException):
    """A worker that is gone without a word."""


def trouble(dice, path):
    circles = [Fault(mode="same token"), Fault(mode="empty page"), Fault(mode="no token")]
    return dice.choice(
        [
            *(circles if path == "/search/jql" else []),
            Fault(status=429, headers={"Retry-After": str(dice.choice((1, 60, 1847)))}),
            Fault(status=429, headers={"Retry-After": jira.in_seconds(400)}),
            Fault(status=429),
            Fault(status=503, headers={"Retry-After": "90"}),
            Fault(status=500),
            Fault(status=502, mode="html"),
            Fault(mode="half"),
            Fault(mode="cut"),
        ]
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_quiet_time_the_store_equals_the_truth(company, monkeypatch, seed):
    dice = random.Random(seed)
    monkeypatch.setattr(answers, "ROWS_OF_IDS", dice.choice((7, 20, 5000)))
    lag = timedelta(seconds=dice.choice((0, 30, 120, 300)))
    with stage.connected(company, issues=ISSUES, seed=seed, lag=lag, account_zone=ZONES[seed % 3]) as harbour:
        with harbour.scope():
            style = dice.choice(("", "minute"))
            type(harbour.connection).objects.update(time_style=style)
        harbour.connection_now()
        for tick in range(TICKS):
            for _ in range(dice.randrange(6)):
                jira_life.go_on(harbour.jira.world, dice, at=harbour.clock())
                harbour.wait(seconds=dice.randrange(40))
            if dice.random() < 0.4:
                path = dice.choice(PATHS)
                harbour.jira.fail(path, trouble(dice, path))
            work(harbour, dice, mode="census" if tick % 4 == 3 else "incremental")
            harbour.wait(seconds=dice.randrange(30, 400))
        harbour.jira.heal()
        harbour.wait(hours=2)
        for _ in range(3):
            finish(harbour, "census")
            harbour.wait(hours=1)
        assert harbour.store() == harbour.truth()
        holds_every_history(harbour)
        adds_up(harbour)
        listings = [seen for seen in harbour.jira.requests if seen.path.endswith("/search/jql")]
        assert len(listings) < 60 * (TICKS + 4)


def work(harbour, dice, *, mode):
    """One tick, in which the worker may die after a page, and Jira may go on changing between pages."""
    run = harbour.request(mode)
    dies_at = dice.choice((None, None, None, 1, 2))
    pages = 0

    def after_page():
        nonlocal pages
        pages += 1
        if dice.random() < 0.3:
            jira_life.go_on(harbour.jira.world, dice, at=harbour.clock())
        if pages == dies_at:
            raise Killed

    waits_until, asked = run.resume_at, len(harbour.jira.requests)
    is_early = run.state == State.WAITING and waits_until > harbour.clock()
    try:
        sync.carry(run.pk, organization_id=harbour.organization_id, clock=harbour.clock, after_page=after_page)
    except Killed:
        harbour.wait(minutes=2)
    if is_early:
        assert len(harbour.jira.requests) == asked, "asked before its time"
    with harbour.scope():
        run.refresh_from_db()
    assert run.state in ("running", "waiting", "succeeded", "partial"), run.message


def finish(harbour, mode):
    """Runs until a run of this mode has reached its end."""
    for _ in range(20):
        run = harbour.request(mode)
        harbour.carry(run)
        if run.state == "succeeded" and run.mode == mode:
            return
        harbour.wait(minutes=40)
    raise AssertionError(f"no run came to its end: {run.state} {run.message}")


def holds_every_history(harbour):
    kept = {
        "status",
        "Story point estimate",
        "Sprint",
        "IssueParentAssociation",
        "assignee",
        "resolution",
        "Flagged",
        "project",
    }
    with harbour.scope():
        held = set(Transition.objects.filter(item__deleted_at=None).values_list("item__external_id", "history_id"))
    told = {
        (issue.id, event.id)
        for issue in harbour.jira.world.issues.values()
        if not issue.is_hidden
        for event in issue.history
        if kept & {item["field"] for item in event.items}
    }
    assert held == told


def adds_up(harbour):
    """The rollups that the runs left behind are those of the items."""
    with harbour.scope():
        for product in (harbour.proj, harbour.ops):
            items = WorkItem.objects.counted().filter(product=product)
            weeks = list(WeeklyFlow.objects.filter(product=product).order_by("week"))
            assert sum(week.created for week in weeks) == items.count()
            assert sum(week.finished for week in weeks) == items.finished().count()
            assert weeks[-1].open == items.filter(finished_at=None).count()
