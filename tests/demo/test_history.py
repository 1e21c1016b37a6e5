"""The film of Larkspan's work: the same for the same day, without contradictions, and telling its story in numbers."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

import pytest

from portolan.demo import history, playback
from portolan.demo.history import Kind, What
from portolan.demo.sandbox_jira import world

AS_OF = date(2026, 11, 18)
NOW = datetime.combine(AS_OF, time(), UTC)
LEAVES = {Kind.STORY, Kind.BUG, Kind.TASK}
# From which status, into which status.
WAYS = {
    What.STARTED: ({"to do"}, "in progress"),
    What.REVIEWED: ({"in progress"}, "in review"),
    What.FINISHED: ({"to do", "in progress", "in review"}, "done"),
    What.REOPENED: ({"done"}, "in progress"),
}
ABOVE = {
    Kind.INITIATIVE: {None},
    Kind.EPIC: {Kind.INITIATIVE},
    Kind.STORY: {None, Kind.EPIC},
    Kind.BUG: {None, Kind.EPIC},
    Kind.TASK: {None, Kind.EPIC},
    Kind.SUB_TASK: {Kind.STORY},
}


@pytest.fixture(scope="module")
def film():
    return history.film(as_of=AS_OF)


@pytest.fixture(scope="module")
def played(film):
    played = playback.Playback(film, clock=lambda: NOW)
    played.until(NOW)
    return played


def digest() -> str:
    program = (
        "import hashlib; from datetime import date; from portolan.demo import history;"
        f"film = history.film(as_of=date({AS_OF.year}, {AS_OF.month}, {AS_OF.day}));"
        "print(hashlib.sha256(repr((film.issues, film.happenings)).encode()).hexdigest())"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    return told.stdout


def test_the_same_day_gives_the_same_film_in_every_process():
    # Each process has another seed for the order of sets.
    assert digest() == digest()


def test_another_day_gives_another_film(film):
    assert history.film(as_of=AS_OF - timedelta(days=7)).happenings != film.happenings


@pytest.mark.parametrize("as_of", [date(2027, 1, 2), date(2028, 2, 29), date(2026, 8, 15)])
def test_every_day_of_the_year_has_three_years_before_it(as_of):
    film = history.film(as_of=as_of)
    now = datetime.combine(as_of, time(), UTC)
    opened = [issue.opened_at for issue in film.issues if issue.opened_at < now]
    assert 6_000 <= len(opened) <= 8_000
    assert 35 * 30 <= (now - min(opened)).days <= 37 * 31


def test_no_issue_ends_before_it_begins_or_begins_before_it_is_opened(film):
    for issue in film.issues:
        assert issue.started_at is None or issue.opened_at <= issue.started_at, issue
        assert issue.finished_at is None or (issue.started_at or issue.opened_at) <= issue.finished_at, issue


def test_every_issue_lives_in_the_order_of_its_events_and_from_status_to_status(film):
    lives = defaultdict(list)
    for happening in film.happenings:
        lives[happening.issue].append(happening)
    assert set(lives) >= {place for place, issue in enumerate(film.issues) if issue.kind in LEAVES}
    for life in lives.values():
        assert [happening.at for happening in life] == sorted(happening.at for happening in life)
        assert [happening.what for happening in life].count(What.OPENED) == 1
        assert life[0].what is What.OPENED
        status = "to do"
        for happening in life:
            if happening.what in WAYS:
                before, after = WAYS[happening.what]
                assert status in before, (happening, status)
                status = after


def test_what_belongs_to_something_is_one_level_below_it_in_the_same_product_and_younger(film):
    for issue in film.issues:
        parent = None if issue.parent is None else film.issues[issue.parent]
        assert (parent.kind if parent else None) in ABOVE[issue.kind]
        if parent:
            assert (parent.product, parent.project) == (issue.product, issue.project)
            assert parent.opened_at <= issue.opened_at


def test_work_that_others_belong_to_is_finished_after_them(film):
    for issue in film.issues:
        parent = None if issue.parent is None else film.issues[issue.parent]
        if parent and parent.finished_at and issue.kind is not Kind.SUB_TASK:
            assert issue.finished_at
            assert issue.finished_at <= parent.finished_at


def test_nobody_finishes_anything_on_a_weekend_or_over_the_holidays(film):
    days = {issue.finished_at.date() for issue in film.issues if issue.kind in LEAVES and issue.finished_at}
    assert [day for day in sorted(days) if not history.is_working(day)] == []


def test_summer_and_the_end_of_the_year_are_quiet(film):
    begun = Counter(
        (issue.started_at.year, issue.started_at.month)
        for issue in film.issues
        if issue.kind in LEAVES and issue.started_at and issue.product in {"Rosterbell", "Groundwork"}
    )
    for year in (2024, 2025):
        ordinary = sum(begun[year, month] for month in (3, 4, 5, 10)) / 4
        assert begun[year, 8] < 0.75 * ordinary
        assert begun[year, 12] < 0.8 * ordinary


# The story --------------------------------------------------------------------------------------------------------------


def finished(film, product: str, *, weeks_ago: int) -> int:
    """Pieces of work finished in the half-year that began so many weeks ago."""
    begin = NOW - timedelta(weeks=weeks_ago)
    return sum(
        begin <= issue.finished_at < begin + timedelta(weeks=26)
        for issue in film.issues
        if issue.product == product and issue.kind in LEAVES and issue.finished_at
    )


def in_progress(film, product: str, *, weeks_ago: int) -> int:
    at = NOW - timedelta(weeks=weeks_ago)
    return sum(
        issue.started_at is not None
        and issue.started_at <= at
        and (issue.finished_at is None or issue.finished_at > at)
        for issue in film.issues
        if issue.product == product and issue.kind in LEAVES
    )


def waiting(film, product: str, *, weeks_ago: int) -> int:
    at = NOW - timedelta(weeks=weeks_ago)
    return sum(
        issue.opened_at <= at and (issue.finished_at is None or issue.finished_at > at)
        for issue in film.issues
        if issue.product == product and issue.kind in LEAVES
    )


def share_of_bugs(film, product: str, *, weeks_ago: int) -> float:
    begin = NOW - timedelta(weeks=weeks_ago)
    kinds = [
        issue.kind
        for issue in film.issues
        if issue.product == product and issue.kind in LEAVES and begin <= issue.opened_at < begin + timedelta(weeks=26)
    ]
    return kinds.count(Kind.BUG) / len(kinds)


def test_the_cash_cow_declines_year_by_year(film):
    first, second, third = (finished(film, "Ledgerstone", weeks_ago=weeks) for weeks in (130, 78, 26))
    assert first > 1.3 * second > 1.3 * 1.3 * third > 0


def test_the_star_rises_year_by_year(film):
    first, second, third = (finished(film, "Fieldhand", weeks_ago=weeks) for weeks in (130, 78, 26))
    assert 0 < 1.3 * 1.3 * first < 1.3 * second < third


def test_the_failing_bet_begins_more_than_it_ends_and_repairs_more_than_it_builds(film):
    assert in_progress(film, "Weathervane", weeks_ago=0) > 3 * in_progress(film, "Weathervane", weeks_ago=52)
    assert waiting(film, "Weathervane", weeks_ago=0) > 1.5 * waiting(film, "Weathervane", weeks_ago=52)
    assert share_of_bugs(film, "Weathervane", weeks_ago=26) > 2 * share_of_bugs(film, "Weathervane", weeks_ago=78)
    late = [
        issue
        for issue in film.issues
        if issue.product == "Weathervane"
        and issue.kind is Kind.EPIC
        and issue.opened_at < NOW
        and issue.due_on < AS_OF
        and (issue.finished_at is None or issue.finished_at > NOW)
    ]
    assert len(late) >= 3


def test_the_retired_product_left_nothing_open(film):
    mine = [issue for issue in film.issues if issue.product == "Dispatch One"]
    assert len(mine) > 100
    assert all(issue.finished_at and issue.finished_at < NOW for issue in mine)


def test_two_people_moved_from_the_cow_to_the_star(film):
    teams = defaultdict(set)
    for happening in film.happenings:
        if happening.what is What.ASSIGNED and happening.value in {"Greta Almeida", "Bram Iyer"}:
            teams[film.issues[happening.issue].product].add(happening.at)
    assert set(teams) == {"Ledgerstone", "Fieldhand"}
    assert max(teams["Ledgerstone"]) < min(teams["Fieldhand"])


# In the sandbox ---------------------------------------------------------------------------------------------------------


def test_the_sandbox_is_in_the_state_that_its_histories_end_in(film, played):
    assert len(played.world.issues) == sum(issue.opened_at <= NOW for issue in film.issues)
    for issue in played.world.issues.values():
        said = [item["to"] for event in issue.history for item in event.items if item["field"] == "status"]
        assert issue.status_id == (said[-1] if said else world.TO_DO.id)
        assert (issue.resolved_at is not None) == (issue.status_id == world.DONE.id)
        assert issue.updated_at == max([issue.created_at, *(event.at for event in issue.history)])


def test_sprints_are_closed_active_and_to_come(played):
    states = Counter(sprint.state for sprint in played.world.sprints.values())
    scrum = sum(board.kind == "scrum" for board in played.world.site.boards.values())
    assert states["active"] == scrum
    assert states["closed"] > 50 * 5
    assert states["future"] > 0


def test_a_film_stopped_twice_is_the_film_stopped_once(film, played):
    again = playback.Playback(film, clock=lambda: NOW)
    again.until(NOW - timedelta(days=200))
    again.until(NOW)
    assert again.world.issues == played.world.issues
