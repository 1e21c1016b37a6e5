"""The sandbox goes on from where it was stopped, never back in time, and other sandboxes are not mistaken for it."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest

from portolan.demo import history
from portolan.demo.management.commands import sandbox_jira
from portolan.demo.playback import Journal, Playback
from portolan.demo.sandbox import Note
from portolan.demo.sandbox_jira.answers import Jira
from portolan.demo.sandbox_jira.server import Server, running

AS_OF = date(2026, 11, 18)
MIDNIGHT = datetime.combine(AS_OF, time(), UTC)
NOON = MIDNIGHT + timedelta(hours=12)


@pytest.fixture(scope="module")
def film():
    return history.film(as_of=AS_OF)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "sandbox.journal")


def opened(film, journal, *, now: datetime) -> Playback:
    played = Playback(film, clock=lambda: now)
    sandbox_jira.catch_up(played, journal, now=now)
    return played


def test_a_sandbox_started_again_holds_what_it_held(film, journal):
    first = opened(film, journal, now=NOON)
    for minutes in range(5):
        sandbox_jira.move_on(first, journal, at=NOON + timedelta(minutes=minutes))

    again = opened(film, journal, now=NOON + timedelta(minutes=6))

    assert again.place == first.place
    assert again.world.issues == first.world.issues


def test_what_was_missed_while_it_was_off_is_made_up_for(film, journal):
    opened(film, journal, now=NOON)
    later = opened(film, journal, now=NOON + timedelta(days=3))
    assert later.place == film.until(NOON + timedelta(days=3))
    assert len(journal.moments()) == later.place - film.until(MIDNIGHT)


def test_a_sandbox_that_played_ahead_does_not_go_back_in_time(film, journal):
    ahead = opened(film, journal, now=NOON)
    for _ in range(40):
        sandbox_jira.move_on(ahead, journal, at=NOON + timedelta(hours=1))

    again = opened(film, journal, now=NOON + timedelta(days=30))

    assert again.place == film.until(NOON + timedelta(days=30))
    assert journal.moments() == sorted(journal.moments())
    for issue in again.world.issues.values():
        assert [event.at for event in issue.history] == sorted(event.at for event in issue.history)


def test_a_line_that_a_kill_cut_short_has_not_happened(journal):
    journal.note(NOON)
    journal.note(NOON + timedelta(minutes=1))
    with journal.path.open("a") as lines:
        lines.write("2026-11-1")
    assert journal.moments() == [NOON, NOON + timedelta(minutes=1)]
    journal.note(NOON + timedelta(minutes=2))
    assert journal.moments()[2] == NOON + timedelta(minutes=2)


def test_a_running_sandbox_moves_on_until_it_is_told_to_stop(film, journal, monkeypatch):
    monkeypatch.setattr(sandbox_jira, "BRISK", timedelta(milliseconds=5))
    played = opened(film, journal, now=NOON)
    before, is_over = played.place, threading.Event()
    going = threading.Thread(
        target=sandbox_jira.go_on, args=(played, journal), kwargs={"opened_at": datetime.now(UTC), "is_over": is_over}
    )
    going.start()
    try:
        for _ in range(400):
            if played.place >= before + 3:
                break
            is_over.wait(0.01)
    finally:
        is_over.set()
        going.join()
    assert played.place >= before + 3
    assert len(journal.moments()) == played.place - film.until(MIDNIGHT)


def test_a_film_that_is_over_leaves_the_sandbox_standing_still(film, journal):
    played = opened(film, journal, now=NOON + timedelta(weeks=200))
    assert played.is_over
    is_over = threading.Event()
    is_over.set()
    sandbox_jira.go_on(played, journal, opened_at=NOON, is_over=is_over)


def test_another_sandbox_on_our_port_is_not_taken_for_ours(film):
    with running(Server(Jira(world=Playback(film, clock=lambda: NOON, build="ours").world))) as server:
        assert Note(server.base_url, AS_OF.isoformat(), "ours").is_answered
        assert not Note(server.base_url, AS_OF.isoformat(), "theirs").is_answered
    assert not Note(server.base_url, AS_OF.isoformat(), "ours").is_answered
