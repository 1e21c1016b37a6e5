"""The sandbox as a neighbour: where it answers, since when it plays, and starting one where none runs.

What has to survive a restart lies in the checkout's state directory: `sandbox_jira.json` (address, and the day on which
its history ends) and `sandbox_jira.journal` (what has happened since). The address is written there before anybody is
told of it, and `settings.SANDBOX_ADDRESSES` reads it: it is the only private address a connection may lead to.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from portolan.demo import playback

READY_SECONDS = 30
# Calm ports, below the range from which systems hand out their own.
FIRST_PORT, PORTS_TRIED = 8730, 50


class NotRunning(Exception):
    """The sandbox did not start; the message says what it said."""


@dataclass(frozen=True)
class Note:
    base_url: str
    as_of: str

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])


def note_path() -> Path:
    return Path(settings.SANDBOX_JIRA_NOTE)


def journal() -> playback.Journal:
    """This function will open the journal of what has happened since the history's end."""
    return playback.Journal(note_path().with_suffix(".journal"))


def read() -> Note | None:
    """This function will return what the last sandbox wrote down, or None where none has ever run."""
    try:
        return Note(**json.loads(note_path().read_text()))
    except FileNotFoundError:
        return None


def write(*, base_url: str, as_of: date) -> None:
    """This function will write down where the sandbox answers and when its history ends, all at once."""
    path = note_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(asdict(Note(base_url, as_of.isoformat()))))
    fresh.replace(path)


def forget() -> None:
    """This function will let the next sandbox begin a new history, on the day it starts."""
    note_path().unlink(missing_ok=True)
    journal().path.unlink(missing_ok=True)


def answers(base_url: str) -> bool:
    """This function will tell whether our sandbox, and not somebody else, answers at an address."""
    asked = urllib.request.Request(f"{base_url}/rest/api/3/serverInfo")  # noqa: S310 - our own loopback
    asked.add_header("Authorization", "Basic c2FuZGJveA==")
    try:
        with urllib.request.urlopen(asked, timeout=2) as said:  # noqa: S310
            return bool(json.load(said)["serverTitle"] == playback.TITLE)
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def running() -> Iterator[str]:
    """This function will give the address of the running sandbox; where none runs, one runs for the length of the `with`."""
    note = read()
    if note and answers(note.base_url):
        yield note.base_url
        return
    command = [sys.executable, str(Path(settings.ROOT) / "manage.py"), "sandbox_jira"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _address(process: subprocess.Popen[str]) -> str:
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        note = read()
        if note and answers(note.base_url):
            return note.base_url
        time.sleep(0.05)
    process.terminate()
    raise NotRunning(f"The sandbox Jira did not start: {process.communicate()[0].strip()[-500:]}")
